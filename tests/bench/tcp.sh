# SPDX-License-Identifier: BSD-2-Clause
#
# TCP: processor time per query by the number of connections and of queries under way on each, and what an idle
# connection takes of memory.  To be sourced by tests/bench/run.

tcp_rounds=5
tcp_round_s=0.4

# Connections, queries under way on each.
tcp_shapes=("1 1" "1 16" "100 1" "100 16" "10000 1" "10000 16")

tcp_column() # SHAPE
{
    local -
    set -- $1
    if [ "$2" = 1 ]; then echo "$1 conn."; else echo "$1 x $2"; fi
}

measure_tcp()
{
    local name shape running=()

    ulimit -n "$(ulimit -Hn)"
    for name in "${servers[@]}"; do
        start_server "$name" plain || continue
        running+=("$name")
        progress "TCP, 10000 idle connections: $(label "$name")"
        weigh_connections "$name"
    done
    for shape in "${tcp_shapes[@]}"; do
        progress "TCP, $(tcp_column "$shape")"
        tcp_in_turn "$shape" "${running[@]}"
    done
    stop_all
}

# Of a server that has had none yet: what it keeps of those that are gone would hide the cost of the next.
weigh_connections() # NAME
{
    tcp_round 10000 1 || { progress "$(label "$1") does not hold them"; return; }
    figure tcp_memory "$1" "octets" $(($(said connections_kib) * 1024 / 10000))
}

# Rounds of all servers in turn.
tcp_in_turn() # SHAPE NAME...
{
    local shape=$1 name i
    local -A times rates
    shift

    for ((i = 0; i < tcp_rounds; i++)); do
        for name; do
            use_server "$name"
            # shellcheck disable=SC2086  # two words
            tcp_round $shape || continue
            times[$name]+=" $(said cpu_ns)"
            rates[$name]+=" $(said replies_per_s)"
        done
    done
    for name; do
        [ -n "${times[$name]-}" ] || continue
        # shellcheck disable=SC2086  # a list
        figure tcp_cpu "$name" "$(tcp_column "$shape")" "$(median ${times[$name]})"
        figure tcp_rate "$name" "$(tcp_column "$shape")" "$(median ${rates[$name]} | awk '{ printf "%d\n", $1 }')"
    done
}

# One that a server closes connections of is no round.
tcp_round() # CONNECTIONS DEPTH
{
    load -t -n www.example.com -c "$1" -o "$2" -d $tcp_round_s -w "$pid" "$at" 2>>"$dir/log" && [ "$(said closed)" = 0 ]
}
