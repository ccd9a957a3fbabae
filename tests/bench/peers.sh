# SPDX-License-Identifier: BSD-2-Clause
#
# The servers that are measured: Proxima and its peers as Debian ships them, one worker each, on an
# address of 127.0.0.0/8 that is this run's own.  To be sourced by tests/bench/run.
#
#   find_servers NAME...         those that are there in $servers, says which are not
#   start_server NAME SITE [COMMAND...]   writes its configuration and starts it, under a COMMAND such as valgrind; waits
#                                for its first answer; sets $pid, $at, $dir and $started (what `await` said).  False: it
#                                gave none, and was told of
#   stop_server NAME             waits for its end
#   reload_server NAME           the operator's command after a zone has changed
#
# For each server NAME there are NAME_package (Debian's), NAME_program (what must be there), NAME_setup SITE (writes $dir,
# sets $command) and, if it can, NAME_reload.  A SITE is one of
#
#   plain    example.com with www and 10,000 names
#   steered  the same, geo.example.com steered by the continent of the client
#   big      example.com with www and 1,000,000 names
#   city     geo.example.com steered by distance, from a city database

all_servers=(proxima gdnsd nsd knot powerdns bind)
usual_servers=(proxima gdnsd nsd knot)

declare -A pids dirs ats
next_port=$((10000 + $$ % 1000 * 20))

label() { # NAME: as people write it
    case $1 in
        proxima) echo Proxima ;; nsd) echo NSD ;; knot) echo Knot ;; powerdns) echo PowerDNS ;; bind) echo BIND ;; *) echo "$1" ;;
    esac
}

# ---- sites ----

names_in() { case $1 in big) echo 1000000 ;; city) echo 0 ;; *) echo 10000 ;; esac; }

# zone SITE SERIAL: a zone file; the address of www tells the serial
zone()
{
    awk -v n="$(names_in "$1")" -v serial="$2" 'BEGIN {
        print "$ORIGIN example.com.\n$TTL 300"
        print "@ SOA ns1 hostmaster " serial " 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53"
        print "www A 192.0.2." serial
        for (i = 0; i < n; i++)
            printf "h%d A 10.%d.%d.%d\n", i, i / 65536 % 256, i / 256 % 256, i % 256
    }'
}

is_steered() { [ "$1" = steered ] || [ "$1" = city ]; }

# The same three regions for all; Proxima reads the database as it is, the peers its nested form.
flat_database()   { if [ "$1" = city ]; then echo "$city"; else echo "$top/geo/country.mmdb"; fi; }
nested_database()
{
    local file=$work/nested-$1.mmdb
    [ -e "$file" ] || "$bin/nest" "$(flat_database "$1")" "$file"
    echo "$file"
}

# ---- Proxima ----

proxima_program=proximad
proxima_package=-
proxima_version() { "$build/proximad" --version | head -n 1; }

proxima_setup()
{
    local rules='{continent: EU, prefer: [eu-west]}, {continent: AS, prefer: [ap-northeast]}'
    [ "$1" != city ] || rules=
    mkdir -p "$dir/zones" "$dir/run"
    zone "$1" 1 >"$dir/zones/example.com.zone"
    ! is_steered "$1" || cat >>"$dir/zones/example.com.zone" <<-END
		geo 300 DYNA web
		us-east.web A 192.0.2.11
		eu-west.web A 192.0.2.12
		ap-northeast.web A 192.0.2.13
	END
    cat >"$dir/proxima.yaml" <<-END
		server:
		  listen: "$at"
		  threads: 1
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
		policies: {default: {map: world, ttl: {max: 300s, min: 300s}}}
	END
    command=("$build/proximad" -c "$dir/proxima.yaml")
}

proxima_zone()   { echo "zones/example.com.zone"; }
proxima_reload() { "$build/proximactl" -s "$dir/run/control.sock" reload; }

# ---- gdnsd ----

gdnsd_program=gdnsd
gdnsd_package=gdnsd
gdnsd_version() { dpkg_version gdnsd; }

gdnsd_setup()
{
    mkdir -p "$dir/zones" "$dir/run" "$dir/state"
    zone "$1" 1 >"$dir/zones/example.com"
    ! is_steered "$1" || echo 'geo 300 DYNA geoip!web' >>"$dir/zones/example.com"
    {
        echo "options => { listen => ${at/@/:}, udp_threads => 1, tcp_threads => 1,"
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
		        dcmap => { us-east => 192.0.2.11, eu-west => 192.0.2.12, ap-northeast => 192.0.2.13 } } }
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
    zone "$1" 1 >"$dir/example.com.zone"
    cat >"$dir/nsd.conf" <<-END
		server:
		    ip-address: $at
		    server-count: 1
		    username: ""
		    chroot: ""
		    database: ""
		    zonesdir: "$dir"
		    pidfile: "$dir/nsd.pid"
		    xfrdfile: "$dir/xfrd.state"
		    xfrdir: "$dir"
		    zonelistfile: "$dir/zone.list"
		    tcp-count: 12000
		    rrl-ratelimit: 0
		remote-control:
		    control-enable: yes
		    control-interface: "$dir/control.sock"
		zone:
		    name: example.com
		    zonefile: example.com.zone
	END
    command=(nsd -d -c "$dir/nsd.conf")
}

nsd_zone()   { echo example.com.zone; }
nsd_reload() { nsd-control -c "$dir/nsd.conf" reload; }

# ---- Knot ----

knot_program=knotd
knot_package=knot
knot_version() { dpkg_version knot; }

knot_setup()
{
    zone "$1" 1 >"$dir/example.com.zone"
    {
        cat <<-END
			server:
			    listen: $at
			    rundir: $dir
			    user: $(id -un)
			    udp-workers: 1
			    tcp-workers: 1
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
			zone:
			  - domain: example.com
			    storage: $dir
			    file: example.com.zone
			    zonefile-sync: -1
			    journal-content: none
		END
        ! is_steered "$1" || echo '    module: mod-geoip/world'
    } >"$dir/knot.conf"
    command=(knotd -c "$dir/knot.conf")
}

knot_geoip()
{
    printf '%s\n' geo.example.com: '- geo: EU' '  A: 192.0.2.12' '- geo: AS' '  A: 192.0.2.13' \
        '- geo: "*"' '  A: 192.0.2.11' >"$dir/geo.conf"
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

knot_zone()   { echo example.com.zone; }
knot_reload() { knotc -s "$dir/knot.sock" zone-reload; }

# ---- PowerDNS: its GeoIP backend, which has zones of its own spelling ----

powerdns_program=pdns_server
powerdns_package='pdns-server pdns-backend-geoip'
powerdns_version() { dpkg_version pdns-server; }

powerdns_setup()
{
    zone "$1" 1 | awk '
        BEGIN { print "domains:\n- domain: example.com\n  ttl: 300\n  records:" }
        $2 == "SOA" { print "    example.com:\n    - soa: ns1.example.com hostmaster.example.com " $5, $6, $7, $8, $9 }
        $2 == "NS"  { print "    - ns: ns1.example.com" }
        $2 == "A"   { print "    " $1 ".example.com:\n    - a: " $3 }' >"$dir/zones.yaml"
    ! is_steered "$1" || printf '    %s.web.example.com:\n    - a: 192.0.2.%s\n' eu 12 as 13 na 11 sa 11 oc 11 af 11 an 11 \
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
		receiver-threads=1
		distributor-threads=1
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
    zone "$1" 1 >"$dir/example.com.zone"
    cat >"$dir/named.conf" <<-END
		options {
		    directory "$dir"; pid-file none; session-keyfile none; managed-keys-directory "$dir";
		    listen-on port ${at#*@} { ${at%@*}; }; listen-on-v6 { none; };
		    recursion no; dnssec-validation no; tcp-clients 12000; notify no;
		};
		controls { };
		zone example.com { type primary; file "example.com.zone"; };
	END
    command=(named -g -n 1 -c "$dir/named.conf")
}

bind_zone()   { echo example.com.zone; }
bind_reload() { kill -HUP "$pid"; }

# ---- all of them ----

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

# can NAME SITE: NSD and BIND steer nothing; Knot and PowerDNS know no distance; PowerDNS's backend has no zone files.
can()
{
    case $1-$2 in
        proxima-* | gdnsd-* | *-plain | powerdns-steered) true ;;
        knot-steered) compgen -G '/usr/lib/*/knot/modules*/geoip.so' >/dev/null ;;
        *-big) [ "$1" != powerdns ] ;;
        *) false ;;
    esac
}

start_server()
{
    local name=$1 site=$2 from command=()
    shift 2

    at=$address@$((next_port++))
    dir=$work/$name-$site
    rm -rf "$dir"
    mkdir -p "$dir"
    "${name}_setup" "$site"
    from=$EPOCHREALTIME
    # SIGKILL for the server when we end, however we end.
    setpriv --pdeathsig KILL "${pin[@]}" "$@" "${command[@]}" >"$dir/log" 2>&1 </dev/null &
    pid=$!
    pids[$name]=$pid dirs[$name]=$dir ats[$name]=$at
    started=$("$bin/await" -f "$from" -w "$pid" -m 0.3 "$at" "$(last_name "$site")" "$(last_address "$site")") ||
        { tail -n 5 "$dir/log" >&2; progress "$(label "$name") does not answer"; stop_server "$name"; return 1; }
}

last_name()    { if [ "$1" = big ]; then echo h999999.example.com; else echo www.example.com; fi; }
last_address() { if [ "$1" = big ]; then echo 10.15.66.63; else echo 192.0.2.1; fi; }

# use_server NAME: sets $pid, $dir and $at of one that runs
use_server() { pid=${pids[$1]} dir=${dirs[$1]} at=${ats[$1]}; }

stop_server()
{
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

reload_server() { "$1_reload" >>"$dir/log" 2>&1; }
