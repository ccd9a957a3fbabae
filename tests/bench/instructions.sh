# SPDX-License-Identifier: BSD-2-Clause
#
# User-space instructions per query, as callgrind counts them.  To be sourced by tests/bench/run.
#
# 256 queries under way keep a server that is slowed down fifty times behind its client, so that all its batches are
# full.  They do not quite fit into every peer's socket: what is lost is not waited for long.

warm_queries=6400
in_full_batches=(-o 256 -T 2)

has_valgrind()
{
    command -v valgrind >/dev/null || { progress "no instruction counts: apt install valgrind"; return 1; }
}

# ---- of any server: two whole runs, one with so many queries more ----

# count_instructions TABLE NAME SITE LOAD COLUMN...: LOAD COLUMN is a function that sets $args
count_instructions()
{
    local table=$1 name=$2 site=$3 to_load=$4 column without total
    shift 4

    has_valgrind || return 0
    run_counted "$name" "$site" "$to_load" "" "$@" || return 0
    without=$total
    for column; do
        run_counted "$name" "$site" "$to_load" "$column" "$@" || continue
        figure "$table" "$name" "$column" $(((total - without) / counted_queries))
    done
}

# All columns a little, so that everything is warm, then the one as often as is counted; sets $total.
run_counted() # NAME SITE LOAD COLUMN|"" COLUMN...
{
    local name=$1 site=$2 to_load=$3 counted=$4 column args
    shift 4

    start_server "$name" "$site" valgrind --tool=callgrind --callgrind-out-file="$work/callgrind.%p" || return 1
    for column; do
        "$to_load" "$column"
        load "${args[@]}" -k $warm_queries "${in_full_batches[@]}" "$at"
    done
    if [ -n "$counted" ]; then
        "$to_load" "$counted"
        load "${args[@]}" -k "$counted_queries" "${in_full_batches[@]}" "$at"
    fi
    stop_server "$name"
    read_total
}

read_total()
{
    total=$(awk '$1 == "totals:" || $1 == "summary:" { n[FILENAME] = $2 }
                 END { for (f in n) sum += n[f]; printf "%.0f\n", sum }' "$work"/callgrind.*)
    rm -f "$work"/callgrind.*
}

# ---- of Proxima alone, which callgrind_control can talk to: one run, counted where it is told, so that a start with
# millions of names takes seconds ----

start_counting() # SITE
{
    has_valgrind &&
        start_server proxima "$1" valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file="$work/callgrind.%p"
}

count_here() # TABLE COLUMN ARGUMENT...
{
    local table=$1 column=$2 total
    shift 2

    tell_callgrind -i on
    load "$@" -k $warm_queries "${in_full_batches[@]}" "$at"
    tell_callgrind -z
    load "$@" -k "$counted_queries" "${in_full_batches[@]}" "$at"
    tell_callgrind -d
    tell_callgrind -i off
    read_total
    figure "$table" proxima "$column" $((total / counted_queries))
}

tell_callgrind() { callgrind_control "$@" "$pid" >>"$work/log" 2>&1; }
