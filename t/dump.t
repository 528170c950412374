# `tcpfp_dump`: every record of a zone, one JSON object a line. t/live/test_dump.py takes it slowly,
# by streams at once, and not to its end.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP 'decode_json';
use Tcpfp;

our $zone = 'tcpfp_zone hosts:1m;';
our $all = 'location / { return 200 $tcpfp_host_conn_count; } location /all { tcpfp_dump hosts; }';

# Makes connections from an address that nginx then knows of.
sub visit {
    my ($address, @options) = @_;
    client($ENV{TEST_NGINX_SERVER_PORT}, from => $address, @options)->get('/');
}

# Many addresses, each with a connection.
sub visit_from {
    my ($count) = @_;
    my @addresses = map { sprintf '127.1.%d.%d', $_ >> 8, $_ & 255 } 1 .. $count;
    visit($_) for @addresses;
    return @addresses;
}

sub url { "http://127.0.0.1:$ENV{TEST_NGINX_SERVER_PORT}$_[0]" }

# The records that curl is given, by their address; curl has one itself.
sub records {
    my ($path, @options) = @_;
    my $lines = curl('--interface', '127.0.0.1', @options, url($path));
    my %record = map { my $record = decode_json($_); ($record->{address} => $record) }
        split /\n/, $lines;
    is(scalar keys %record, scalar(() = $lines =~ /\n/g), "$path: each address once");
    return \%record;
}

# What curl is told of an answer: its status and its headers.
sub headers {
    my ($path, @options) = @_;
    my $head = curl('-D', '-', '-o', '/dev/null', @options, url($path));
    my ($status) = $head =~ m{^HTTP/\S+ (\d+)};
    return $status, {$head =~ /^([\w-]+): (.*)\r$/mg};
}

sub status { (headers(@_))[0] }

certificate();
run_tests();

__DATA__

=== TEST 1: every record
--- http_config eval: $::zone
--- config eval: $::all
--- client
    visit('127.0.0.2') for 1 .. 3;
    visit('127.0.0.3', ttl => 60, mss => 1400);
    my $records = records('/all');
    is_deeply([sort keys %$records], [map {"127.0.0.$_"} 1 .. 3], 'of every client');
    is($records->{"127.0.0.$_"}{conn_count}, {1 => 1, 2 => 3, 3 => 1}->{$_}, "127.0.0.$_")
        for 1 .. 3;
    my $one = $records->{'127.0.0.3'};
    like($one->{p0f}, qr/^4:60\+4:0:1400:/, 'its SYN');
    is($one->{last_seen}, $one->{first_seen}, 'when it was last seen');
    is($one->{nat}, 0, 'whether it is shared');
    my ($status, $headers) = headers('/all');
    is($status, 200, 'status');
    is($headers->{'Content-Type'}, 'application/x-ndjson', 'content type');
    is("@$headers{map {qq(X-Tcpfp-$_)} qw(Clients Evicted)}", '3 0', 'how many there are');
    cmp_ok($headers->{'X-Tcpfp-Capacity'}, '>', 5000, 'and can be');
--- no_error_log
[error]

=== TEST 2: as `$tcpfp_host_json` has it
--- http_config eval: $::zone
--- config
    location /all { tcpfp_dump hosts; }
    location / { tcpfp_host $arg_ip; return 200 $tcpfp_host_json; }
--- client
    visit('127.0.0.2', ttl => 50 + $_) for 1 .. 4;
    my $line = (grep {/127\.0\.0\.2"/} split /\n/, curl(url('/all')))[0];
    is($line, client($TEST_NGINX_SERVER_PORT)->get('/?ip=127.0.0.2'), 'the same');
--- no_error_log
[error]

=== TEST 3: nobody but the one who asks
--- http_config eval: $::zone
--- config
    location /all { tcpfp_dump hosts; }
--- client
    is_deeply([keys %{records('/all')}], ['127.0.0.1'], 'one line');
--- no_error_log
[error]

=== TEST 4: filters
--- http_config
    tcpfp_zone hosts:1m;
    tcpfp_database own.fp;
--- user_files
>>> ../conf/own.fp
classes = win,unix,other
[tcp:request]
label = s:unix:Linux:
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
--- config eval: $::all
--- client
    visit('127.0.0.2');
    sleep 2;
    my $now = time;
    visit('127.0.0.3');
    my $linux = records('/all?family=Linux');
    is_deeply([sort keys %$linux], [map {"127.0.0.$_"} 1 .. 3], 'a family');
    is(scalar keys %{records("/all?family=$_")}, 0, "of $_ there is none")
        for qw(Windows Android Apple BSD Solaris Other);
    is_deeply([sort keys %{records("/all?since=$now")}], ['127.0.0.1', '127.0.0.3'], 'since then');
    is_deeply([sort keys %{records('/all?since=0')}], [map {"127.0.0.$_"} 1 .. 3], 'since ever');
    is_deeply([keys %{records('/all?since=4294967295')}], [], 'since the end of time');
    is_deeply([sort keys %{records("/all?family=Linux&since=$now")}],
        ['127.0.0.1', '127.0.0.3'], 'both');
    is_deeply([keys %{records("/all?since=$now&family=Windows")}], [], 'neither');
    is(scalar keys %{records('/all?other=x')}, 3, 'what is no filter is nothing');
    is((headers('/all?family=Windows'))[1]{'X-Tcpfp-Clients'}, 3, 'the headers are of the zone');
--- no_error_log
[error]

=== TEST 5: filters that make no sense
--- http_config eval: $::zone
--- config eval: $::all
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    for ('Linus', '', 'linux%00', 'Linux,Windows', '%20Linux', 'x' x 1000) {
        is($client->get("/all?family=$_"), '{"error":"unknown family"}', "family=" . substr $_, 0, 20);
        is($client->status, 400, 'is refused');
    }
    for ('', 'now', '-1', '1.5', '1e3', '4294967296', '99999999999999999999', '0x10', '%31', '1%20') {
        is($client->get("/all?since=$_"), '{"error":"since is no Unix time"}', "since=$_");
        is($client->status, 400, 'is refused');
    }
    like(curl('-i', url('/all?since=x')), qr{^Content-Type: application/json\r$}m, 'as JSON');
--- no_error_log
[error]

=== TEST 6: methods
--- http_config eval: $::zone
--- config eval: $::all
--- client
    my ($status, $headers) = headers('/all', '-I');
    is("$status $headers->{'X-Tcpfp-Clients'}", '200 1', 'HEAD: the headers');
    is(curl('-I', '-w', '%{size_download}', url('/all')) =~ s/.*\r\n//sr, 0, 'and no more');
    is(status('/all', '-d', 'x'), 405, 'POST');
    is(status('/all', '-X', $_), 405, $_) for qw(PUT DELETE OPTIONS PATCH);
    like(curl('-X', 'GET', '-d', 'x' x 20000, url('/all')), qr/^\{"address"/,
        'GET with a body, which is nothing to us');
--- no_error_log
[error]

=== TEST 7: a zone of stream, in a location of http
--- config
    location /all { tcpfp_dump sessions; }
--- main_config
    stream { tcpfp_zone sessions:1m; server { listen $TEST_NGINX_RAND_PORT_1; return x; } }
--- client
    is(client($TEST_NGINX_RAND_PORT_1, from => '127.0.0.2')->rest, 'x', 'a session');
    is_deeply([keys %{records('/all')}], ['127.0.0.2'], 'and nobody else');
--- no_error_log
[error]

=== TEST 8: who may see it
--- http_config eval: $::zone
--- config
    location /own { tcpfp_dump hosts; allow 127.0.0.1; deny all; }
    location /password { tcpfp_dump hosts; auth_basic clients;
                         auth_basic_user_file $TEST_NGINX_HTML_DIR/password; }
    location /internal { internal; tcpfp_dump hosts; }
    location /limited { tcpfp_dump hosts; limit_except HEAD { deny all; } }
--- user_files
>>> password
admin:{PLAIN}secret
--- client
    is(status('/own', '--interface', '127.0.0.1'), 200, 'allow');
    is(status('/own', '--interface', '127.0.0.2'), 403, 'deny');
    unlike(curl('--interface', '127.0.0.2', url('/own')), qr/address|Tcpfp/, 'says nothing');
    is(status('/password'), 401, 'no password');
    is(status('/password', '-u', 'admin:secret'), 200, 'the password');
    is(status('/internal'), 404, 'internal');
    is(status('/limited', '-I'), 200, 'limit_except HEAD');
    is(status('/limited'), 403, 'GET');
--- error_log
access forbidden by rule

=== TEST 9: not as a part of another answer
--- http_config eval: $::zone
--- config
    location /all { tcpfp_dump hosts; }
    location = /page.html { ssi on; root $TEST_NGINX_HTML_DIR; default_type text/html; }
--- user_files
>>> page.html
[<!--# include virtual="/all" -->]
--- client
    my $page = curl(url('/page.html'));
    like($page, qr/^\[.*<title>405 .*\]$/s, 'an include is refused');
    unlike($page, qr/address/, 'and shows nothing');
--- no_error_log
[alert]
[crit]

=== TEST 10: pipelined, and on a connection that stays
--- http_config eval: $::zone
--- config eval: $::all
--- client
    visit_from(200);
    my $client = client($TEST_NGINX_SERVER_PORT);
    $client->write(join '', map {"GET $_ HTTP/1.1\r\nHost: x\r\n\r\n"}
        '/all', '/', '/all?family=Linux', '/all?since=x', '/all');
    $client->write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    my $said = $client->rest;
    my @status = $said =~ m{HTTP/1\.1 (\d+)}g;
    is("@status", '200 200 200 400 200 200', 'six answers');
    is(scalar(() = $said =~ /^\{"address":"127\.1\./mg), 600, 'with all that they should have');
--- no_error_log
[error]

=== TEST 11: more than goes out at once
--- http_config eval
"$::zone
server {
    listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1 \$TEST_NGINX_LISTEN_HTTP2; \$TEST_NGINX_HTTP2_ON
    location /all { tcpfp_dump hosts; }
}
server {
    listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_2 ssl \$TEST_NGINX_LISTEN_HTTP2; \$TEST_NGINX_HTTP2_ON
    ssl_certificate \$TEST_NGINX_CERTIFICATE; ssl_certificate_key \$TEST_NGINX_KEY;
    location /all { tcpfp_dump hosts; }
}
server {
    listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_3 sndbuf=4k;
    location /all { tcpfp_dump hosts; }
    location /gzip { tcpfp_dump hosts; gzip on; gzip_types application/x-ndjson; }
    location /limited { tcpfp_dump hosts; limit_rate 400k; }
    location /postponed { tcpfp_dump hosts; postpone_output 100000; output_buffers 1 1k; }
}"
--- config eval: $::all
--- client
    my @addresses = visit_from(3000);
    my $whole = sub {
        my ($name, $lines) = @_;
        my %seen = map { decode_json($_)->{address} => 1 } split /\n/, $lines;
        is(scalar(grep { $seen{$_} } @addresses), scalar @addresses, "$name: all of them");
        cmp_ok(length $lines, '>', 500_000, 'of some size');
    };
    my ($h2, $tls, $small) = ("http://127.0.0.1:$TEST_NGINX_RAND_PORT_1",
        "https://127.0.0.1:$TEST_NGINX_RAND_PORT_2", "http://127.0.0.1:$TEST_NGINX_RAND_PORT_3");
    $whole->('HTTP/1.1', curl(url('/all')));
    $whole->('HTTP/1.0', curl('--http1.0', url('/all')));
    $whole->('HTTP/2', curl('--http2-prior-knowledge', "$h2/all"));
    $whole->('HTTP/2 over TLS', curl('--http2', "$tls/all"));
    $whole->('TLS', curl('--http1.1', "$tls/all"));
    $whole->('a small buffer', curl("$small/all"));
    $whole->('compressed', curl('--compressed', "$small/gzip"));
    $whole->('postponed', curl("$small/postponed"));
    my $begin = time;
    $whole->('limit_rate', curl('--max-time', 30, "$small/limited"));
    cmp_ok(time - $begin, '<=', 15, 'is slow, and not slower than that');
    cmp_ok(time - $begin, '>=', 1, 'but slow');
--- no_error_log
[error]
[alert]
--- timeout: 60

=== TEST 12: a zone that is full
--- http_config
    tcpfp_zone hosts:32k;
--- config eval: $::all
--- client
    my $capacity = (headers('/all'))[1]{'X-Tcpfp-Capacity'};
    cmp_ok($capacity, '>', 50, "there is room for $capacity");
    visit('127.0.0.9');
    my @addresses = visit_from($capacity - 3);
    visit('127.0.0.9');
    is((headers('/all'))[1]{'X-Tcpfp-Evicted'}, 0, 'nobody had to go');
    push @addresses, '127.2.0.1', '127.2.0.2', '127.2.0.3';
    visit($_) for @addresses[-3 .. -1];
    my $records = records('/all');
    my (undef, $headers) = headers('/all');
    is("@$headers{map {qq(X-Tcpfp-$_)} qw(Clients Capacity Evicted)}", "$capacity $capacity 2",
        'two had to');
    is_deeply([grep { !$records->{$_} } @addresses], [@addresses[0, 1]],
        'those that were seen longest ago');
    is($records->{'127.0.0.9'}{conn_count}, 2, 'not the one that came first, and again');
    is(scalar keys %$records, $capacity, 'the others are there');
--- error_log
tcpfp: zone "hosts" is full: the oldest records go
--- no_error_log
[error]

=== TEST 13: who was not seen for longer than `inactive` is not shown
--- http_config
    tcpfp_zone hosts:1m inactive=1s;
--- config eval: $::all
--- client
    visit("127.0.0.$_") for 2 .. 6;
    is(scalar keys %{records('/all')}, 6, 'at once');
    sleep 3;
    is_deeply([keys %{records('/all')}], ['127.0.0.1'], 'later');
    visit('127.0.0.2') for 1 .. 5;
    is((headers('/all'))[1]{'X-Tcpfp-Clients'}, 2, 'and room is made');
    is(records('/all')->{'127.0.0.2'}{conn_count}, 5, 'counted from the beginning');
--- no_error_log
[error]
