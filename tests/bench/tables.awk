# SPDX-License-Identifier: BSD-2-Clause
#
# Medians as tables for people: "1.03 (1.02-1.05)" is a median and between what all rounds lay.
#
#   awk [-v quick=yes] -f titles.awk -f tables.awk

# Rows and columns stand in the order in which they came.
!(($1) in rows)       { tables[++n_tables] = $1; rows[$1] = columns[$1] = 0 }
!(($1, $2) in row_at) { row_at[$1, $2] = ++rows[$1]; row[$1, rows[$1]] = $2 }
!(($1, $3) in col_at) { col_at[$1, $3] = ++columns[$1]; column[$1, columns[$1]] = $3 }
                      { cell[$1, $2, $3] = shown($4, $5, $6) }

function shown(median, least, most) {
    if (number(least) == number(most))
        return number(median)
    return number(median) " (" number(least) "-" number(most) ")"
}

# What Proxima is to reach is the last row, if it is anything.
function add_goals(t,    c, found) {
    for (c = 1; c <= columns[t]; c++)
        if ((t, column[t, c]) in goal) {
            cell[t, "to reach", column[t, c]] = (goal[t, column[t, c]] > 0 ? "<= " : "") goal[t, column[t, c]]
            found = 1
        }
    if (found)
        row[t, ++rows[t]] = "to reach"
}

function text(t, r, c) {
    return ((t, row[t, r], column[t, c]) in cell) ? cell[t, row[t, r], column[t, c]] : "-"
}

function width(t, c,    r, w) {
    w = length(column[t, c])
    for (r = 1; r <= rows[t]; r++)
        if (length(text(t, r, c)) > w)
            w = length(text(t, r, c))
    return w
}

function line(w,    s) {
    s = sprintf("%*s", w, "")
    gsub(/ /, "-", s)
    return s
}

# Of the servers' names.
function name_width(t,    r, w) {
    w = length("echo server")
    for (r = 1; r <= rows[t]; r++)
        if (length(row[t, r]) > w)
            w = length(row[t, r])
    return w
}

function print_table(t,    r, c, w) {
    w[0] = name_width(t)
    printf "\n%s\n\n| %-*s |", full_title(t), w[0], ""
    for (c = 1; c <= columns[t]; c++) {
        w[c] = width(t, c)
        printf " %*s |", w[c], column[t, c]
    }
    printf "\n|%s|", line(w[0] + 2)
    for (c = 1; c <= columns[t]; c++)
        printf "%s:|", line(w[c] + 1)
    for (r = 1; r <= rows[t]; r++) {
        printf "\n| %-*s |", w[0], row[t, r]
        for (c = 1; c <= columns[t]; c++)
            printf " %*s |", w[c], text(t, r, c)
    }
    print ""
}

END {
    if (quick)
        print "\nA quick run: few rounds, small sizes; titles and goals are those of a whole one."
    for (i = 1; i <= n_tables; i++) {
        add_goals(tables[i])
        print_table(tables[i])
    }
}
