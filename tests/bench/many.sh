# SPDX-License-Identifier: BSD-2-Clause
#
# $many_zones zones of five records: how long a start takes, how much memory, and how long after the command a change in
# one is seen.  Here a server may use all processors.  To be sourced by tests/bench/run.

measure_many()
{
    local name i pin=()

    for name in "${servers[@]}"; do
        can "$name" many || continue
        progress "$many_zones zones: $(label "$name")"
        start_server "$name" many || continue
        figure_start many "$name"
        for ((i = 0; i < rounds; i++)); do
            change_small_zone "$name" $((i + 2)) || { tell_unseen "$name"; break; }
        done
        stop_server "$name"
        rm -rf "$dir"
    done
}

# A zone of its own each time.
change_small_zone() # NAME SERIAL
{
    local zone=z$((many_zones / 2 + $2)).example from changed

    small_zone "$2" >"$dir/new"
    mv "$dir/new" "$dir/zones/$zone"
    from=$EPOCHREALTIME
    reload_server "$1" "$(reload_argument "$1" "$zone")" &
    changed=$("$bin/await" -f "$from" -w "$pid" "$at" "www.$zone" "192.0.2.$2") || return 1
    wait $! || :
    figure many "$1" "change visible, ms" "$(awk -v s="${changed%% *}" 'BEGIN { print 1000 * s }')"
}

# Not everybody's command takes a zone.
reload_argument() { case $1 in gdnsd | bind) ;; *) echo "$2" ;; esac; }
