# SPDX-License-Identifier: BSD-2-Clause
#
# Figures (TABLE, SERVER, COLUMN, VALUE, with tabs between) as tables for people.

BEGIN {
    FS = "\t"
    title["instructions"] = "user-space instructions per query (callgrind)"
    title["ratio"]        = "CPU per query at saturation, echo server = 1"
    title["cpu"]          = "CPU per query at saturation, ns"
    title["tcp_cpu"]      = "TCP: CPU per query, ns, by connections x queries under way on each"
    title["tcp_rate"]     = "TCP: queries/s"
    title["tcp_memory"]   = "TCP: user memory of an idle connection, of 10,000"
    title["load"]         = "1,000,000 records in one zone; one changed at 20,000 queries/s"
    title["geo"]          = "full-size city database, by distance"
    title["latency"]      = "latency at 20,000 queries/s, p50, us"
}

# Rows and columns stand in the order in which they came.
!(($1) in rows)       { tables[++n_tables] = $1; rows[$1] = columns[$1] = 0 }
!(($1, $2) in row_at) { row_at[$1, $2] = ++rows[$1]; row[$1, rows[$1]] = $2 }
!(($1, $3) in col_at) { col_at[$1, $3] = ++columns[$1]; column[$1, columns[$1]] = $3 }
                      { value[$1, $2, $3] = $4 }

function wide(text, width) { return length(text) > width ? length(text) : width }

function print_table(t,    r, c, cell) {
    printf "\n%s\n\n| %-8s |", (t in title) ? title[t] : t, ""
    for (c = 1; c <= columns[t]; c++)
        printf " %*s |", wide(column[t, c], 8), column[t, c]
    printf "\n|----------|"
    for (c = 1; c <= columns[t]; c++) {
        cell = sprintf("%*s", wide(column[t, c], 8) + 1, "")
        gsub(/ /, "-", cell)
        printf "%s:|", cell
    }
    print ""
    for (r = 1; r <= rows[t]; r++) {
        printf "| %-8s |", row[t, r]
        for (c = 1; c <= columns[t]; c++) {
            cell = ((t, row[t, r], column[t, c]) in value) ? value[t, row[t, r], column[t, c]] : "-"
            printf " %*s |", wide(column[t, c], 8), cell
        }
        print ""
    }
}

END { for (i = 1; i <= n_tables; i++) print_table(tables[i]) }
