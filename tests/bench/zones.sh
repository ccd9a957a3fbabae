# SPDX-License-Identifier: BSD-2-Clause
#
# One zone of $big_zone records: how long a start takes, how much memory, and what changing one record costs while
# 20,000 queries a second come in.  Here a server may use all processors.  To be sourced by tests/bench/run.

reload_rate=20000

measure_load()
{
    local name i pin=()

    for ((i = 0; i < few_rounds; i++)); do
        for name in "${servers[@]}"; do
            can "$name" "names-$big_zone" || continue
            progress "a zone of $big_zone records, round $((i + 1)): $(label "$name")"
            start_server "$name" "names-$big_zone" || continue
            figure_start load "$name"
            change_record "$name" || tell_unseen "$name"
            stop_server "$name"
            rm -rf "$dir"
        done
    done
}

# What `await` said of a start.
figure_start() # TABLE NAME
{
    local wall cpu now peak

    read -r wall cpu now peak <<<"$started"
    figure "$1" "$2" "start, s" "$wall"
    figure "$1" "$2" "CPU, s" "$cpu"
    figure "$1" "$2" "memory, MiB" "$(mib "$now")"
    figure "$1" "$2" "peak, MiB" "$(mib "$peak")"
}

# The new zone lies ready, so that writing it costs nobody time.  Seen for two seconds more: a server may need most,
# and lose queries, when it puts the old away.
change_record() # NAME
{
    local file from changed

    file=$dir/$("$1_zone")
    cp "$(zone "names-$big_zone" 2)" "$file.new"
    begin_load -r $reload_rate -n www.example.com "$at" || return 1
    from=$EPOCHREALTIME
    mv "$file.new" "$file"
    reload_server "$1" &
    changed=$("$bin/await" -f "$from" -w "$pid" -m 2 "$at" www.example.com 192.0.2.2) || { end_load; return 1; }
    wait $! || :
    end_load
    figure load "$1" "change visible, s" "${changed%% *}"
    figure load "$1" "lost" "$(said lost)"
    figure load "$1" "peak at change, MiB" "$(mib "${changed##* }")"
}
