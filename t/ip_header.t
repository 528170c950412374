# The variables of the SYN's IP header, against what the client made its socket say.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Tcpfp;
use Syn;

our $http_config = <<'_EOC_';
    map $uri $field {
        /version $tcpfp_ip_version;
        /options "$tcpfp_ip_hlen $tcpfp_ip_options";
        /addresses "$tcpfp_src_addr $tcpfp_src_port $tcpfp_dst_addr $tcpfp_dst_port";
        /all "ip_version=$tcpfp_ip_version ttl=$tcpfp_ttl df=$tcpfp_df ip_id=$tcpfp_ip_id
              tos=$tcpfp_tos ip_ecn=$tcpfp_ip_ecn ip_flags=$tcpfp_ip_flags ip_hlen=$tcpfp_ip_hlen
              ip_len=$tcpfp_ip_len ip_options=$tcpfp_ip_options flow_label=$tcpfp_flow_label
              ip_checksum=$tcpfp_ip_checksum tcp_checksum=$tcpfp_tcp_checksum
              src_addr=$tcpfp_src_addr src_port=$tcpfp_src_port
              dst_addr=$tcpfp_dst_addr dst_port=$tcpfp_dst_port syn=$tcpfp_syn";
    }
_EOC_

# Each variable that is there, by name.
sub variables {
    my ($client) = @_;
    return +{$client->get('/all') =~ /(\w+)=(\S+)/g};
}

# Those of the header, as the bytes of $tcpfp_syn have them.
sub read_again {
    my ($is) = @_;
    my $read = variables_of_syn($is->{syn});
    return +{map { exists $read->{$_} ? ($_ => $read->{$_}) : () } qw(
        ip_version ttl df ip_id tos ip_ecn ip_flags ip_hlen ip_len ip_options flow_label
        ip_checksum tcp_checksum src_addr src_port dst_addr dst_port syn)};
}

run_tests();

__DATA__

=== TEST 1: IPv4
--- http_config eval: $::http_config
--- config
    location / { return 200 "$field"; }
--- client
    for ([ttl => 57], [ttl => 1], [ttl => 255], [tos => 0xb8], [tos => 4]) {
        my ($name, $value) = @$_;
        is(variables(client($TEST_NGINX_SERVER_PORT, @$_))->{$name}, $value, "$name $value");
    }
    my $plain = variables(client($TEST_NGINX_SERVER_PORT));
    is_deeply($plain, read_again($plain), 'every variable is what the bytes say');
    is("@$plain{qw(ip_version df ip_flags ip_hlen)}", '4 1 2 20', 'a plain one');
    ok(!exists $plain->{$_}, "no $_") for qw(ip_options flow_label);
    my $fragmentable = variables(client($TEST_NGINX_SERVER_PORT, fragmentable => 1));
    is("@$fragmentable{qw(df ip_flags)}", '0 0', 'without DF');
    isnt($fragmentable->{ip_id}, 0, 'has an identification');
--- no_error_log
[error]

=== TEST 2: addresses and ports are those of the client's socket
--- http_config eval: $::http_config
--- config
    listen [::1]:$TEST_NGINX_SERVER_PORT;
    location / { return 200 "$field"; }
    location /nginx { return 200 "$remote_addr $remote_port $server_addr $server_port"; }
--- client
    for my $host (qw(127.0.0.1 127.1.2.3 ::1)) {
        my $client = client($TEST_NGINX_SERVER_PORT, host => $host);
        my $ends = join ' ', $client->here, $client->there;
        is($client->get('/addresses'), $ends, "those of the client's socket for $host");
        is($client->get('/nginx'), $ends, 'as nginx has them');
    }
--- no_error_log
[error]

=== TEST 3: IPv4 options
--- http_config eval: $::http_config
--- config
    location / { return 200 "$field"; }
--- client
    my $router_alert = "\x94\x04\0\0";
    for (['94040000' => $router_alert], ['0194040000000000' => "\x01$router_alert"],
         ['94040000' . '01' x 36 => $router_alert . "\x01" x 36]) {
        my ($hex, $bytes) = @$_;
        my $is = variables(client($TEST_NGINX_SERVER_PORT, ip_options => $bytes));
        is($is->{ip_options}, $hex, 'as the client set them');
        is($is->{ip_hlen}, 20 + length($hex) / 2, 'and counted');
        is_deeply($is, read_again($is), 'every variable is what the bytes say');
    }
--- no_error_log
[error]

=== TEST 4: IPv6
--- http_config eval: $::http_config
--- config
    listen [::1]:$TEST_NGINX_SERVER_PORT;
    location / { return 200 "$field"; }
--- client
    for ([ttl => hops => 57], [tos => class => 0xb8], [flow_label => flow_label => 0x54321]) {
        my ($name, $option, $value) = @$_;
        my $is = variables(client($TEST_NGINX_SERVER_PORT, host => '::1', $option => $value));
        is($is->{$name}, $value, "$name $value");
    }
    my $plain = variables(client($TEST_NGINX_SERVER_PORT, host => '::1'));
    is_deeply($plain, read_again($plain), 'every variable is what the bytes say');
    is("@$plain{qw(ip_version ip_hlen)}", '6 40', 'a plain one');
    ok(!exists $plain->{$_}, "no $_") for qw(df ip_id ip_flags ip_checksum ip_options);
--- no_error_log
[error]

=== TEST 5: IPv6 extension headers
--- skip_eval: 2: $> != 0
--- http_config eval: $::http_config
--- config
    listen [::1]:$TEST_NGINX_SERVER_PORT;
    location / { return 200 "$field"; }
--- client
    my $padding = "\0\0\x01\x04\0\0\0\0";
    my $experimental = "\0\x01\x1e\x0c" . 'experimental';
    for ([hop_by_hop => $padding], [destination => $experimental]) {
        my ($option, $bytes) = @$_;
        my $is = variables(client($TEST_NGINX_SERVER_PORT, host => '::1', @$_));
        substr $bytes, 0, 1, "\x06";
        is($is->{ip_options}, unpack('H*', $bytes), "$option as set, with TCP as next header");
        is($is->{ip_hlen}, 40 + length $bytes, 'and counted');
        is_deeply($is, read_again($is), 'every variable is what the bytes say');
    }
    my $is = variables(client($TEST_NGINX_SERVER_PORT, host => '::1',
        hop_by_hop => $padding, destination => $experimental));
    is($is->{ip_hlen}, 40 + 8 + 16, 'one behind the other');
    is_deeply($is, read_again($is), 'every variable is what the bytes say');
--- no_error_log
[error]

=== TEST 6: an IPv4 client of a dual-stack socket
--- http_config eval: $::http_config
--- config
    listen [::]:$TEST_NGINX_RAND_PORT_1 ipv6only=off;
    location / { return 200 "$field"; }
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1, ttl => 77);
    is($client->get('/addresses'), join(' ', $client->here, $client->there), 'no mapped address');
    my $is = variables($client);
    is("@$is{qw(ip_version ttl)}", '4 77', 'the packet is IPv4');
    is_deeply($is, read_again($is), 'every variable is what the bytes say');
    is(client($TEST_NGINX_RAND_PORT_1, host => '::1')->get('/version'), 6, 'an IPv6 client');
--- no_error_log
[error]
