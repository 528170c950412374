# `tcpfp_metrics`: what is counted, and how it is told. t/live/test_metrics.py counts under load and has
# a real Prometheus read it.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Time::HiRes ();
use Tcpfp;

our $page = 'location = /metrics { tcpfp_metrics; } location / { return 200 x; }';
sub url { "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}$_[0]" }

# One request of a client, which then is gone.
sub visit {
    my ($path, %options) = @_;
    my $agent = delete $options{agent} // '';
    my $client = client(delete $options{port} // $ENV{TEST_NGINX_SERVER_PORT}, %options);
    $client->write("GET $path HTTP/1.1\r\nHost: x\r\nUser-Agent: $agent\r\nConnection: close\r\n\r\n");
    return $client->rest;
}

my $reader;
# Who reads pages comes once, and stays: their connection has not ended.
sub reader { $reader = client($ENV{TEST_NGINX_SERVER_PORT}) }
sub page { $reader->get('/metrics') }

# The samples of a page that are not 0, by what is in front of the number.
sub samples { my ($page) = @_; return {map { /^([^#].*) (\S+)$/ && $2 != 0 ? ($1 => $2) : () } split /\n/, $page} }

# Those whose names begin so, once one of them is what it should be: connections end a moment later.
sub counted {
    my ($begin, $sample, $number) = @_;
    my $samples;
    for (1 .. 100) {
        $samples = samples(page());
        last if ($samples->{"tcpfp_$sample"} // 0) == $number;
        Time::HiRes::sleep(0.02);
    }
    is($samples->{"tcpfp_$sample"}, $number, "$sample is $number");
    return {map { /^tcpfp_($begin.*)/ ? ($1 => $samples->{$_}) : () } keys %$samples};
}

certificate();
run_tests();

__DATA__

=== TEST 1: before anything is counted
--- config eval: $::page
--- client
    my $head = curl('-D', '-', url('/metrics'));
    my ($headers, $page) = split /\r\n\r\n/, $head, 2;
    like($headers, qr{^HTTP/1.1 200 OK\r\n}, 'status');
    like($headers, qr{^Content-Type: application/openmetrics-text; version=1\.0\.0; charset=utf-8\r?$}m, 'type');
    is_deeply(samples($page), {'tcpfp_build_info{version="0.1.0"}' => 1}, 'nothing but the version');
    like($page, qr/\n# EOF\n\z/, 'the end');
    my @described = $page =~ /^# TYPE (.*)$/mg;
    is_deeply(\@described, [
        'tcpfp_connections counter', 'tcpfp_family_connections counter', 'tcpfp_os_connections counter',
        'tcpfp_handshake_rtt_seconds histogram', 'tcpfp_rtt_gap_seconds histogram',
        'tcpfp_proxy_verdicts counter', 'tcpfp_requests counter', 'tcpfp_dumps counter', 'tcpfp_errors counter',
        'tcpfp_zone_clients gauge', 'tcpfp_zone_capacity gauge', 'tcpfp_zone_evicted counter',
        'tcpfp_zone_refused counter', 'tcpfp_zone_repaired counter', 'tcpfp_zone_missed counter',
        'tcpfp_build info',
    ], 'every metric');
    my %series = map { my $name = $_; ($name => scalar(() = $page =~ /^tcpfp_$name\{/mg)) }
        qw(connections_total family_connections_total os_connections_total handshake_rtt_seconds_bucket
           handshake_rtt_seconds_sum handshake_rtt_seconds_count proxy_verdicts_total requests_total dumps_total errors_total);
    is_deeply(\%series, {
        connections_total => 12, family_connections_total => 58, os_connections_total => 4,
        handshake_rtt_seconds_bucket => 26, handshake_rtt_seconds_sum => 2, handshake_rtt_seconds_count => 2,
        proxy_verdicts_total => 6, requests_total => 24, dumps_total => 2, errors_total => 4,
    }, 'every series, also those of which there is nothing yet');
    is(scalar(() = $page =~ /^tcpfp_zone/mg), 0, 'there is no zone');
--- no_error_log
[error]
[alert]

=== TEST 2: connections and requests
--- http_config
    tcpfp_database own.fp;
--- config eval: $::page
--- user_files
>>> ../conf/own.fp
classes = win,unix,other
[tcp:request]
label = s:unix:Linux:\4 {"
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
--- client
    reader();
    my ($windows, $linux) = ('Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Mozilla/5.0 (X11; Linux x86_64)');
    visit('/', agent => $_) for $windows, $windows, $linux, 'curl/8.0';
    my $stays = client($TEST_NGINX_SERVER_PORT);
    $stays->get('/') for 1 .. 3;
    is_deeply(counted('(?:os_)?connections', 'connections_total{subsystem="http",syn_status="saved"}', 4), {
        'connections_total{subsystem="http",syn_status="saved"}' => 4,
        'os_connections_total{subsystem="http",os="Linux \\\\4 {\\""}' => 4,
    }, 'those that have ended, by status and label');
    undef $stays;
    my $all = counted('', 'connections_total{subsystem="http",syn_status="saved"}', 5);
    my ($family) = grep {/^family_connections/} keys %$all;
    like($family, qr/^family_connections_total\{subsystem="http",family="Linux",confidence="\d+-\d+"\}$/, 'family');
    is($all->{$family}, 5, 'five times');
    is($all->{'handshake_rtt_seconds_count{subsystem="http"}'}, 5, 'round trips');
    cmp_ok($all->{'handshake_rtt_seconds_sum{subsystem="http"}'}, '>', 0, 'and their sum');
    is($all->{'handshake_rtt_seconds_bucket{subsystem="http",le="+Inf"}'}, 5, 'in buckets');
    is(scalar(grep {/^rtt_gap/} keys %$all), 0, 'no gap without TLS');
    is($all->{'requests_total{family="Linux",os_mismatch="1"}'}, 2, 'requests that contradict');
    is($all->{'requests_total{family="Linux",os_mismatch="0"}'}, 1, 'that agree');
    # curl, three that claim nothing, and the pages that were read.
    cmp_ok($all->{'requests_total{family="Linux",os_mismatch="none"}'}, '>=', 5, 'that claim nothing');
    $all = samples(page());
    my $requests = sub { my $sum = 0; $sum += $_[0]{$_} for grep {/^tcpfp_requests_total/} keys %{$_[0]}; $sum };
    my $before = $requests->($all);
    is($requests->(samples(page())), $before + 1, 'and each page is one');
--- no_error_log
[error]
[alert]

=== TEST 3: what becomes of SYNs
--- http_config eval
"server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1; tcpfp info; return 200 x; }
server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_2; tcpfp off; return 200 x; }
server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_3; tcpfp syn; return 200 x; }
server { listen unix:\$TEST_NGINX_HTML_DIR/socket; return 200 x; }"
--- config eval: $::page
--- client
    reader();
    visit('/', port => $TEST_NGINX_RAND_PORT_2);
    visit('/', port => "$TEST_NGINX_HTML_DIR/socket");
    visit('/', port => $TEST_NGINX_RAND_PORT_1);
    visit('/', port => $TEST_NGINX_RAND_PORT_3);
    visit('/');
    counted('', 'connections_total{subsystem="http",syn_status="saved"}', 2);
    is_deeply(counted('connections', 'connections_total{subsystem="http",syn_status="off"}', 1), {
        'connections_total{subsystem="http",syn_status="saved"}' => 2,
        'connections_total{subsystem="http",syn_status="off"}' => 1,
    }, 'whose listener captures something');
    my $all = samples(page());
    is($all->{'tcpfp_family_connections_total{subsystem="http",family="none",confidence="none"}'}, 1, 'no SYN');
    is($all->{'tcpfp_handshake_rtt_seconds_count{subsystem="http"}'}, 2, 'no TCP_INFO');
    is_deeply([grep {/errors/} keys %$all], [], 'which is no error');
--- no_error_log
[error]
[alert]

=== TEST 4: connections without a request, and requests that are none
--- config eval: $::page
--- client
    reader();
    client($TEST_NGINX_SERVER_PORT);
    client($TEST_NGINX_SERVER_PORT)->write("GET / HT");
    my $bad = client($TEST_NGINX_SERVER_PORT);
    $bad->write("\x16\x03\x01nonsense\r\n\r\n");
    like($bad->rest, qr{^HTTP/1.1 400 }, 'a bad request');
    undef $bad;
    counted('', 'connections_total{subsystem="http",syn_status="saved"}', 3);
--- no_error_log
[error]
[alert]

=== TEST 5: over TLS and HTTP/2
--- http_config eval
"server {
    listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1 ssl \$TEST_NGINX_LISTEN_HTTP2; \$TEST_NGINX_HTTP2_ON
    ssl_certificate \$TEST_NGINX_CERTIFICATE; ssl_certificate_key \$TEST_NGINX_KEY;
    location = /metrics { tcpfp_metrics; } location / { return 200 x; }
}"
--- config eval: $::page
--- client
    reader();
    my $tls = "https://127.0.0.1:$TEST_NGINX_RAND_PORT_1";
    like(curl('--http2', "$tls/metrics"), qr/^# TYPE .*# EOF\n\z/s, 'the page');
    curl('--http2', "$tls/a", "$tls/b", "$tls/c");
    my $all = counted('', 'connections_total{subsystem="http",syn_status="saved"}', 2);
    is($all->{'rtt_gap_seconds_count{subsystem="http"}'}, 2, 'gaps');
    my ($requests) = grep {/^requests/} keys %$all;
    cmp_ok($all->{$requests}, '>=', 4, 'each stream is a request');
--- no_error_log
[error]
[alert]

=== TEST 6: the form that is asked for
--- config eval: $::page
--- client
    my $asked = sub { curl('-D', '-', map({ ('-H', "Accept: $_") } @_), url('/metrics')) };
    for ([], ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.3'], ['text/html,*/*']) {
        my $page = $asked->(@$_);
        like($page, qr{^Content-Type: application/openmetrics-text; version=1\.0\.0; charset=utf-8\r$}m, "@$_");
        like($page, qr/^# TYPE tcpfp_connections counter$/m, 'OpenMetrics');
    }
    my $page = $asked->('text/plain;version=0.0.4;q=1,*/*;q=0.1');
    like($page, qr{^Content-Type: text/plain; version=0\.0\.4; charset=utf-8\r$}m, "Prometheus' own");
    like($page, qr/^# TYPE tcpfp_connections_total counter$/m, 'samples are described');
    like($page, qr/^# TYPE tcpfp_build_info gauge$/m, 'no info');
    unlike($page, qr/# (?:EOF|UNIT)/, 'no end, no unit');
--- no_error_log
[error]

=== TEST 7: methods
--- config eval: $::page
--- client
    my $head = curl('-I', url('/metrics'));
    like($head, qr{^HTTP/1.1 200 OK\r\n.*^Content-Length: [1-9]\d{3,}\r$}ms, 'HEAD: the headers');
    is($head =~ s/.*\r\n\r\n//sr, '', 'and no more');
    for my $method (qw(POST PUT DELETE OPTIONS PATCH)) {
        is(curl('-o', '/dev/null', '-w', '%{http_code}', '-X', $method, url('/metrics')), 405, $method);
    }
    like(curl('-X', 'GET', '-d', 'x' x 20000, url('/metrics')), qr/# EOF\n\z/,
        'GET with a body, which is nothing to us');
    my $reader = client($TEST_NGINX_SERVER_PORT);
    like($reader->get('/metrics'), qr/# EOF\n\z/, 'once') for 1 .. 3;
--- no_error_log
[error]

=== TEST 8: zones of both subsystems, and dumps
--- http_config
    tcpfp_zone hosts:1m;
--- config eval: "$::page location = /all { tcpfp_dump hosts; }"
--- main_config
    stream { tcpfp_zone sessions:2m; server { listen $TEST_NGINX_RAND_PORT_1; return x; } }
--- client
    reader();
    visit('/', from => "127.0.0.$_") for 2 .. 4;
    is(client($TEST_NGINX_RAND_PORT_1)->rest, 'x', 'a session');
    visit('/all') for 1 .. 2;
    my $zones = counted('zone', 'dumps_total{result="sent"}', 2);
    cmp_ok($zones->{'zone_capacity{zone="hosts"}'}, '>', 5000, 'capacity');
    cmp_ok($zones->{'zone_capacity{zone="sessions"}'}, '>', 10000, 'of both');
    delete @$zones{map {qq(zone_capacity{zone="$_"})} qw(hosts sessions)};
    is_deeply($zones, {'zone_clients{zone="hosts"}' => 4, 'zone_clients{zone="sessions"}' => 1}, 'clients');
    is_deeply(counted('connections', 'connections_total{subsystem="stream",syn_status="saved"}', 1), {
        'connections_total{subsystem="http",syn_status="saved"}' => 5,
        'connections_total{subsystem="stream",syn_status="saved"}' => 1,
    }, 'connections of both');
--- no_error_log
[error]
[alert]

=== TEST 9: one zone that is full
--- http_config
    tcpfp_zone hosts:32k;
--- config eval: $::page
--- client
    reader();
    my ($room) = page() =~ /^tcpfp_zone_capacity\{zone="hosts"\} (\d+)$/m;
    visit('/', from => "127.2.$_.1") for 1 .. $room + 2;
    my $zone = counted('zone', 'zone_evicted_total{zone="hosts"}', 3);
    is($zone->{'zone_clients{zone="hosts"}'}, $room, 'it is full');
--- no_error_log
[alert]

=== TEST 10: who may see it, and as a part of another answer
--- config
    location /own { tcpfp_metrics; allow 127.0.0.1; deny all; }
    location /internal { internal; tcpfp_metrics; }
    location /limited { tcpfp_metrics; limit_except HEAD { deny all; } }
    location = /page.html { ssi on; root $TEST_NGINX_HTML_DIR; default_type text/html; }
--- user_files
>>> page.html
[<!--# include virtual="/internal" -->]
--- client
    my $status = sub { curl('-o', '/dev/null', '-w', '%{http_code}', @_) };
    is($status->(url('/own')), 200, 'allow');
    is($status->('--interface', '127.0.0.2', url('/own')), 403, 'deny');
    is($status->(url('/internal')), 404, 'internal');
    is($status->('-I', url('/limited')), 200, 'limit_except HEAD');
    is($status->(url('/limited')), 403, 'GET');
    like(curl(url('/page.html')), qr/^\[# TYPE tcpfp_connections.*# EOF\n\]$/s, 'an include');
--- error_log
access forbidden by rule

=== TEST 11: SYNs that a proxy hands on
--- http_config eval
"server {
    listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1;
    tcpfp_source_from 127.0.0.1; tcpfp_source \$http_x_syn; tcpfp_source_rtt \$http_x_rtt;
    return 200 x;
}"
--- config eval: $::page
--- client
    reader();
    my $syn = '450000341f6f400074060000c0000201c6336401b50e01bb20854987000000008002faf00000000002'
        . '0405b40103030801010402';
    my $ask = sub {
        my $client = client($TEST_NGINX_RAND_PORT_1, from => shift);
        $client->write("GET / HTTP/1.1\r\nHost: x\r\nX-Syn: $_->[0]\r\nX-Rtt: $_->[1]\r\n\r\n") for @_;
        $client->write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        $client->rest;
    };
    $ask->('127.0.0.1', [$syn, 40000], ['', '']);
    $ask->('127.0.0.1', ['', 40000]);
    $ask->('127.0.0.1', ['nonsense', '']);
    $ask->('127.0.0.2', [$syn, 40000]);
    counted('', 'connections_total{subsystem="http",syn_status="saved"}', 1);
    my $all = counted('', 'connections_total{subsystem="http",syn_status="error"}', 1);
    is($all->{'connections_total{subsystem="http",syn_status="forwarded"}'}, 1, 'the first of a connection counts');
    is($all->{'connections_total{subsystem="http",syn_status="missing"}'}, 1, 'the proxy had none');
    is($all->{'errors_total{error="source"}'}, 1, 'what is none is an error');
    is((grep {/^family.*Windows/} keys %$all)[0] && 1, 1, 'the family is that of the client');
    is($all->{'handshake_rtt_seconds_bucket{subsystem="http",le="0.03"}'}, 2, 'and so is the round trip');
    is($all->{'handshake_rtt_seconds_count{subsystem="http"}'}, 4, 'of two');
    is((grep {/^requests.*Windows/} keys %$all)[0] && 1, 1, 'each request is of its own client');
--- no_error_log
[error]
[alert]
