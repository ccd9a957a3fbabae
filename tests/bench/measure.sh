# SPDX-License-Identifier: BSD-2-Clause
#
# What all measurements share.  To be sourced by tests/bench/run.
#
#   figure TABLE SERVER COLUMN VALUE     one cell of a table; tables.awk knows their titles
#   load ...                             the load generator on its own processor, as JSON into $said
#   said KEY                             a number out of it
#   median NUMBER...

pin_to_processors()
{
    local list
    list=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i }')
    pin=(taskset -c "$(head -n 1 <<<"$list")")
    client_pin=(taskset -c "$(tail -n 1 <<<"$list")")
}

figure() { printf '%s\t%s\t%s\t%s\n' "$1" "$(label "$2")" "$3" "$4" >>"$figures"; }

load() { said=$("${client_pin[@]}" "$bin/load" -j "$@"); }

said()
{
    [[ $said =~ \"$1\":\ ([-0-9.]+) ]] || die "the load generator did not say $1"
    echo "${BASH_REMATCH[1]}"
}

median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
ratio()  { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }'; }
