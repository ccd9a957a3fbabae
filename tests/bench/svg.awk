# SPDX-License-Identifier: BSD-2-Clause
#
# Medians as plots, FOLDER/TABLE.svg, and FOLDER/index.html with all of them: bars of each server for each column
# (svg_bars.awk), or curves where the columns are steps of something (svg_curves.awk).  Whiskers show between what all rounds
# lay, a dashed line what Proxima is to reach.
#
#   awk -v folder=FOLDER -f titles.awk -f svg_bars.awk -f svg_curves.awk -f svg.awk

BEGIN {
    colour["Proxima"] = "#e8590c"; colour["gdnsd"] = "#4263eb"; colour["NSD"] = "#2b8a3e"; colour["Knot"] = "#862e9c"
    colour["PowerDNS"] = "#0b7285"; colour["BIND"] = "#a61e4d"; colour["echo server"] = "#868e96"
    ink = "#212529"; soft = "#868e96"; faint = "#e9ecef"; reach = "#343a40"
}

!($1 in columns)       { tables[++n_tables] = $1; columns[$1] = rows[$1] = 0 }
!(($1, $3) in col_at)  { col_at[$1, $3] = ++columns[$1]; column[$1, columns[$1]] = $3 }
!(($1, $2) in row_at)  { row_at[$1, $2] = ++rows[$1]; row[$1, rows[$1]] = $2 }
{
    median[$1, $2, $3] = $4
    least[$1, $2, $3] = $5
    most[$1, $2, $3] = $6
}

# ---- what all plots are made of ----

function escape(s) {
    gsub(/&/, "\\&amp;", s)
    gsub(/</, "\\&lt;", s)
    return s
}

function colour_of(server) { return (server in colour) ? colour[server] : "#495057" }

function text(x, y, s, how) {
    printf "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, how, escape(s) >file
}

function line(x1, y1, x2, y2, how) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2, how >file
}

function stroke(c, width) { return "stroke=\"" c "\" stroke-width=\"" width "\"" }
function fill(c)          { return "fill=\"" c "\"" }

function begin_plot(t, width, height) {
    file = folder "/" t ".svg"
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\"", width, height, width, height >file
    printf " font-family=\"Inter, 'Segoe UI', 'DejaVu Sans', sans-serif\" font-size=\"12\" fill=\"%s\">\n", ink >file
    printf "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", width, height >file
    text(24, 32, full_title(t), "font-size=\"15\" font-weight=\"600\"")
    text(24, 51, (t in more_is_better) ? "more is better" : "less is better", fill(soft))
}

function end_plot() {
    print "</svg>" >file
    close(file)
}

# ---- all of them ----

function write_index(    i) {
    file = folder "/index.html"
    print "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>Proxima and its peers</title>" >file
    print "<style>body { margin: 24px auto; max-width: 880px; background: #f1f3f5; font-family: sans-serif }" >file
    print "img { display: block; max-width: 100%; margin: 0 auto 20px; border-radius: 6px; background: white }</style>" >file
    print "<h1>Proxima and its peers</h1>" >file
    for (i = 1; i <= n_tables; i++)
        printf "<img src=\"%s.svg\" alt=\"%s\">\n", tables[i], escape(full_title(tables[i])) >file
    close(file)
}

END {
    for (k = 1; k <= n_tables; k++)
        if ((tables[k] in along) && columns[tables[k]] > 1)
            draw_curves(tables[k])
        else
            draw_bars(tables[k])
    write_index()
}
