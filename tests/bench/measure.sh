# SPDX-License-Identifier: BSD-2-Clause
#
# What all measurements share.  To be sourced by tests/bench/run.
#
#   figure TABLE SERVER COLUMN VALUE     one round's value of a cell; medians.awk makes one of all rounds
#   figure_lines TABLE                   Proxima's, from lines of COLUMN, a tab and VALUE
#   load ARGUMENT...                     the load generator on its own processor, as JSON into $said
#   begin_load ARGUMENT...               the same beside what comes next; back when the first reply has come
#   end_load                             it ends now
#   said KEY                             a number out of $said

pin_to_processors()
{
    local list
    list=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i }')
    pin=(taskset -c "$(head -n 1 <<<"$list")")
    client_pin=(taskset -c "$(tail -n 1 <<<"$list")")
}

figure() { printf '%s\t%s\t%s\t%s\n' "$1" "$(label "$2")" "$3" "$4" >>"$figures"; }

figure_lines()
{
    local column value
    while IFS=$'\t' read -r column value; do figure "$1" proxima "$column" "$value"; done
}

load() { said=$("${client_pin[@]}" "$bin/load" -j "$@"); }

begin_load()
{
    exec {load_output}< <(exec setpriv --pdeathsig KILL "${client_pin[@]}" "$bin/load" -a -j -d 600 "$@")
    pids[load]=$!
    read -r -t 30 -u "$load_output" || { end_load; return 1; }
}

end_load()
{
    kill "${pids[load]}" 2>/dev/null || :
    said=$(cat <&"$load_output")
    exec {load_output}<&-
    unset 'pids[load]'
}

said()
{
    [[ $said =~ \"$1\":\ ([-0-9.]+) ]] || die "the load generator did not say $1"
    echo "${BASH_REMATCH[1]}"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f\n", (b > 0) ? a / b : 0 }'; }
mib()   { awk -v kib="$1" 'BEGIN { printf "%.1f\n", kib / 1024 }'; }

# ---- against the echo server ----

start_echo()
{
    at=$address@$((next_port++)) dir=$work
    setpriv --pdeathsig KILL "${pin[@]}" "$bin/echo" "$at" &
    pid=$!
    pids[echo]=$pid dirs[echo]=$dir ats[echo]=$at
    "$bin/await" -w "$pid" "$at" echo >/dev/null || die "the echo server does not answer"
}

# A round of the echo server and one of a server, so that what else the machine does hits both: sets $floor, the
# first's time for a query, and $said.
load_beside_echo() # NAME ARGUMENT...
{
    local name=$1
    shift

    use_server echo
    load "$@" -d "$round_s" -w "$pid" "$at"
    floor=$(said cpu_ns)
    use_server "$name"
    load "$@" -d "$round_s" -w "$pid" "$at"
}
