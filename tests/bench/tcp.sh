# SPDX-License-Identifier: BSD-2-Clause
#
# TCP: processor time per query by the number of connections and of queries under way on each, and what an idle
# connection takes of memory.  To be sourced by tests/bench/run.

# Connections, queries under way on each.
tcp_shapes=("1 1" "1 16" "100 1" "100 16" "10000 1" "10000 16")
idle_connections=10000

tcp_column() # CONNECTIONS DEPTH
{
    if [ "$2" = 1 ]; then echo "$1 conn."; else echo "$1 x $2"; fi
}

measure_tcp()
{
    local name shape i running

    ulimit -n "$(ulimit -Hn)"
    start_servers plain
    for name in "${running[@]}"; do
        progress "TCP, $idle_connections idle connections: $(label "$name")"
        weigh_connections "$name"
    done
    for shape in "${tcp_shapes[@]}"; do
        # shellcheck disable=SC2086  # two words
        set -- $shape
        progress "TCP, $(tcp_column "$@")"
        for ((i = 0; i < rounds; i++)); do
            for name in "${running[@]}"; do tcp_round "$name" "$@"; done
        done
    done
    stop_all
}

# Of a server that has had none yet: what it keeps of those that are gone would hide the cost of the next.
weigh_connections() # NAME
{
    tcp_load "$1" $idle_connections 1 || { progress "$(label "$1") does not hold them"; return 0; }
    figure tcp_memory "$1" "octets" $(($(said connections_kib) * 1024 / idle_connections))
}

tcp_round() # NAME CONNECTIONS DEPTH
{
    tcp_load "$@" || return 0
    figure tcp_cpu "$1" "$(tcp_column "$2" "$3")" "$(said cpu_ns)"
    figure tcp_rate "$1" "$(tcp_column "$2" "$3")" "$(said replies_per_s)"
}

# One that a server closes connections of is no round.
tcp_load() # NAME CONNECTIONS DEPTH [NAME]
{
    use_server "$1"
    load -t -n "${4-www.example.com}" -c "$2" -o "$3" -d "$round_s" -w "$pid" "$at" 2>>"$dir/log" && [ "$(said closed)" = 0 ]
}
