# HTTP/2: each stream is given a copy of the connection, and must still find what was kept of it.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Http2;
use JSON::PP 'decode_json';
use Tcpfp;

our $http_config = <<'_EOC_';
    log_format stream '<$connection $tcpfp_src_port $tcpfp_seq $uri>';
    access_log logs/access.log stream;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 $TEST_NGINX_LISTEN_HTTP2;
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 ssl $TEST_NGINX_LISTEN_HTTP2;
        listen [::1]:$TEST_NGINX_RAND_PORT_2 ssl $TEST_NGINX_LISTEN_HTTP2;
        $TEST_NGINX_HTTP2_ON
        ssl_certificate $TEST_NGINX_CERTIFICATE;
        ssl_certificate_key $TEST_NGINX_KEY;
        location / { return 200 '$tcpfp_json'; }
        location /live { return 200 '{"src_port":$tcpfp_src_port,"live":$tcpfp_live_bytes_received}'; }
        location /proxied { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT;
                            proxy_set_header X-JSON $tcpfp_json; }
        location /redirected { try_files /none @named; }
        location @named { error_page 418 /; return 418; }
    }
_EOC_
our $config = 'location / { return 200 $http_x_json; }';

# What curl is told in one connection, each answer parsed, with the port that curl has.
sub answers {
    my ($urls, @options) = @_;
    my $printed = curl(@options, -w => "\n%{http_version} %{local_port}\n", @$urls);
    my @answers = $printed =~ /(\{.*\})\n(\S+) (\d+)\n/g;
    my @parsed;
    while (my ($json, $version, $port) = splice @answers, 0, 3) {
        push @parsed, {%{decode_json($json)}, version => $version, port => $port};
    }
    is(scalar @parsed, scalar @$urls, 'as many answers as questions') or diag $printed;
    return @parsed;
}

sub are_of_one_connection {
    my ($version, @answers) = @_;
    is_deeply(\@answers, [($answers[0]) x @answers], 'told the same');
    is($answers[0]{version}, $version, "over HTTP/$version");
    is($answers[0]{src_port}, $answers[0]{port}, 'of the port that curl has');
    is($answers[0]{syn_status}, 'saved', 'with the SYN');
}

certificate();
run_tests();

__DATA__

=== TEST 1: streams at once
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my @seen;
    for my $ttl (57, 58) {
        my $client = client($TEST_NGINX_RAND_PORT_1, ttl => $ttl);
        my @said = http2_get($client, map "/$_", 1 .. 20);
        is_deeply(\@said, [($said[0]) x 20], 'are told the same');
        my $is = decode_json($said[0]);
        is("$is->{ttl} $is->{src_port}", join(' ', $ttl, ($client->here)[1]), 'of this client');
        push @seen, $is->{seq};
    }
    isnt($seen[0], $seen[1], 'another connection is told another');
--- no_error_log
[error]

=== TEST 2: proxied, redirected, to a named location and to an error page
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my @said = http2_get(client($TEST_NGINX_RAND_PORT_1), '/', ('/proxied', '/redirected') x 5);
    is_deeply(\@said, [($said[0]) x 11], 'are told the same');
    is(decode_json($said[0])->{syn_status}, 'saved', 'and something at all');
--- no_error_log
[error]

=== TEST 3: over TLS
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    for my $host ('127.0.0.1', '[::1]') {
        my @urls = map "https://$host:$TEST_NGINX_RAND_PORT_2/$_", '', qw(proxied redirected), 1..5;
        are_of_one_connection(2, answers(\@urls, '--http2'));
        are_of_one_connection(1.1, answers(\@urls, '--http1.1'));
    }
--- no_error_log
[error]

=== TEST 4: live values are the connection's
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my @live = answers([map "https://127.0.0.1:$TEST_NGINX_RAND_PORT_2/live$_", 1 .. 5], '--http2');
    my $before = 0;
    for (@live) {
        cmp_ok($_->{live}, '>', $before, 'the connection has received more');
        $before = $_->{live};
    }
--- no_error_log
[error]

=== TEST 5: in the log
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1);
    my ($said) = map { decode_json($_) } http2_get($client, map "/$_", 1 .. 4);
    my @logged = logged(qr/^<\d+ (\d+ \d+) \S+>$/, 4);
    is_deeply(\@logged, [("$said->{src_port} $said->{seq}") x 4], 'a line for each stream');
--- no_error_log
[error]
