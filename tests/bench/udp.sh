# SPDX-License-Identifier: BSD-2-Clause
#
# UDP: instructions per query, processor time per query against the echo server, latency.  To be sourced by
# tests/bench/run.
#
# Three kinds of load, each a column: one name; 10,000 names with 10 % that do not exist; one steered name asked
# for random client subnets from all of IPv4.

udp_rounds=5
udp_round_s=0.4

declare -A udp_load=(
    ["one name"]='-n www.example.com'
    ["10,000 names, 10 % NXDOMAIN"]='-n NAMES -x 10'
    ["steered, random subnets"]='-n geo.example.com -e SUBNETS'
)
udp_plain_columns=("one name" "10,000 names, 10 % NXDOMAIN")
udp_steered_columns=("steered, random subnets")

# load_args COLUMN: sets $args
load_args()
{
    read -ra args <<<"${udp_load[$1]}"
    args=("${args[@]/#NAMES/$work/names}")
    args=("${args[@]/#SUBNETS/$work/subnets}")
}

measure_udp()
{
    local site

    for ((i = 0; i < 10000; i++)); do echo "h$i.example.com"; done >"$work/names"
    for ((i = 1; i < 224; i++)); do [ $i = 10 ] || [ $i = 127 ] || echo "$i.0.0.0/8"; done >"$work/subnets"
    for site in plain steered; do
        local -n columns=udp_${site}_columns
        count_instructions "$site" "${columns[@]}"
        time_against_echo "$site" "${columns[@]}"
    done
}

# ---- instructions: what callgrind counts with n queries more, divided by n ----
#
# Whole runs are compared, so that what a start costs falls out.  256 queries under way keep a server that is slowed
# down fifty times behind its client, so that all its batches are full.

counted_queries=64000

count_instructions() # SITE COLUMN...
{
    local site=$1 name column without with
    shift

    command -v valgrind >/dev/null || { progress "no instruction counts: apt install valgrind"; return; }
    for name in "${servers[@]}"; do
        can "$name" "$site" || continue
        without=$(run_counted "$name" "$site" "$@" "") || continue
        for column; do
            progress "instructions, $column: $(label "$name")"
            with=$(run_counted "$name" "$site" "$@" "$column") || continue
            figure instructions "$name" "$column" $(((with - without) / counted_queries))
        done
    done
}

# All columns a little, so that everything is warm, then the last as often as is counted.
run_counted() # NAME SITE COLUMN... COLUMN
{
    local name=$1 site=$2 args column last=${*: -1}
    shift 2

    (
        pids=()
        trap 'stop_all' EXIT
        start_server "$name" "$site" valgrind --tool=callgrind --callgrind-out-file="$work/$name-$site/callgrind.%p" || exit 1
        for column in "${@:1:$#-1}"; do
            load_args "$column"
            load "${args[@]}" -k 12800 -T 30 "$at"
        done
        if [ -n "$last" ]; then
            load_args "$last"
            load "${args[@]}" -k $counted_queries -T 30 "$at"
        fi
        stop_server "$name"
        awk '$1 == "totals:" || $1 == "summary:" { n[FILENAME] = $2 }
             END { for (f in n) sum += n[f]; printf "%d\n", sum }' "$dir"/callgrind.*
    )
}

# ---- time: rounds of echo and server in turn, so that what else the machine does hits both ----

time_against_echo() # SITE COLUMN...
{
    local site=$1 name column
    shift

    start_echo
    for name in "${servers[@]}"; do
        can "$name" "$site" || continue
        start_server "$name" "$site" || continue
        for column; do
            progress "time, $column: $(label "$name")"
            compare_with_echo "$name" "$column"
            measure_latency "$name" "$column"
        done
        stop_server "$name"
    done
    stop_server echo
}

compare_with_echo() # NAME COLUMN
{
    local args ratios=() times=() floor i

    load_args "$2"
    for ((i = 0; i < udp_rounds; i++)); do
        use_server echo
        load "${args[@]}" -d $udp_round_s -w "$pid" "$at"
        floor=$(said cpu_ns)
        use_server "$1"
        load "${args[@]}" -d $udp_round_s -w "$pid" "$at"
        ratios+=("$(ratio "$(said cpu_ns)" "$floor")")
        times+=("$(said cpu_ns)")
    done
    figure ratio "$1" "$2" "$(median "${ratios[@]}")"
    figure cpu "$1" "$2" "$(median "${times[@]}")"
}

measure_latency() # NAME COLUMN
{
    local args p50s=() i

    load_args "$2"
    for ((i = 0; i < udp_rounds; i++)); do
        load "${args[@]}" -r 20000 -S -d $udp_round_s "$at"
        p50s+=("$(said p50)")
    done
    figure latency "$1" "$2" "$(median "${p50s[@]}")"
}

start_echo()
{
    at=$address@$((next_port++)) dir=$work
    setpriv --pdeathsig KILL "${pin[@]}" "$bin/echo" "$at" &
    pid=$!
    pids[echo]=$pid dirs[echo]=$dir ats[echo]=$at
    sleep 0.2
}
