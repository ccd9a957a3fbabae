# SPDX-License-Identifier: BSD-2-Clause
#
# Steering at scale, which is Proxima's alone: 10,000 pools of 20 regions for 2,000 rankings (bench_steer).  To be
# sourced by tests/bench/run.

measure_steer()
{
    progress "steering at scale"
    PROXIMAD=$build/proximad "$bin/bench_steer" "${steer_size[@]}" 2>>"$work/log" >"$work/steer" || progress "bench_steer failed"
    steer_lines <"$work/steer" | figure_lines steer
    grep -E '^queries' "$work/steer" | steer_queries | figure_lines steer_queries
}

# COLUMN, a tab and a value; of rounds the least, the median and the most.
steer_lines()
{
    sed -nE -e 's/^drain of a region, (all pools), on the wire/drain, \1/' -e 's/^drain of a region in (one pool), on the wire/drain, \1/' \
        -e 's/^a verdict turns, /verdict, /' \
        -e 's/^((drain|verdict), [a-z]+ pools?) +([0-9.]+) ms +\(([0-9.]+) to ([0-9.]+)\)$/\1\t\4\n\1\t\3\n\1\t\5/p' \
        -e 's/^(status|reload|start) .* ([0-9.]+) ms$/\1\t\2/p' \
        -e 's/^memory +([0-9.]+) MiB PSS.*/memory, MiB\t\1/p'
}

# The latency of queries by what happens meanwhile.
steer_queries()
{
    sed -nE 's/^queries, (.*[^ ]) +p50 ([0-9.]+) +p99 ([0-9.]+) +max ([0-9.]+) ms, ([0-9]+) of .*/\1: p50, ms\t\2\n\1: p99, ms\t\3\n\1: lost\t\5/p' |
        sed 's/1000 verdicts a second turn/1,000 flips a second/'
}
