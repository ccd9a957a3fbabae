# SPDX-License-Identifier: BSD-2-Clause
#
# What the tables are called, what their figures are measured in, and what Proxima is to reach.  Read before
# tables.awk, json.awk and svg.awk, whose input is what medians.awk prints.
#
#   title[TABLE]
#   unit[TABLE]           where all its columns have the same
#   goal[TABLE, COLUMN]   the most, but for those in more_is_better
#   along[TABLE]          its columns are steps of this, so that the plot is a curve
#   is_log[TABLE]         its plot has a logarithmic scale

BEGIN {
    FS = "\t"

    title["instructions"] = "UDP: user-space instructions per query (callgrind)"
    goal["instructions", "one name"] = 600
    goal["instructions", "10,000 names, 10 % NXDOMAIN"] = 750
    goal["instructions", "steered, random subnets"] = 850
    title["ratio"] = "UDP: CPU per query at saturation, echo server = 1"
    goal["ratio", "one name"] = 1.03
    goal["ratio", "10,000 names, 10 % NXDOMAIN"] = goal["ratio", "steered, random subnets"] = 1.05
    title["cpu"] = "UDP: CPU per query at saturation"; unit["cpu"] = "ns"
    title["latency"] = "UDP: latency at 20,000 queries/s, p50"; unit["latency"] = "us"

    title["tcp_memory"] = "TCP: user memory of an idle connection, of 10,000"
    goal["tcp_memory", "octets"] = 2048
    title["tcp_cpu"] = "TCP: CPU per query, by connections x queries under way on each"; unit["tcp_cpu"] = "ns"
    title["tcp_rate"] = "TCP: queries/s, by connections x queries under way on each"
    more_is_better["tcp_rate"] = 1

    title["load"] = "A zone of 1,000,000 records, one of them changed at 20,000 queries/s"
    goal["load", "start, s"] = 1.2
    goal["load", "memory, MiB"] = 100
    goal["load", "change visible, s"] = 1.5
    goal["load", "lost"] = 0
    goal["load", "peak at change, MiB"] = 200
    title["many"] = "100,000 zones of five records, one of them changed"
    goal["many", "start, s"] = 5
    goal["many", "change visible, ms"] = 100

    title["geo"] = "A full-size city database, by distance"
    goal["geo", "start, s"] = 1
    goal["geo", "memory, MiB"] = 32
    title["lookup"] = "Geo: a lookup in the city database"; unit["lookup"] = "ns"
    goal["lookup", "IPv4, warm"] = 30
    goal["lookup", "IPv4, random"] = 150

    title["steer"] = "Steering at scale: 10,000 pools, 20 regions, 2,000 rankings; ms on the wire"
    goal["steer", "drain, all pools"] = goal["steer", "verdict, all pools"] = 50
    goal["steer", "drain, one pool"] = goal["steer", "verdict, one pool"] = 5
    goal["steer", "memory, MiB"] = 200

    title["steer_queries"] = "Steering at scale: queries at 10,000/s, quiet and while 1,000 verdicts a second turn"

    title["probes_cpu"] = "Probing at scale: all threads of the server, % of a core"
    title["probes_control"] = "Probing at scale: its control thread, % of a core"
    goal["probes_control", "tcp 10,000 / 5 s"] = goal["probes_control", "http 5,000 / 5 s"] = 50
    title["probes_burst"] = "Probing at scale: the most probes within 100 ms, mean = 1"
    goal["probes_burst", "tcp 10,000 / 5 s"] = goal["probes_burst", "http 5,000 / 5 s"] = 2
    title["probes_burst10"] = "Probing at scale: the most probes within 10 ms, mean = 1"
    title["probes_off"] = "Probing at scale: by how much gaps between two probes are not the interval, p50"; unit["probes_off"] = "ms"
    title["probes_off99"] = "Probing at scale: the same, p99"; unit["probes_off99"] = "ms"
    title["probes_offmax"] = "Probing at scale: the same, most"; unit["probes_offmax"] = "ms"
    title["probes_memory"] = "Probing at scale: memory per endpoint, its records and answers included"; unit["probes_memory"] = "KiB"

    title["growth_instructions"] = "Growth: instructions per query, by names in the zone"
    title["growth_ratio"] = "Growth: CPU per query, echo server = 1, by names in the zone"
    title["growth_start"] = "Growth: start to first answer, by names in the zone"; unit["growth_start"] = "s"
    title["growth_memory"] = "Growth: memory, by names in the zone"; unit["growth_memory"] = "MiB"
    along["growth_instructions"] = along["growth_ratio"] = along["growth_start"] = along["growth_memory"] = "names"
    is_log["growth_start"] = is_log["growth_memory"] = 1
    title["answer_instructions"] = "Growth: instructions per query, by addresses in the answer, UDP"
    title["answer_cpu"] = "Growth: CPU per query, by addresses in the answer, UDP"
    title["answer_tcp_cpu"] = "Growth: CPU per query, by addresses in the answer, TCP, 100 x 16"
    along["answer_instructions"] = along["answer_cpu"] = along["answer_tcp_cpu"] = "addresses"
    unit["answer_cpu"] = unit["answer_tcp_cpu"] = "ns"
    title["workers_cpu"] = "Growth: CPU per query, by workers"; unit["workers_cpu"] = "ns"
    title["workers_rate"] = "Growth: queries/s, by workers (the client shares the last processor)"
    more_is_better["workers_rate"] = 1
    along["workers_cpu"] = along["workers_rate"] = "workers"

    title["failover_crash"] = "Failover: one region of three away for a minute; 200 of 600 resolvers have their home there"
    title["failover_flap"] = "Failover: one region of three there for 1.3 s, away for 1.3 s, for five minutes"
    title["failover_kills"] = "Failover: a backend that dies is out of every answer, probed every 500 ms, fall 2, timeout 300 ms"
    title["failover_all"] = "Failover: all regions away for a minute; 36,000 user-seconds are dead whatever is answered"

    title["goodput"] = "Stress: three times as many queries as are answered at most, by workers"
    more_is_better["goodput"] = 1
    title["stress"] = "Stress: commands and probes meanwhile, the longest of 100, by workers"
    goal["stress", "status, ms, 1"] = goal["stress", "status, ms, 2"] = 100
    goal["stress", "drain, ms, 1"] = goal["stress", "drain, ms, 2"] = 100
}

# Three digits that mean something, and all of what is larger.
function number(v) {
    if (v == int(v) || v >= 100 || v <= -100)
        return sprintf("%.0f", v)
    if (v >= 10)
        return sprintf("%.1f", v)
    return sprintf(v >= 1 ? "%.2f" : "%.3f", v)
}

function full_title(t) {
    return ((t in title) ? title[t] : t) ((t in unit) ? ", " unit[t] : "")
}
