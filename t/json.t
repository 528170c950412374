# $tcpfp_json: the other variables under their names, with their values, numbers as numbers.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP ();
use Syn;
use TcpInfo;
use Tcpfp;

our $config = <<'_EOC_';
    location /page { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
    location /json { return 200 $tcpfp_json; }
    location /info { return 200 $tcpfp_tcp_info; }
    location /rest { return 200 '{"rtt":$tcpfp_rtt,"rtt_quality":"$tcpfp_rtt_quality",
                                  "accept_time":$tcpfp_accept_time}'; }
_EOC_

# What this test has a second reading of, the bulky and the live.
our @names = (syn_names(), qw(rtt rtt_quality accept_time tcp_info min_rtt json),
    map { ("info_$_", "live_$_") } info_names());
# Those of them whose value is text; the others are numbers.
our %is_text = map { $_ => 1 } qw(syn_status ip_options src_addr dst_addr options options_hex syn
    rtt_quality muonfp ip_fp);

# The values of those by name, after a look at how each is written.
sub parse {
    my ($json) = @_;
    my $values = JSON::PP->new->utf8->decode($json);
    is(() = $json =~ /[{,]"\w+":/g, keys %$values, 'no key twice');
    my %known;
    for my $name (grep { exists $values->{$_} } @names) {
        my $form = $is_text{$name} ? qr/"[^"\\]*"/ : qr/\d+(\.\d+)?/;
        like($json, qr/[{,]"$name":$form[,}]/, "$name is of its type");
        $known{$name} = $values->{$name};
    }
    return \%known;
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

=== TEST 2: each key is the name of a variable
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT, ip_options => "\x94\x04\0\0");
    my $values = JSON::PP::decode_json($client->get('/json'));
    cmp_ok(keys %$values, '>', 90, 'they are many');
    open my $page, '>', '$TEST_NGINX_HTML_DIR/page.txt' or die $!;
    print $page qq{$_=<!--# echo var="tcpfp_$_" encoding="none" -->\n} for sort keys %$values;
    close $page;
    $client->write("GET /page HTTP/1.0\r\n\r\n");
    my %variables = $client->rest =~ /^(\w+)=(.*)$/mg;
    $variables{accept_time} += 0;
    is_deeply(\%variables, $values, 'and has its value');
--- no_error_log
[error]

=== TEST 3: without TCP_INFO
--- config eval: "tcpfp syn;\n$::config"
--- client
    my $is = parse(client($TEST_NGINX_SERVER_PORT)->get('/json'));
    delete $is->{accept_time};
    is_deeply($is, variables_of_syn($is->{syn}), "the SYN's");
--- no_error_log
[error]

=== TEST 4: without the SYN
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

=== TEST 5: without either
--- config eval: "tcpfp off;\n$::config"
--- request
GET /json
--- response_body chomp
{"syn_status":"off"}
--- no_error_log
[error]

=== TEST 6: on a unix socket
--- config eval: qq{listen unix:\$TEST_NGINX_HTML_DIR/nginx.sock;\n$::config}
--- client
    is(client('$TEST_NGINX_HTML_DIR/nginx.sock')->get('/json'), '{"syn_status":"unsupported"}',
        'says why there is no more');
--- no_error_log
[error]
