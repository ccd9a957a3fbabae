# SPDX-License-Identifier: BSD-2-Clause
#
# What users go through while backends die: real servers side by side, each at several settings, 600 resolvers
# asking each of them, and the same real HTTP backends that all of them probe (tests/bench/resolvers).  To be sourced by
# tests/bench/run.
#
#   crash   one region of three is away for a minute
#   flap    it is there for 1.3 s and away for 1.3 s by turns, for five minutes
#   all     every region is away for a minute
#
# A third of the resolvers have their home in the region that dies first.  And of Proxima alone: how long it takes until a
# backend that was killed, or frozen, is in no answer (tests/integration/test_kills).

crash_rounds=2 crash_s=60 calm_s=20 after_s=75 flap_s=300 kills=100
backends=(127.55.1.1 127.55.1.2 127.55.2.1 127.55.2.2 127.55.3.1 127.55.3.2)
region_names=(us eu ap)
ttls=(5/5 10/10 60/5 60/60 300/10)

# A server with its settings is a server of its own to start_server.
failover_servers=(proxima_eager proxima_fast proxima_brisk proxima_usual gdnsd_fast gdnsd_usual powerdns_lua)

measure_failover()
{
    local i

    # One flap is two turns, all of the same length.
    for ((i = 0; i < crash_rounds; i++)); do
        endure crash $((calm_s + crash_s + after_s)) -k "0:$calm_s-$((calm_s + crash_s))"
    done
    endure flap $((calm_s + flap_s + after_s)) -k "0:$calm_s-$((calm_s + flap_s))/1.3"
    endure all $((calm_s + crash_s + after_s)) -k "0:$calm_s-$((calm_s + crash_s))" -k "1:$calm_s-$((calm_s + crash_s))" \
        -k "2:$calm_s-$((calm_s + crash_s))"
    [[ " ${servers[*]} " != *" proxima "* ]] || measure_kills
}

measure_kills()
{
    progress "failover, $kills killed and $kills frozen"
    BUILDDIR=$build PROXIMAD=$build/proximad KILLS=$kills "$build/tests/integration/test_kills" 2>&1 >"$work/kills" | tail -n 3 >&2
    sed -nE 's/^([a-z]+): ([0-9]+) of ([0-9]+) within ([0-9]+) ms; least ([0-9]+), median ([0-9]+), most ([0-9]+) ms$/\1: of \3 in \4 ms\t\2\n\1, ms\t\5\n\1, ms\t\6\n\1, ms\t\7/p' \
        "$work/kills" | figure_lines failover_kills
}

# endure NAME SECONDS OUTAGE...: of one set of backends and all servers on it
endure()
{
    local trace=$1 length=$2 name out in label key value RESOLVERS
    shift 2

    progress "failover, $trace, $length s"
    coproc RESOLVERS { exec setpriv --pdeathsig KILL "${client_pin[@]}" "$bin/resolvers" -s "$length" -b "$(IFS=,; echo "${backends[*]}")" "$@"; }
    pids[resolvers]=$!
    exec {out}<&"${RESOLVERS[0]}" {in}>&"${RESOLVERS[1]}"
    eval "exec ${RESOLVERS[0]}<&- ${RESOLVERS[1]}>&-"
    read -r -t 10 -u "$out" backend_port || { progress "no backends"; return 0; }
    for name in "${failover_servers[@]}"; do
        [[ " ${servers[*]} " != *" ${name%_*} "* ]] || ! start_server "$name" failover || "${name}_subjects" >&"$in"
    done
    exec {in}>&-
    while IFS=$'\t' read -r label key value; do figure "failover_$trace" "$label" "$(failover_column "$key")" "$value"; done <&"$out"
    exec {out}<&-
    wait "${pids[resolvers]}" 2>/dev/null || :
    unset 'pids[resolvers]'
    stop_all
}

failover_column()
{
    case $1 in
        failed) echo "user-s dead" ;; away) echo "user-s away" ;; changes) echo "changes" ;; moves) echo "moves" ;;
        calm) echo "queries/s, calm" ;; asked) echo "queries/s" ;;
    esac
}

subject() { printf '%s\t%s\t%s\n' "$1" "$at" "$2"; }

# region_of N: "us 127.55.1.1 127.55.1.2"
region_of() { echo "${region_names[$1]} ${backends[$((2 * $1))]} ${backends[$((2 * $1 + 1))]}"; }

failover_zone()
{
    printf '%s\n' '$ORIGIN example.com.' '$TTL 300' '@ SOA ns1 hostmaster 1 3600 900 1209600 300' '@ NS ns1' 'ns1 A 192.0.2.53' \
        'www A 192.0.2.1'
}

# ---- Proxima ----

proxima_eager_setup() { proxima_failover 'interval: 500ms, timeout: 500ms, rise: 1, fall: 1'; }
proxima_fast_setup()  { proxima_failover 'interval: 500ms, timeout: 500ms, rise: 2, fall: 2'; }
proxima_brisk_setup() { proxima_failover 'interval: 1s, timeout: 1s, rise: 2, fall: 2 of 4'; }
proxima_usual_setup() { proxima_failover ''; }

proxima_failover() # OPTION...: of the probe
{
    local ttl i region a b rules=
    mkdir -p "$dir/zones" "$dir/run"
    {
        failover_zone
        for ttl in "${ttls[@]}"; do echo "w${ttl/\//-} $ttl DYNA web"; done
        for i in 0 1 2; do
            read -r region a b <<<"$(region_of $i)"
            printf '%s.web A %s\n' "$region" "$a" "$region" "$b"
            rules+="{network: 127.54.$((i + 1)).0/24, prefer: [${region_names[i]}, ${region_names[(i + 1) % 3]}, ${region_names[(i + 2) % 3]}]}, "
        done
    } >"$dir/zones/example.com"
    cat >"$dir/proxima.yaml" <<-END
		server: {listen: "$at", threads: $workers, control: run/control.sock, state: state/}
		zones: {directory: zones/}
		regions: {us: {}, eu: {}, ap: {}}
		maps: {world: {rules: [$rules], unknown: [us]}}
		probes: {web: {type: http, port: $backend_port, path: /healthz, $1}}
		policies: {default: {map: world, probe: web}}
	END
    command=("$build/proximad" -c "$dir/proxima.yaml")
}

proxima_eager_ready() { let_age proxima_eager; }
proxima_fast_ready()  { let_age proxima_fast; }
proxima_brisk_ready() { let_age proxima_brisk; }
proxima_usual_ready() { let_age proxima_usual; }

# As if it had all been calm for a day: TTLs are what they are on other days.
let_age() # NAME
{
    [ -z "${aging-}" ] || return 0
    local aging=yes i region

    proxima_ready
    {
        for i in 1 2; do control probe web; done # rise, at most
        for region in "${region_names[@]}"; do control wait "web.example.com/$region=up"; done
        control stop
    } >>"$dir/log"
    wait "$pid" 2>/dev/null || :
    sed -i -E "s/\"since\": *[0-9]+/\"since\":$(((EPOCHSECONDS - 86400) * 1000))/g" "$dir/state/health.json"
    launch_server "$1" failover "${command[@]}"
}

proxima_eager_subjects() { proxima_subjects '500 ms, fall 1'; }
proxima_fast_subjects()  { proxima_subjects '500 ms, fall 2'; }
proxima_brisk_subjects() { proxima_subjects '1 s, fall 2 of 4'; }
proxima_usual_subjects() { proxima_subjects '5 s, fall 3'; }

proxima_subjects() # SETTINGS
{
    local ttl
    for ttl in "${ttls[@]}"; do subject "Proxima $1, TTL $ttl" "w${ttl/\//-}.example.com"; done
}

# ---- gdnsd ----

gdnsd_fast_setup()  { gdnsd_failover 'interval => 2, up_thresh => 1, ok_thresh => 1, down_thresh => 1'; }
gdnsd_usual_setup() { gdnsd_failover ''; }

gdnsd_failover() # OPTION...: of the service type
{
    local i region a b nets='' places=''
    mkdir -p "$dir/zones" "$dir/run" "$dir/state"
    { failover_zone; echo 'dyn 60/5 DYNA geoip!web'; } >"$dir/zones/example.com"
    for i in 0 1 2; do
        read -r region a b <<<"$(region_of $i)"
        places+="$region => [$a, $b], "
        nets+="127.54.$((i + 1)).0/24 => [${region_names[i]}, ${region_names[(i + 1) % 3]}, ${region_names[(i + 2) % 3]}], "
    done
    cat >"$dir/config" <<-END
		options => { listen => ${at/@/:}, udp_threads => $workers, tcp_threads => $workers, run_dir => $dir/run, state_dir => $dir/state }
		service_types => { web => { plugin => http_status, port => $backend_port, url_path => /healthz, $1 } }
		plugins => { geoip => {
		    maps => { world => { datacenters => [us, eu, ap], nets => { $nets } } }
		    resources => { web => { map => world, service_types => web, dcmap => { $places } } }
		} }
	END
    command=(gdnsd -c "$dir" start)
}

gdnsd_fast_subjects()  { subject 'gdnsd 2 s, 1/1/1, TTL 60/5' dyn.example.com; }
gdnsd_usual_subjects() { subject 'gdnsd as it comes, TTL 60/5' dyn.example.com; }

# ---- PowerDNS: Lua records, probed every 5 s, which cannot be set for a record ----

powerdns_lua_setup()
{
    local ttl i region a b places=''
    mkdir -p "$dir/zones"
    for i in 0 1 2; do
        read -r region a b <<<"$(region_of $i)"
        places+="{'$a','$b'},"
    done
    {
        failover_zone
        for ttl in 10 60; do
            printf 'w%s %s LUA A ( "%s"\n    "%s"\n    "%s" )\n' $ttl $ttl ";local r={$places}" \
                " local h=netmask({'127.54.2.0/24'}) and 2 or netmask({'127.54.3.0/24'}) and 3 or 1" \
                " return ifurlup('http://www.example.com:$backend_port/healthz',{r[h],r[h%3+1],r[(h+1)%3+1]},{selector='all'})"
        done
    } >"$dir/zones/example.com"
    echo "zone \"example.com\" { type master; file \"$dir/zones/example.com\"; };" >"$dir/named.conf"
    cat >"$dir/pdns.conf" <<-END
		launch=bind
		bind-config=$dir/named.conf
		enable-lua-records=yes
		local-address=${at/@/:}
		socket-dir=$dir
		daemon=no
		guardian=no
		disable-syslog=yes
		loglevel=3
	END
    command=(pdns_server --config-dir="$dir")
}

powerdns_lua_subjects() { subject 'PowerDNS ifurlup, TTL 10' w10.example.com; subject 'PowerDNS ifurlup, TTL 60' w60.example.com; }
