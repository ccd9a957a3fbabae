# SPDX-License-Identifier: BSD-2-Clause
#
# A full-size city database, regions by distance: how long a start takes, how much memory is used then, and what
# a lookup costs.  To be sourced by tests/bench/run.

measure_geo()
{
    local name i pin=()

    if [ -z "$city" ]; then
        progress "making a city database (CITY= names a real one)"
        city=$work/city.mmdb
        "$bin/makecity" "$city"
    fi
    nested_database city >/dev/null
    for ((i = 0; i < few_rounds; i++)); do
        for name in "${servers[@]}"; do
            can "$name" city || continue
            progress "city database, round $((i + 1)): $(label "$name")"
            start_server "$name" city || continue
            figure_start geo "$name"
            stop_server "$name"
        done
    done
    progress "geo lookups"
    figure_lines lookup < <("$bin/bench_geomap" 3 "$city" | sed -nE 's/^(IPv4, [a-z]+) +([0-9.]+) ns$/\1\t\2/p')
}
