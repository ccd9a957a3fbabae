# SPDX-License-Identifier: BSD-2-Clause
#
# What is served.  To be sourced by tests/bench/run.  A SITE is one of
#
#   plain      example.com with www and 10,000 names h0, h1 ...
#   names-N    the same with N names
#   steered    plain, and geo.example.com steered by the continent of the client
#   probed     steered, each region probed ten times a second at $origin_port
#   city       geo.example.com steered by distance, from a city database
#   answers    example.com with www and names s1, s2, s5 ... that have so many addresses
#   many       zones z0.example, z1.example ... of five records

answer_sizes=(1 2 5 10 20 50 100)

is_steered() { case $1 in steered | probed | city) true ;; *) false ;; esac; }

names_in() { case $1 in names-*) echo "${1#names-}" ;; city | answers) echo 0 ;; *) echo 10000 ;; esac; }

# zone SITE SERIAL: writes a zone file once, says where; the address of www tells the serial.
zone()
{
    local file=$work/zones/$1-$2 n
    mkdir -p "$work/zones"
    [ -e "$file" ] || awk -v n="$(names_in "$1")" -v serial="$2" -v sizes="$([ "$1" != answers ] || echo "${answer_sizes[@]}")" '
        BEGIN {
            print "$ORIGIN example.com.\n$TTL 300"
            print "@ SOA ns1 hostmaster " serial " 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53"
            print "www A 192.0.2." serial
            for (i = 0; i < n; i++)
                printf "h%d A 10.%d.%d.%d\n", i, i / 65536 % 256, i / 256 % 256, i % 256
            for (k = split(sizes, size, " "); k > 0; k--)
                for (i = 1; i <= size[k]; i++)
                    printf "s%d A 10.99.%d.%d\n", size[k], k, i
        }' >"$file"
    echo "$file"
}

# small_zone SERIAL: any of many
small_zone()
{
    printf '$TTL 300\n@ SOA ns1 hostmaster %d 3600 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n' "$1"
    printf 'www A 192.0.2.%d\nh A 10.0.0.1\n' "$1"
}

# put_small_zones FOLDER: as links to one set of files
put_small_zones()
{
    if [ ! -e "$work/zones/many" ]; then
        mkdir -p "$work/zones/many"
        small_zone 1 | awk -v n="$many_zones" -v folder="$work/zones/many" '
            { text = text $0 "\n" }
            END { for (i = 0; i < n; i++) { file = folder "/z" i ".example"; printf "%s", text >file; close(file) } }'
    fi
    rm -rf "$1"
    cp -al "$work/zones/many" "$1"
}

many_names() { awk -v n="$many_zones" -v format="$1" 'BEGIN { for (i = 0; i < n; i++) printf format, "z" i ".example", "z" i ".example" }'; }

# What the last name of a site is, and its address: when it is there, all is.
last_name()
{
    case $1 in
        names-*) echo "h$((${1#names-} - 1)).example.com" ;;
        many) echo "www.z$((many_zones - 1)).example" ;;
        *) echo www.example.com ;;
    esac
}

last_address()
{
    local n
    case $1 in
        names-*) n=$((${1#names-} - 1)); echo "10.$((n / 65536 % 256)).$((n / 256 % 256)).$((n % 256))" ;;
        *) echo 192.0.2.1 ;;
    esac
}

# The same three regions for all; Proxima reads the database as it is, the peers its nested form.
flat_database() { if [ "$1" = city ]; then echo "$city"; else echo "$top/geo/country.mmdb"; fi; }

nested_database()
{
    local kind=country file
    [ "$1" != city ] || kind=city
    file=$work/nested-$kind.mmdb
    [ -e "$file" ] || "$bin/nest" "$(flat_database "$1")" "$file"
    echo "$file"
}

# Random client subnets are drawn from all of IPv4 that is anybody's.
subnets_file()
{
    local file=$work/subnets i
    [ -e "$file" ] || for ((i = 1; i < 224; i++)); do [ $i = 10 ] || [ $i = 127 ] || echo "$i.0.0.0/8"; done >"$file"
    echo "$file"
}
