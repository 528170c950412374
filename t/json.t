# $tcpfp_json: the other variables under their names, with their values. t/live/test_json.py compares
# it with every variable that there is.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP ();
use Tcpfp;

our $config = <<'_EOC_';
    location /page { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
    location /json { return 200 $tcpfp_json; }
_EOC_

run_tests();

__DATA__

=== TEST 1: each key is the name of a variable
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

=== TEST 2: without anything
--- config eval: "tcpfp off;\n$::config"
--- request
GET /json
--- response_body chomp
{"syn_status":"off"}
--- no_error_log
[error]

=== TEST 3: on a unix socket
--- config eval: qq{listen unix:\$TEST_NGINX_HTML_DIR/nginx.sock;\n$::config}
--- client
    is(client('$TEST_NGINX_HTML_DIR/nginx.sock')->get('/json'), '{"syn_status":"unsupported"}',
        'says why there is no more');
--- no_error_log
[error]
