# SPDX-License-Identifier: BSD-2-Clause
#
# Figures (TABLE, SERVER, COLUMN, VALUE, with tabs between) as plots, FOLDER/TABLE.svg: for each column of a table its
# bars, one a server, as long as the column's longest allows.  Shorter is better, but for rates.
#
#   awk -v folder=FOLDER -f svg.awk

BEGIN {
    FS = "\t"
    name_w = 90; bar_w = 420; bar_h = 18; gap = 5; head_h = 30
    colour["Proxima"] = "#d9480f"
}

!($1 in n_columns)     { tables[++n_tables] = $1; n_columns[$1] = 0 }
!(($1, $3) in n_bars)  { column[$1, ++n_columns[$1]] = $3; most[$1, $3] = 0 }
{
    n = ++n_bars[$1, $3]
    server[$1, $3, n] = $2
    value[$1, $3, n] = $4
    if ($4 + 0 > most[$1, $3])
        most[$1, $3] = $4 + 0
}

function escape(text) {
    gsub(/&/, "\\&amp;", text)
    gsub(/</, "\\&lt;", text)
    return text
}

function draw_bar(t, c, i, y, file,    v, w) {
    v = value[t, c, i]
    w = most[t, c] > 0 ? bar_w * v / most[t, c] : 0
    printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", name_w - 6, y + bar_h - 5, server[t, c, i] >file
    printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", name_w, y, w, bar_h,
        (server[t, c, i] in colour) ? colour[server[t, c, i]] : "#868e96" >file
    printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", name_w + w + 5, y + bar_h - 5, v >file
}

function draw(t,    file, c, i, y, k) {
    for (k = 1; k <= n_columns[t]; k++)
        y += head_h + n_bars[t, column[t, k]] * (bar_h + gap)
    file = folder "/" t ".svg"
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n",
        name_w + bar_w + 80, y + 10 >file
    y = 0
    for (k = 1; k <= n_columns[t]; k++) {
        c = column[t, k]
        printf "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>\n", name_w, y + head_h - 8, escape(t ": " c) >file
        y += head_h
        for (i = 1; i <= n_bars[t, c]; i++) {
            draw_bar(t, c, i, y, file)
            y += bar_h + gap
        }
    }
    print "</svg>" >file
    close(file)
}

END { for (i_table = 1; i_table <= n_tables; i_table++) draw(tables[i_table]) }
