# SPDX-License-Identifier: BSD-2-Clause
#
# Curves: one for each server, along steps that are equally far from each other.  Functions of svg.awk.

BEGIN { curve_w = 844; left = 84; right = 724; above = 76; below = 356; curve_h = 410 }

function log10(v) { return log(v) / log(10) }

# A round step of which some five lead to v.
function step_to(v,    unit) {
    unit = 10 ^ floor(log10(v / 5))
    return v / unit <= 10 ? 2 * unit : v / unit <= 25 ? 5 * unit : 10 * unit
}

# The range of all values: sets lowest, highest.
function find_range(t,    r, c, v) {
    lowest = 1e300
    highest = 0
    for (r = 1; r <= rows[t]; r++)
        for (c = 1; c <= columns[t]; c++)
            if ((t, row[t, r], column[t, c]) in median) {
                v = median[t, row[t, r], column[t, c]]
                if (v > highest) highest = v
                if (v < lowest) lowest = v
            }
    if (highest <= 0)
        highest = 1
    if (t in is_log) {
        lowest = 10 ^ floor(log10(lowest > 0 ? lowest : highest / 10))
        highest = 10 ^ -floor(-log10(highest))
    } else {
        lowest = 0
        highest *= 1.08
    }
}

function floor(v) { return v < int(v) ? int(v) - 1 : int(v) }

function x_of(t, c) { return left + (c - 1) * (right - left) / (columns[t] - 1) }

function y_of(t, v,    share) {
    share = (t in is_log) ? log10((v > lowest ? v : lowest) / lowest) / log10(highest / lowest) : v / highest
    return below - share * (below - above)
}

function draw_level(t, v) {
    line(left, y_of(t, v), right, y_of(t, v), stroke(faint, 1))
    text(left - 10, y_of(t, v) + 4, sprintf("%g", v), "text-anchor=\"end\" " fill(soft))
}

function draw_levels(t,    v, i, step) {
    if (t in is_log) {
        for (v = lowest; v <= highest * 1.01; v *= 10)
            draw_level(t, v)
        return
    }
    step = step_to(highest)
    for (i = 0; i * step <= highest; i++)
        draw_level(t, i * step)
}

function draw_steps(t,    c, s) {
    for (c = 1; c <= columns[t]; c++) {
        s = column[t, c]
        while (s ~ /[0-9][0-9][0-9][0-9]($|,)/)
            sub(/[0-9][0-9][0-9]($|,)/, ",&", s)
        text(x_of(t, c), below + 20, s, "text-anchor=\"middle\" " fill(soft))
    }
    text((left + right) / 2, below + 40, along[t], "text-anchor=\"middle\" " fill(soft))
}

function draw_curve(t, server,    c, x, y, points) {
    for (c = 1; c <= columns[t]; c++) {
        if (!((t, server, column[t, c]) in median))
            continue
        x = x_of(t, c)
        y = y_of(t, median[t, server, column[t, c]])
        points = points sprintf(" %.1f,%.1f", x, y)
        line(x, y_of(t, least[t, server, column[t, c]]), x, y_of(t, most[t, server, column[t, c]]), stroke(colour_of(server), 1.2))
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>\n", x, y, server == "Proxima" ? 4 : 3, colour_of(server) >file
    }
    printf "<polyline points=\"%s\" fill=\"none\" %s stroke-linejoin=\"round\"/>\n", points,
        stroke(colour_of(server), server == "Proxima" ? 3 : 1.8) >file
    end_x[server] = x
    end_y[server] = y
}

# At each curve's end its name and last value, from the lowest up, none upon another.
function name_curves(t,    r, i, server, done, y, last) {
    last = below + 30
    for (i = 1; i <= rows[t]; i++) {
        server = ""
        for (r = 1; r <= rows[t]; r++)
            if (!(row[t, r] in done) && (server == "" || end_y[row[t, r]] > end_y[server]))
                server = row[t, r]
        done[server]
        y = end_y[server] + 4
        if (y > last - 15)
            y = last - 15
        last = y
        text(end_x[server] + 10, y, server, fill(colour_of(server)) (server == "Proxima" ? " font-weight=\"600\"" : ""))
    }
}

function draw_curves(t,    r) {
    begin_plot(t, curve_w, curve_h)
    find_range(t)
    draw_levels(t)
    draw_steps(t)
    for (r = rows[t]; r > 0; r--)
        draw_curve(t, row[t, r])
    name_curves(t)
    end_plot()
}
