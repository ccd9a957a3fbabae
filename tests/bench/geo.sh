# SPDX-License-Identifier: BSD-2-Clause
#
# A full-size city database, regions by distance: how long a start takes, and how much memory is used then.  To be
# sourced by tests/bench/run.

measure_geo()
{
    local name pin=("${pin[@]}")

    if [ -z "$city" ]; then
        progress "no city database (tests/bench/city fetches one)"
        return
    fi
    pin=()
    nested_database city >/dev/null
    for name in "${servers[@]}"; do
        can "$name" city || continue
        progress "city database: $(label "$name")"
        start_server "$name" city || continue
        figure_start geo "$name"
        stop_server "$name"
    done
}
