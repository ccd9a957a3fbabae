# SPDX-License-Identifier: BSD-2-Clause
#
# Under three times the queries that a server can answer: how many it still answers, and, of Proxima, how long commands
# take and how late probes are.  To be sourced by tests/bench/run.

origin_port=8053
probe_ms=100
commands=100

measure_stress()
{
    local name site

    ulimit -n "$(ulimit -Hn)"
    for workers in 1 2; do
        for name in "${servers[@]}"; do
            site=plain
            [ "$name" != proxima ] || site=probed
            can "$name" "$site" || continue
            progress "stress, $workers workers: $(label "$name")"
            overload "$name" "$site"
        done
    done
    workers=1
}

# As many as it answers when asked for no more, then three times that.
overload() # NAME SITE
{
    local pin=("${pin[@]}") most i beat too_much

    [ "$workers" = 1 ] || pin=()
    [ "$2" != probed ] || start_beat || return 0
    start_server "$1" "$2" || return 0
    for ((i = 0; i < few_rounds; i++)); do
        load -n www.example.com -c 16 -d "$round_s" "$at"
        most=$(said replies_per_s)
        too_much=(-r "$(awk -v n="$most" 'BEGIN { printf "%d\n", 3 * n }')" -G -c 16 -n www.example.com "$at")
        load -d "$round_s" "${too_much[@]}"
        figure goodput "$1" "most/s, $workers" "$most"
        figure goodput "$1" "asked/s, $workers" "$(said queries_per_s)"
        figure goodput "$1" "answered/s, $workers" "$(said replies_per_s)"
        figure goodput "$1" "of most, $workers" "$(ratio "$(said replies_per_s)" "$most")"
        [ "$2" != probed ] || command_under_stress
    done
    stop_server "$1"
    [ "$2" != probed ] || stop_beat
}

# The longest of each, as an operator sees it: with the start of a process.
command_under_stress()
{
    begin_load "${too_much[@]}" || return 0
    figure stress proxima "status, ms, $workers" "$(longest_of status status)"
    figure stress proxima "drain, ms, $workers" "$(longest_of "drain eu-west" "undrain eu-west")"
    end_load
}

longest_of() # COMMAND COMMAND: in turn, as often as $commands
{
    local i from took most=0 command

    for ((i = 0; i < commands; i++)); do
        command=$1
        from=${EPOCHREALTIME/[.,]/}
        # shellcheck disable=SC2086  # words
        control $command >>"$dir/log" 2>&1
        took=$((${EPOCHREALTIME/[.,]/} - from))
        [ $took -le $most ] || most=$took
        set -- "$2" "$1"
    done
    awk -v us=$most 'BEGIN { printf "%.1f\n", us / 1000 }'
}

# The origin that is probed, before all others where the system allows that: its own lateness is not the prober's.
start_beat()
{
    local first=()
    ! chrt -f 1 true 2>/dev/null || first=(chrt -f 1)
    exec {beat}< <(exec setpriv --pdeathsig KILL "${first[@]}" "$bin/beat" "0.0.0.0@$origin_port" $probe_ms)
    pids[beat]=$!
    read -r -t 10 -u "$beat" || { progress "no origin on port $origin_port"; return 1; }
}

stop_beat()
{
    local probes late
    kill "${pids[beat]}"
    read -r -u "$beat" probes late
    exec {beat}<&-
    unset 'pids[beat]'
    progress "$probes probes came"
    figure stress proxima "probe late, ms, $workers" "$late"
}
