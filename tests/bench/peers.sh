# SPDX-License-Identifier: BSD-2-Clause
#
# The servers that are measured: Proxima and its peers as Debian ships them, $workers workers each, on an address of
# 127.0.0.0/8 that is this run's own.  To be sourced by tests/bench/run.
#
#   find_servers NAME...         those that are there in $servers, says which are not
#   start_server NAME SITE [COMMAND...]   writes its configuration and starts it, under a COMMAND such as valgrind; waits
#                                for its first answer; sets $pid, $at, $dir and $started (what `await` said).  False: it
#                                gave none, and was told of
#   stop_server NAME             waits for its end
#   reload_server NAME [ZONE]    the operator's command after a zone has changed
#
# For each server NAME there are NAME_package (Debian's), NAME_program (what must be there), NAME_setup SITE (writes $dir,
# sets $command), NAME_zone (its zone file in $dir) and, if it can, NAME_reload [ZONE] and NAME_ready (returns when commands
# may come).

usual_servers=(proxima gdnsd nsd knot)
workers=1

declare -A pids dirs ats
next_port=$((10000 + $$ % 1000 * 20))

label() { # NAME: as people write it
    case $1 in
        proxima) echo Proxima ;; nsd) echo NSD ;; knot) echo Knot ;; echo) echo "echo server" ;; powerdns) echo PowerDNS ;; bind) echo BIND ;; *) echo "$1" ;;
    esac
}

# ---- Proxima ----

proxima_program=proximad
proxima_package=-
proxima_version() { "$build/proximad" --version | head -n 1; }

proxima_setup()
{
    local rules='{continent: EU, prefer: [eu-west]}, {continent: AS, prefer: [ap-northeast]}' probe=''
    [ "$1" != city ] || rules=
    [ "$1" != probed ] || probe='probe: web, '
    mkdir -p "$dir/zones" "$dir/run"
    put_zones "$1"
    ! is_steered "$1" || cat >>"$dir/zones/example.com" <<-END
		geo 300 DYNA web
		us-east.web A 127.0.0.11
		eu-west.web A 127.0.0.12
		ap-northeast.web A 127.0.0.13
	END
    cat >"$dir/proxima.yaml" <<-END
		server:
		  listen: "$at"
		  threads: $workers
		  control: run/control.sock
		  state: state/
		  tcp_clients: 12000
		zones: {directory: zones/}
	END
    ! is_steered "$1" || cat >>"$dir/proxima.yaml" <<-END
		geo: {databases: ["$(flat_database "$1")"]}
		regions:
		  us-east: {at: [38.95, -77.45]}
		  eu-west: {at: [53.35, -6.26]}
		  ap-northeast: {at: [37.57, 126.98]}
		maps: {world: {rules: [$rules], unknown: [us-east]}}
		policies: {default: {map: world, ${probe}ttl: {max: 300s, min: 300s}}}
	END
    [ -z "$probe" ] || echo "probes: {web: {type: http, path: /, port: $origin_port, interval: ${probe_ms}ms}}" >>"$dir/proxima.yaml"
    command=("$build/proximad" -c "$dir/proxima.yaml")
}

proxima_zone()   { echo zones/example.com; }
proxima_reload() { control reload "$@"; }
proxima_ready()  { await_file "$dir/run/control.sock"; }
control()        { "$build/proximactl" -s "$dir/run/control.sock" "$@"; }

# ---- gdnsd ----

gdnsd_program=gdnsd
gdnsd_package=gdnsd
gdnsd_version() { dpkg_version gdnsd; }

gdnsd_setup()
{
    mkdir -p "$dir/zones" "$dir/run" "$dir/state"
    put_zones "$1"
    ! is_steered "$1" || echo 'geo 300 DYNA geoip!web' >>"$dir/zones/example.com"
    {
        echo "options => { listen => ${at/@/:}, udp_threads => $workers, tcp_threads => $workers,"
        echo "    tcp_clients_per_thread => 12000, run_dir => $dir/run, state_dir => $dir/state }"
        ! is_steered "$1" || gdnsd_geoip "$1"
    } >"$dir/config"
    command=(gdnsd -c "$dir" start)
}

gdnsd_geoip()
{
    local how='map => { EU => [eu-west, us-east, ap-northeast], AS => [ap-northeast, us-east, eu-west] }'
    [ "$1" != city ] ||
        how='auto_dc_coords => { us-east => [38.95, -77.45], eu-west => [53.35, -6.26], ap-northeast => [37.57, 126.98] }'
    cat <<-END
		plugins => { geoip => {
		    maps => { world => { geoip2_db => $(nested_database "$1"), datacenters => [us-east, eu-west, ap-northeast], $how } }
		    resources => { web => { map => world, service_types => up,
		        dcmap => { us-east => 127.0.0.11, eu-west => 127.0.0.12, ap-northeast => 127.0.0.13 } } }
		} }
	END
}

gdnsd_zone()   { echo zones/example.com; }
gdnsd_reload() { gdnsdctl -c "$dir" reload-zones; }

# ---- NSD ----

nsd_program=nsd
nsd_package=nsd
nsd_version() { dpkg_version nsd; }

nsd_setup()
{
    put_zones "$1"
    cat >"$dir/nsd.conf" <<-END
		server:
		    ip-address: $at
		    server-count: $workers
		    username: ""
		    chroot: ""
		    database: ""
		    zonesdir: "$dir"
		    pidfile: "$dir/nsd.pid"
		    xfrdfile: "$dir/xfrd.state"
		    xfrdir: "$dir"
		    zonelistfile: "$dir/zone.list"
		    tcp-count: 24000 # it hurries clients when half of them are there
		    rrl-ratelimit: 0
		remote-control:
		    control-enable: yes
		    control-interface: "$dir/control.sock"
		pattern:
		    name: all
		    zonefile: "zones/%s"
	END
    zone_names "$1" 'zone:\n    name: %s\n    include-pattern: all\n' >>"$dir/nsd.conf"
    command=(nsd -d -c "$dir/nsd.conf")
}

nsd_zone()   { echo zones/example.com; }
nsd_reload() { nsd-control -c "$dir/nsd.conf" reload "$@"; }

# ---- Knot ----

knot_program=knotd
knot_package=knot
knot_version() { dpkg_version knot; }

knot_setup()
{
    put_zones "$1"
    {
        cat <<-END
			server:
			    listen: $at
			    rundir: $dir
			    user: $(id -un)
			    udp-workers: $workers
			    tcp-workers: $workers
			    background-workers: 1
			    tcp-max-clients: 12000
			    edns-client-subnet: $(if is_steered "$1"; then echo on; else echo off; fi)
			log:
			  - target: stderr
			    any: warning
			database:
			    storage: $dir/db
		END
        ! is_steered "$1" || knot_geoip "$1"
        cat <<-END
			template:
			  - id: default
			    storage: $dir/zones
			    file: "%s"
			    zonefile-sync: -1
			    journal-content: none
			zone:
		END
        zone_names "$1" '  - domain: %s\n'
        ! is_steered "$1" || echo '    module: mod-geoip/world'
    } >"$dir/knot.conf"
    command=(knotd -c "$dir/knot.conf")
}

knot_geoip()
{
    printf '%s\n' geo.example.com: '- geo: EU' '  A: 127.0.0.12' '- geo: AS' '  A: 127.0.0.13' \
        '- geo: "*"' '  A: 127.0.0.11' >"$dir/geo.conf"
    cat <<-END
		mod-geoip:
		  - id: world
		    config-file: $dir/geo.conf
		    ttl: 300
		    mode: geodb
		    geodb-file: $(nested_database "$1")
		    geodb-key: continent/code
	END
}

knot_zone()   { echo zones/example.com; }
knot_reload() { knotc -s "$dir/knot.sock" zone-reload "$@"; }

# ---- PowerDNS: its GeoIP backend, which has zones of its own spelling ----

powerdns_program=pdns_server
powerdns_package='pdns-server pdns-backend-geoip'
powerdns_version() { dpkg_version pdns-server; }

powerdns_setup()
{
    awk '
        BEGIN { print "domains:\n- domain: example.com\n  ttl: 300\n  records:" }
        $2 == "SOA" { print "    example.com:\n    - soa: ns1.example.com hostmaster.example.com " $5, $6, $7, $8, $9 }
        $2 == "NS"  { print "    - ns: ns1.example.com" }
        $2 == "A"   { print "    " $1 ".example.com:\n    - a: " $3 }' "$(zone "$1" 1)" >"$dir/zones.yaml"
    ! is_steered "$1" || printf '    %s.web.example.com:\n    - a: 127.0.0.%s\n' eu 12 as 13 na 11 sa 11 oc 11 af 11 an 11 \
        unknown 11 >>"$dir/zones.yaml"
    echo '  services:' >>"$dir/zones.yaml"
    if is_steered "$1"; then echo "    geo.example.com: '%cn.web.example.com'"; else echo "    none.example.com: none"; fi \
        >>"$dir/zones.yaml"
    cat >"$dir/pdns.conf" <<-END
		launch=geoip
		geoip-zones-file=$dir/zones.yaml
		geoip-database-files=mmdb:$(nested_database "$1")
		edns-subnet-processing=yes
		local-address=${at/@/:}
		receiver-threads=$workers
		distributor-threads=$workers
		max-tcp-connections=12000
		socket-dir=$dir
		daemon=no
		guardian=no
		disable-syslog=yes
		loglevel=3
	END
    command=(pdns_server --config-dir="$dir")
}

# ---- BIND ----

bind_program=named
bind_package=bind9
bind_version() { dpkg_version bind9; }

# It binds only addresses that an interface has.
bind_setup()
{
    at=127.0.0.1@${at#*@}
    put_zones "$1"
    cat >"$dir/named.conf" <<-END
		options {
		    directory "$dir"; pid-file none; session-keyfile none; managed-keys-directory "$dir";
		    listen-on port ${at#*@} { ${at%@*}; }; listen-on-v6 { none; };
		    recursion no; dnssec-validation no; tcp-clients 12000; notify no;
		};
		controls { };
	END
    zone_names "$1" 'zone %s { type primary; file "zones/%s"; };\n' >>"$dir/named.conf"
    command=(named -g -n "$workers" -c "$dir/named.conf")
}

bind_zone()   { echo zones/example.com; }
bind_reload() { kill -HUP "$pid"; }

# ---- all of them ----

# put_zones SITE: into $dir/zones, each named as its zone
put_zones()
{
    mkdir -p "$dir/zones"
    if [ "$1" = many ]; then put_small_zones "$dir/zones"; else cp "$(zone "$1" 1)" "$dir/zones/example.com"; fi
}

# zone_names SITE FORMAT: a line of a configuration for each zone
zone_names() { if [ "$1" = many ]; then many_names "$2"; else awk -v format="$2" 'BEGIN { printf format, "example.com", "example.com" }'; fi; }

dpkg_version() { dpkg-query -W -f '${Version}' "$1" | sed -E 's/^[0-9]+://; s/-[^-]*$//'; }

find_servers()
{
    local name program package

    servers=()
    for name; do
        program=${name}_program package=${name}_package
        if [ "$name" = proxima ] || command -v "${!program}" >/dev/null; then
            servers+=("$name")
            progress "$(label "$name") $("${name}_version")"
        else
            progress "$(label "$name") is left out: apt install ${!package}"
        fi
    done
}

# can NAME SITE: NSD and BIND steer nothing, Knot and PowerDNS know no distance, PowerDNS's backend has no zone files.
can()
{
    case $1-$2 in
        proxima-* | *-plain | gdnsd-steered | gdnsd-city | powerdns-steered) true ;;
        knot-steered) compgen -G '/usr/lib/*/knot/modules*/geoip.so' >/dev/null ;;
        *-names-* | *-answers | *-many) [ "$1" != powerdns ] ;;
        *) false ;;
    esac
}

start_server()
{
    local name=$1 site=$2 command=()
    shift 2

    at=$address@$((next_port++))
    dir=$work/$name-$site
    rm -rf "$dir"
    mkdir -p "$dir"
    "${name}_setup" "$site"
    launch_server "$name" "$site" "$@" "${command[@]}"
}

# launch_server NAME SITE COMMAND...: what start_server does once all is written
launch_server()
{
    local name=$1 site=$2 from=$EPOCHREALTIME
    shift 2

    # SIGKILL for the server when we end, however we end.
    setpriv --pdeathsig KILL "${pin[@]}" "$@" >>"$dir/log" 2>&1 </dev/null &
    pid=$!
    pids[$name]=$pid dirs[$name]=$dir ats[$name]=$at
    started=$("$bin/await" -f "$from" -w "$pid" -m 0.3 "$at" "$(last_name "$site")" "$(last_address "$site")") ||
        { tail -n 5 "$dir/log" >&2; progress "$(label "$name") does not answer"; stop_server "$name"; return 1; }
    ! declare -F "${name}_ready" >/dev/null || "${name}_ready"
}

await_file() # FILE: for half a minute
{
    local i
    for ((i = 0; i < 3000; i++)); do
        [ ! -e "$1" ] || return 0
        sleep 0.01
    done
    progress "no $1"
}

# start_servers SITE: all that can; sets $running
start_servers()
{
    local name
    running=()
    for name in "${servers[@]}"; do
        can "$name" "$1" && start_server "$name" "$1" && running+=("$name")
    done
    [ ${#running[@]} -gt 0 ]
}

# use_server NAME: sets $pid, $dir and $at of one that runs
use_server() { pid=${pids[$1]} dir=${dirs[$1]-} at=${ats[$1]-}; }

stop_server()
{
    local i

    use_server "$1"
    kill "$pid" 2>/dev/null || :
    for ((i = 0; i < 100; i++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || :
    wait "$pid" 2>/dev/null || :
    unset "pids[$1]"
}

stop_all() { local name; for name in "${!pids[@]}"; do stop_server "$name"; done; }

reload_server() { "$1_reload" "${@:2}" >>"$dir/log" 2>&1; }

tell_unseen() { tail -n 3 "$dir/log" >&2; progress "$(label "$1"): the change is not seen"; }
