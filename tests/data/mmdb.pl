#!/usr/bin/perl
# Makes the geo databases of the unit tests, beside this script:
#
#   tiny.mmdb       MaxMind's schema, IPv6, with the IPv4 part mirrored at 2002::/16 and the like
#   flat.mmdb       ip-location-db's schema, IPv4 only
#   asn.mmdb        ASNs alone
#   useless.mmdb    nothing that says where anybody is
#
# Needs Debian's libmaxmind-db-writer-perl; the files are committed, so only who changes them does.
# SPDX-License-Identifier: BSD-2-Clause
use strict;
use warnings;
use FindBin qw($Bin);
use MaxMind::DB::Writer::Tree;

my %types = (
    country => 'map', continent => 'map', location => 'map', names => 'map',
    subdivisions => ['array', 'map'], registered_country => 'map',
    code => 'utf8_string', iso_code => 'utf8_string', en => 'utf8_string',
    latitude => 'double', longitude => 'double',
    country_code => 'utf8_string', state1 => 'utf8_string', city => 'utf8_string',
    autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string',
    connection_type => 'utf8_string',
);

sub make {
    my ($file, %opts) = @_;
    my $networks = delete $opts{networks};
    my $tree = MaxMind::DB::Writer::Tree->new(
        record_size => 24, languages => [], description => {en => 'unit tests of Proxima'},
        map_key_type_callback => sub { $types{$_[0]} }, remove_reserved_networks => 0, %opts);
    $tree->insert_network(@$_) for @$networks;
    open my $out, '>:raw', "$Bin/$file" or die "$file: $!\n";
    $tree->write_tree($out);
    close $out or die "$file: $!\n";
}

sub nested {
    my ($country, $continent, $lat, $lon, $subdivision) = @_;
    my %r;
    $r{country} = {iso_code => $country} if $country;
    $r{continent} = {code => $continent} if $continent;
    $r{location} = {latitude => $lat, longitude => $lon} if defined $lat;
    $r{subdivisions} = [{iso_code => $subdivision}] if $subdivision;
    return \%r;
}

make('tiny.mmdb', ip_version => 6, database_type => 'Tiny-City', alias_ipv6_to_ipv4 => 1,
    networks => [
        ['192.0.2.0/24',     nested('KR', 'AS', 37.57, 126.98)],
        ['198.51.100.0/25',  nested('US', 'NA', 37.77, -122.42, 'CA')],
        ['198.51.100.128/25', nested('US', 'NA', 40.71, -74.01, 'NY')],
        ['203.0.113.0/24',   nested('DE', 'EU')],
        ['203.0.113.7/32',   nested(undef, 'EU')],
        ['100.64.0.0/10',    {registered_country => {iso_code => 'FR'}}],
        ['2001:db8::/32',    nested('BR', 'SA', -23.55, -46.63, 'SP')],
        ['2001:db8:ffff::/48', nested('AQ', 'AN', 0, 0)],
    ]);

make('flat.mmdb', ip_version => 4, database_type => 'flat-city-ipv4',
    networks => [
        ['192.0.2.0/24',    {country_code => 'JP', latitude => 35.68, longitude => 139.69}],
        ['203.0.113.0/24',  {country_code => 'DE', latitude => 52.52, longitude => 13.4,
                             state1 => 'BE', city => 'Berlin'}],
        ['198.18.0.0/16',   {country_code => 'US', state1 => 'California'}],
        ['198.19.0.0/16',   {country_code => '-', latitude => 91, longitude => 181}],
        ['10.0.0.0/8',      {country_code => 'ZZ'}],
    ]);

make('asn.mmdb', ip_version => 6, database_type => 'asn',
    networks => [
        ['192.0.2.0/25', {autonomous_system_number => 64496, autonomous_system_organization => 'A'}],
        ['203.0.113.0/24', {autonomous_system_number => 64497}],
        ['2001:db8::/32', {autonomous_system_number => 64498}],
    ]);

make('useless.mmdb', ip_version => 4, database_type => 'connection-type',
    networks => [['192.0.2.0/24', {connection_type => 'dialup'}]]);
