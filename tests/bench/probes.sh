# SPDX-License-Identifier: BSD-2-Clause
#
# Probing at scale, which is Proxima's alone: what thousands of endpoints on loopback cost the prober, and how evenly it
# asks them, as the origin (crowd) sees it.  To be sourced by tests/bench/run.
#
# A case is KIND ENDPOINTS INTERVAL_MS [hang|flap PERCENT]: so many of them hang until the timeout, or turn down and up
# with each interval.

probe_cases=(
    "tcp 10000 5000" "tcp 10000 5000 hang 10" "tcp 10000 5000 hang 40" "tcp 10000 5000 hang 100"
    "tcp 10000 5000 flap 10" "tcp 500 100"
    "http 5000 5000" "http 5000 5000 hang 40" "https 1000 5000" "grpc 2000 5000" "dns 5000 5000" "exec 500 5000"
)
probe_s=5 # a round
endpoints_per_pool=20
few_endpoints=100 # of which what is left is what the server takes by itself

measure_probes()
{
    local case few_kib

    ulimit -n "$(ulimit -Hn)"
    few_kib=$(few_endpoints_kib) || return 0
    for case in "${probe_cases[@]}"; do
        # shellcheck disable=SC2086  # words
        measure_crowd $case || progress "no figures"
    done
}

# "tcp 10,000 / 5 s, 10 % hang"
crowd_title() # CASE...
{
    awk -v kind="$1" -v n="$2" -v ms="$3" -v what="${4-}" -v percent="${5-}" 'BEGIN {
        number = (n < 1000) ? n : sprintf("%d,%03d", n / 1000, n % 1000)
        printf "%s %s / %s", kind, number, (ms % 1000) ? ms " ms" : ms / 1000 " s"
        if (what != "") printf ", %d %% %s", percent, what
    }'
}

measure_crowd() # CASE...
{
    local column i

    column=$(crowd_title "$@")
    progress "probing: $column"
    start_crowd "$@" || return 1
    start_prober "$@" || { stop_crowd; return 1; }
    await_all_asked "$@"
    for ((i = 0; i < few_rounds; i++)); do watch_prober "$column"; done
    figure_memory "$column" "$2"
    stop_server prober
    stop_crowd
}

watch_prober() # COLUMN
{
    local all control from_us took_us

    all=$(cpu_us all) control=$(cpu_us control) from_us=${EPOCHREALTIME/[.,]/}
    sleep "$probe_s"
    took_us=$((${EPOCHREALTIME/[.,]/} - from_us))
    figure probes_cpu proxima "$1" "$(percent $(($(cpu_us all) - all)) $took_us)"
    figure probes_control proxima "$1" "$(percent $(($(cpu_us control) - control)) $took_us)"
    ask_crowd
    [ "$came" = 0 ] || figure_arrivals "$1"
}

percent() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", 100 * a / b }'; }

# What its threads were on processors, in microseconds: all of them, or the control thread, which is the first.
cpu_us() # all|control
{
    local task='*'
    [ "$1" = all ] || task=$pid
    # shellcheck disable=SC2086  # a pattern
    cat /proc/"$pid"/task/$task/schedstat | awk '{ ns += $1 } END { printf "%d\n", ns / 1000 }'
}

prober_kib() { awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup"; }

figure_memory() # COLUMN ENDPOINTS
{
    figure probes_memory proxima "$1" "$(awk -v now="$(prober_kib)" -v few="$few_kib" -v n="$2" -v n_few="$few_endpoints" \
        'BEGIN { printf "%.2f\n", (now - few) / (n - n_few) }')"
}

few_endpoints_kib()
{
    start_crowd tcp "$few_endpoints" 1000 || return 1
    start_prober tcp "$few_endpoints" 1000 || { stop_crowd; return 1; }
    await_all_asked tcp "$few_endpoints" 1000
    prober_kib
    stop_server prober
    stop_crowd
}

# ---- the crowd ----

# Before all others where the system allows that: its own lateness is not the prober's.
start_crowd() # CASE...
{
    local first=() kind=$1
    ! chrt -f 1 true 2>/dev/null || first=(chrt -f 1)
    crowd_port=$((next_port++)) hang_port=$((next_port++)) flap_port=$((next_port++))
    [ "$kind" != exec ] || kind=tcp # nobody will come
    exec {crowd}< <(exec setpriv --pdeathsig KILL "${first[@]}" "${client_pin[@]}" "$bin/crowd" \
        -h "$hang_port" -f "$flap_port" "$kind" "$crowd_port" "$3")
    pids[crowd]=$!
    read -r -t 10 -u "$crowd" || { progress "no origin on port $crowd_port"; stop_crowd; return 1; }
}

stop_crowd()
{
    kill "${pids[crowd]}" 2>/dev/null || :
    exec {crowd}<&-
    unset 'pids[crowd]'
}

# Sets $asked, $came, $burst, $burst10, $p50, $p99 and $most: of what came since the last call.
ask_crowd()
{
    kill -USR1 "${pids[crowd]}"
    read -r -t 10 -u "$crowd" asked came burst burst10 p50 p99 most || asked=0 came=0
}

# Until each that is well was asked, and those that are not are known.
await_all_asked() # CASE...
{
    local i well=$(($2 - $2 * ${5-0} / 100))

    [ "$1" != exec ] || well=0
    for ((i = 0; i < 30; i++)); do
        sleep 1
        ask_crowd
        [ "$asked" -lt $well ] || break
    done
    sleep "$(awk -v ms="$3" 'BEGIN { print 3 * ms / 1000 }')"
    ask_crowd
}

figure_arrivals() # COLUMN
{
    figure probes_burst proxima "$1" "$burst"
    figure probes_burst10 proxima "$1" "$burst10"
    figure probes_off proxima "$1" "$p50"
    figure probes_off99 proxima "$1" "$p99"
    figure probes_offmax proxima "$1" "$most"
}

# ---- the prober ----

start_prober() # CASE...
{
    crowd_case=("$@")
    start_server prober crowd
}

prober_ready() { proxima_ready; }

prober_setup()
{
    mkdir -p "$dir/zones" "$dir/run"
    crowd_zone "${crowd_case[@]}" >"$dir/zones/example.com"
    crowd_config "${crowd_case[@]}" >"$dir/proxima.yaml"
    command=("$build/proximad" -c "$dir/proxima.yaml")
}

# Pools of four regions with a few endpoints each; some pools have only endpoints that are not well.
crowd_zone() # CASE...
{
    awk -v n="$2" -v each="$endpoints_per_pool" -v ill="${4-}" -v percent="${5-0}" '
        BEGIN {
            print "$ORIGIN example.com.\n$TTL 300"
            print "@ SOA ns1 hostmaster 1 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\nwww A 192.0.2.1"
            for (i = 0; i < n; i++) {
                pool = int(i / each)
                if (i % each == 0)
                    printf "n%d DYNA p%d%s\n", pool, pool, pool * each * 100 < n * percent ? " " ill : ""
                printf "r%d.p%d A 127.64.%d.%d\n", i % 4, pool, i / 256, i % 256
            }
        }'
}

crowd_config() # CASE...
{
    local kind=$1 every="interval: $3ms, timeout: $(($3 < 2000 ? $3 : 2000))ms" asks='' ill=tcp
    case $kind in
        https) asks="verify: no," ;;
        dns) asks="query: example.com.," ;;
        exec) asks="command: [/bin/true]," ;;
    esac
    [ "$kind" = exec ] || asks+=" port: $crowd_port,"
    [ "$kind" != http ] || ill=http
    cat <<-END
		server: {listen: "$at", threads: 1, control: run/control.sock, state: state/}
		zones: {directory: zones/}
		regions: {r0: {at: [1, 1]}, r1: {at: [1, 2]}, r2: {at: [1, 3]}, r3: {at: [1, 4]}}
		probes:
		  well: {type: $kind, $asks $every}
		  hang: {type: $ill, port: $hang_port, $every}
		  flap: {type: $ill, port: $flap_port, $every, rise: 1, fall: 1}
		policies:
		  default: {probe: well}
		  hang: {probe: hang}
		  flap: {probe: flap, damping: {max_hold: 0s}}
	END
}
