# SPDX-License-Identifier: BSD-2-Clause
#
# How what a query costs grows with the zone, the answer and the workers, and how a start does with the zone.  To be
# sourced by tests/bench/run.

# Over UDP as far as a reply of 1,232 octets goes, then over TCP.
udp_answers=(1 2 5 10 20 50)
tcp_answers=(1 10 50 100)

measure_growth()
{
    local n

    for n in "${growth_sizes[@]}"; do
        progress "growth, a zone of $n names"
        grow_zone "$n"
    done
    progress "growth, answers"
    grow_answer
    for workers in 1 2; do
        progress "growth, $workers workers"
        grow_workers
    done
    workers=1
}

grow_zone() # NAMES
{
    local name i floor wall cpu now peak args=(-n 'h#.example.com' -N "$1")

    start_echo
    for name in "${servers[@]}"; do
        can "$name" "names-$1" || continue
        start_server "$name" "names-$1" || continue
        read -r wall cpu now peak <<<"$started"
        figure growth_start "$name" "$1" "$wall"
        figure growth_memory "$name" "$1" "$(mib "$now")"
        load "${args[@]}" -d "$round_s" "$at" # what is cold the first time
        for ((i = 0; i < rounds; i++)); do
            load_beside_echo "$name" "${args[@]}"
            figure growth_ratio "$name" "$1" "$(ratio "$(said cpu_ns)" "$floor")"
        done
        stop_server "$name"
    done
    stop_all
    start_counting "names-$1" || return 0
    count_here growth_instructions "$1" "${args[@]}"
    stop_server proxima
}

grow_answer()
{
    local name size i floor running

    start_echo
    start_servers answers
    for size in "${udp_answers[@]}"; do
        for ((i = 0; i < rounds; i++)); do
            for name in "${running[@]}"; do
                load_beside_echo "$name" -n "s$size.example.com"
                figure answer_cpu "$name" "$size" "$(said cpu_ns)"
            done
        done
    done
    for size in "${tcp_answers[@]}"; do
        for ((i = 0; i < rounds; i++)); do
            for name in "${running[@]}"; do
                tcp_load "$name" 100 16 "s$size.example.com" || continue
                figure answer_tcp_cpu "$name" "$size" "$(said cpu_ns)"
            done
        done
    done
    stop_all
    start_counting answers || return 0
    for size in "${udp_answers[@]}"; do count_here answer_instructions "$size" -n "s$size.example.com"; done
    stop_server proxima
}

# With both processors, one of which the client shares.
grow_workers()
{
    local name i running pin=()

    start_servers plain
    for ((i = 0; i < rounds; i++)); do
        for name in "${running[@]}"; do
            use_server "$name"
            load -n 'h#.example.com' -N 10000 -c 16 -d "$round_s" -w "$pid" "$at"
            figure workers_cpu "$name" "$workers" "$(said cpu_ns)"
            figure workers_rate "$name" "$workers" "$(said replies_per_s)"
        done
    done
    stop_all
}
