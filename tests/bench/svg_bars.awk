# SPDX-License-Identifier: BSD-2-Clause
#
# Bars: a panel for each column, in it a bar for each server.  Functions of svg.awk.

BEGIN { panel_w = 410; name_w = 100; bar_w = 220; bar_h = 18; bar_gap = 7; panel_head = 26 }

# What a bar as long as there is room stands for.
function longest(t, c,    r, v) {
    v = ((t, c) in goal) ? goal[t, c] : 0
    for (r = 1; r <= rows[t]; r++)
        if (((t, row[t, r], c) in most) && most[t, row[t, r], c] > v)
            v = most[t, row[t, r], c]
    return v > 0 ? v : 1
}

function draw_bar(t, server, c, x, y, scale,    v, w, end) {
    v = median[t, server, c]
    w = v * scale
    end = most[t, server, c] * scale
    text(x - 8, y + bar_h - 5, server, "text-anchor=\"end\"" (server == "Proxima" ? " font-weight=\"600\"" : ""))
    printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"%s/>\n", x, y, (w > 1 ? w : 1), bar_h,
        colour_of(server), server == "Proxima" ? "" : " opacity=\"0.72\"" >file
    if (end - least[t, server, c] * scale > 2)
        line(x + least[t, server, c] * scale, y + bar_h / 2, x + end, y + bar_h / 2, stroke(ink, 1.2))
    text(x + (end > w ? end : w) + 6, y + bar_h - 5, number(v),
        "paint-order=\"stroke\" stroke=\"white\" stroke-width=\"3\"" (server == "Proxima" ? " font-weight=\"600\"" : ""))
}

function bars_in(t, c,    r, n) {
    for (r = 1; r <= rows[t]; r++)
        n += (t, row[t, r], c) in median
    return n
}

# Behind the bars, its words below them.
function draw_goal(t, c, x, y, scale,    bottom) {
    bottom = y + bars_in(t, c) * (bar_h + bar_gap)
    x += goal[t, c] * scale
    line(x, y - 4, x, bottom, stroke(reach, 1.2) " stroke-dasharray=\"4 3\"")
    text(x, bottom + 11, "to reach: " number(goal[t, c]),
        "text-anchor=\"" (goal[t, c] * scale > bar_w / 2 ? "middle" : "start") "\" font-size=\"10\" " fill(reach))
}

function draw_panel(t, c, x, y,    r, scale) {
    scale = bar_w / longest(t, c)
    text(x, y + 14, c, "font-weight=\"600\"")
    y += panel_head
    x += name_w
    if ((t, c) in goal)
        draw_goal(t, c, x, y, scale)
    for (r = 1; r <= rows[t]; r++)
        if ((t, row[t, r], c) in median) {
            draw_bar(t, row[t, r], c, x, y, scale)
            y += bar_h + bar_gap
        }
}

# Two panels a row.
function draw_bars(t,    c, across, height) {
    across = columns[t] > 1 ? 2 : 1
    height = panel_head + rows[t] * (bar_h + bar_gap) + 28
    begin_plot(t, 24 + 2 * panel_w, 66 + height * int((columns[t] + across - 1) / across) + 4)
    for (c = 1; c <= columns[t]; c++)
        draw_panel(t, column[t, c], 24 + (c - 1) % across * panel_w, 66 + height * int((c - 1) / across))
    end_plot()
}
