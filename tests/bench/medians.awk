# SPDX-License-Identifier: BSD-2-Clause
#
# Of figures as they came (TABLE, SERVER, COLUMN, VALUE, with tabs between) one for each cell: TABLE, SERVER, COLUMN, the
# median, the least and the most, the number of rounds.  In the order in which they first came.

BEGIN { FS = OFS = "\t" }

{
    cell = $1 FS $2 FS $3
    if (!(cell in n))
        cells[++n_cells] = cell
    value[cell, ++n[cell]] = $4 + 0
}

# Into order, in place: there are never more than a few.
function sort(cell,    i, k, v) {
    for (i = 2; i <= n[cell]; i++) {
        v = value[cell, i]
        for (k = i - 1; k > 0 && value[cell, k] > v; k--)
            value[cell, k + 1] = value[cell, k]
        value[cell, k + 1] = v
    }
}

END {
    OFMT = CONVFMT = "%.10g"
    for (c = 1; c <= n_cells; c++) {
        cell = cells[c]
        sort(cell)
        median = (value[cell, int((n[cell] + 1) / 2)] + value[cell, int(n[cell] / 2) + 1]) / 2
        print cell, median, value[cell, 1], value[cell, n[cell]], n[cell]
    }
}
