# SPDX-License-Identifier: BSD-2-Clause
#
# A zone of 1,000,000 records: how long a start takes, how much memory, and what changing one record costs while
# 20,000 queries a second come in.  Here a server may use all processors.  To be sourced by tests/bench/run.

reload_rate=20000

measure_load()
{
    local name pin=("${pin[@]}")

    pin=()
    for name in "${servers[@]}"; do
        can "$name" big || continue
        progress "1,000,000 records: $(label "$name")"
        start_server "$name" big || continue
        figure_start load "$name"
        change_record "$name" || :
        stop_server "$name"
        rm -rf "$dir"
    done
}

# What `await` said of a start.
figure_start() # TABLE NAME
{
    local wall cpu now peak

    read -r wall cpu now peak <<<"$started"
    figure "$1" "$2" "start, s" "$wall"
    figure "$1" "$2" "CPU, s" "$cpu"
    figure "$1" "$2" "peak, MiB" "$(mib "$peak")"
    figure "$1" "$2" "then, MiB" "$(mib "$now")"
}

mib() { awk -v kib="$1" 'BEGIN { printf "%d\n", kib / 1024 + 0.5 }'; }

# The new zone lies ready, so that writing it costs nobody time.
change_record() # NAME
{
    local file lost from changed

    file=$dir/$("$1_zone")
    zone big 2 >"$file.new"
    "$bin/load" -j -r $reload_rate -n www.example.com -d 600 "$at" >"$work/loss" &
    lost=$!
    sleep 1
    from=$EPOCHREALTIME
    mv "$file.new" "$file"
    reload_server "$1" &
    changed=$("$bin/await" -f "$from" -w "$pid" -m 2 "$at" www.example.com 192.0.2.2) || return
    wait $!
    kill "$lost"
    wait "$lost"
    said=$(<"$work/loss")
    figure load "$1" "change visible, s" "${changed%% *}"
    figure load "$1" "lost" "$(said lost)"
    figure load "$1" "peak at change, MiB" "$(mib "${changed##* }")"
}
