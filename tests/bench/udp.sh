# SPDX-License-Identifier: BSD-2-Clause
#
# UDP: instructions per query, processor time per query against the echo server, latency.  To be sourced by
# tests/bench/run.
#
# Three kinds of load, each a column: one name; 10,000 names with 10 % that do not exist; one steered name asked
# for random client subnets from all of IPv4.

udp_plain_columns=("one name" "10,000 names, 10 % NXDOMAIN")
udp_steered_columns=("steered, random subnets")

# udp_load COLUMN: sets $args
udp_load()
{
    case $1 in
        "one name") args=(-n www.example.com) ;;
        10,000*) args=(-n 'h#.example.com' -N 10000 -x 10) ;;
        steered*) args=(-n geo.example.com -e "$(subnets_file)") ;;
    esac
}

measure_udp()
{
    local site
    for site in plain steered; do
        local -n columns=udp_${site}_columns
        udp_instructions "$site" "${columns[@]}"
        udp_times "$site" "${columns[@]}"
    done
}

udp_instructions() # SITE COLUMN...
{
    local name

    for name in "${servers[@]}"; do
        can "$name" "$1" || continue
        progress "UDP, instructions, $1: $(label "$name")"
        count_instructions instructions "$name" "$1" udp_load "${@:2}"
    done
}

# All servers run; each has its rounds in turn with the others.
udp_times() # SITE COLUMN...
{
    local site=$1 column args floor i name running
    shift

    start_echo
    start_servers "$site"
    for column; do
        progress "UDP, time, $column"
        udp_load "$column"
        for ((i = 0; i < rounds; i++)); do
            for name in "${running[@]}"; do udp_round "$name" "$column"; done
        done
    done
    stop_all
}

udp_round() # NAME COLUMN
{
    load_beside_echo "$1" "${args[@]}"
    figure ratio "$1" "$2" "$(ratio "$(said cpu_ns)" "$floor")"
    figure cpu "$1" "$2" "$(said cpu_ns)"
    figure cpu echo "$2" "$floor"
    load "${args[@]}" -r 20000 -S -d "$round_s" "$at"
    figure latency "$1" "$2" "$(said p50)"
}
