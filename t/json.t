# $tcpfp_json: the other variables under their names, with their values, numbers as numbers.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP ();
use Syn;
use TcpInfo;
use Tcpfp;

our $config = <<'_EOC_';
    location /json { return 200 $tcpfp_json; }
    location /info { return 200 $tcpfp_tcp_info; }
    location /rest { return 200 '{"rtt":$tcpfp_rtt,"rtt_quality":"$tcpfp_rtt_quality",
                                  "accept_time":$tcpfp_accept_time}'; }
_EOC_

# Those whose value is text; all others are numbers.
our %IS_TEXT = map { $_ => 1 } qw(syn_status ip_options src_addr dst_addr options options_hex syn
    rtt_quality muonfp ip_fp ja4t);

# The values by name, after a look at how each is written.
sub parse {
    my ($json) = @_;
    my $strict = JSON::PP->new->utf8;
    my $values = $strict->decode($json);
    my @names = $json =~ /[{,]"(\w+)":/g;
    is(scalar @names, scalar keys %$values, 'no key twice');
    for my $name (@names) {
        my $form = $IS_TEXT{$name} ? qr/"[^"\\]*"/ : qr/\d+(\.\d+)?/;
        like($json, qr/[{,]"$name":$form[,}]/, "$name is of its type");
    }
    # Only a build with the feature has it; t/fingerprints.t tells what it must be.
    delete $values->{ja4t};
    return $values;
}

run_tests();

__DATA__

=== TEST 1: every variable, of IPv4 and IPv6
--- config eval: qq{listen [::1]:\$TEST_NGINX_SERVER_PORT;\n$::config}
--- client
    for my $options ([], [ip_options => "\x94\x04\0\0", mss => 1400, ttl => 9], [host => '::1']) {
        my $client = client($TEST_NGINX_SERVER_PORT, @$options);
        my $json = $client->get('/json');
        my $is = parse($json);
        is_deeply($is, {
            %{variables_of_syn($is->{syn})},
            %{variables_of_tcp_info($client->get('/info'))},
            %{JSON::PP::decode_json($client->get('/rest'))},
        }, 'the same values, and no others');
        my ($time) = $client->get('/rest') =~ /"accept_time":([\d.]+)/;
        is(sprintf('%.6f', $json =~ /"accept_time":([\d.]+)/), $time, 'to the microsecond');
    }
--- no_error_log
[error]

=== TEST 2: without TCP_INFO
--- config eval: "tcpfp syn;\n$::config"
--- client
    my $is = parse(client($TEST_NGINX_SERVER_PORT)->get('/json'));
    delete $is->{accept_time};
    is_deeply($is, variables_of_syn($is->{syn}), "the SYN's");
--- no_error_log
[error]

=== TEST 3: without the SYN
--- config eval: "tcpfp info;\n$::config"
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    my $is = parse($client->get('/json'));
    is_deeply($is, {
        syn_status => 'off',
        %{variables_of_tcp_info($client->get('/info'))},
        %{JSON::PP::decode_json($client->get('/rest'))},
    }, "TCP_INFO's");
--- no_error_log
[error]

=== TEST 4: without either
--- config eval: "tcpfp off;\n$::config"
--- request
GET /json
--- response_body chomp
{"syn_status":"off"}
--- no_error_log
[error]

=== TEST 5: on a unix socket
--- config eval: qq{listen unix:\$TEST_NGINX_HTML_DIR/nginx.sock;\n$::config}
--- client
    is(client('$TEST_NGINX_HTML_DIR/nginx.sock')->get('/json'), '{"syn_status":"unsupported"}',
        'says why there is no more');
--- no_error_log
[error]
