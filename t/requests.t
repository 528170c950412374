# A request finds its connection's capture wherever nginx sends it, and however early it ends.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Backend;
use Tcpfp;

our $http_config = <<'_EOC_';
    log_format end '<$status ttl=$tcpfp_ttl port=$tcpfp_src_port $remote_port>';
    access_log logs/access.log end;
_EOC_

# It answers a plain request to a TLS port itself, whatever error_page says.
our $is_tengine = qx(@{[$ENV{TEST_NGINX_BINARY} || "nginx"]} -v 2>&1) =~ /Tengine/;

sub connect_to { client($ENV{TEST_NGINX_SERVER_PORT}, ttl => 57) }

# The log's line about a client, which goes now: nginx may linger until it does.
sub logged_of {
    my (undef, $port) = $_[0]->here;
    undef $_[0];
    return logged(qr/^<(\d+ ttl=\d+) port=$port $port>$/, 1);
}

sub has { our $built //= `$Test::Nginx::Util::NginxBinary -V 2>&1`; $built =~ /--with-$_[0]/ }

certificate();
run_tests();

__DATA__

=== TEST 1: internal redirects, named locations and error pages
--- config
    location /rewrite { rewrite ^ /end last; }
    location /try { try_files /none /end; }
    location /named { try_files /none @named; }
    location @named { return 200 $tcpfp_ttl; }
    location /index/ { root html; index /end; }
    location /missing { root html; error_page 404 =200 /end; }
    location /forbidden { error_page 403 =200 @named; return 403; }
    location /accel { proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/x; }
    location /x { add_header X-Accel-Redirect /end; return 204; }
    location /end { return 200 $tcpfp_ttl; }
--- user_files
>>> index/x
--- client
    my $client = connect_to();
    is($client->get($_), 57, $_)
        for qw(/end /rewrite /try /named /index/ /missing /forbidden /accel);
--- no_error_log
[alert]

=== TEST 2: return while the server is rewritten
--- config
    if ($arg_early) { return 200 "early $tcpfp_ttl"; }
    return 200 $tcpfp_ttl;
--- client
    is(connect_to()->get('/'), 57, 'return');
    is(connect_to()->get('/?early=1'), 'early 57', 'and earlier');
--- no_error_log
[error]

=== TEST 3: subrequests of SSI, one in the other
--- config
    location / { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
    location /part { ssi on; ssi_types text/plain; root html; try_files /part.txt =404; }
    location /end { return 200 '<$tcpfp_ttl>'; }
    location /remote { proxy_set_header X-TTL $tcpfp_ttl;
                       proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/told; }
    location /told { return 200 '{$http_x_ttl}'; }
--- user_files
>>> page.txt
page <!--# include virtual="/part" --> <!--# include virtual="/remote" -->
>>> part.txt
part <!--# include virtual="/end" --> <!--# echo var="tcpfp_ttl" -->
--- client
    my $client = connect_to();
    $client->send_get('/', Connection => 'close');
    my ($head, $body) = split /\r\n\r\n/, $client->rest, 2;
    # Without the lengths between the chunks.
    $body =~ s/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n//g;
    like($body, qr/^page part <57> 57\s+\{57\}\s/, 'each part');
--- no_error_log
[alert]

=== TEST 4: before and after a body
--- skip_eval: 2: !main::has('http_addition_module')
--- config
    location / {
        addition_types text/plain;
        add_before_body /before;
        add_after_body /after;
        root html;
        try_files /page.txt =404;
    }
    location /before { return 200 'before $tcpfp_ttl '; }
    location /after { return 200 'after $tcpfp_ttl '; }
--- user_files
>>> page.txt
page
--- client
    my $client = connect_to();
    $client->write("GET / HTTP/1.0\r\n\r\n");
    like($client->rest, qr/\r\n\r\nbefore 57 page\nafter 57 $/, 'both');
--- no_error_log
[alert]

=== TEST 5: the subrequest that authorizes
--- skip_eval: 2: !main::has('http_auth_request_module')
--- config
    location / { auth_request /auth; auth_request_set $ttl $tcpfp_ttl; try_files /none @ok; }
    location @ok { return 200 '$tcpfp_ttl $ttl'; }
    location /auth { if ($tcpfp_ttl = 57) { return 204; } return 403; }
--- client
    my $client = connect_to();
    is($client->get('/'), '57 57', 'lets it in');
    my $other = client($TEST_NGINX_SERVER_PORT, ttl => 58);
    $other->get('/');
    is($other->status, 403, 'and keeps another out');
--- no_error_log
[alert]

=== TEST 6: the mirrored request
--- config
    location / { mirror /mirror; proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/original; }
    location /original { return 200 original; }
    location /mirror { internal; proxy_set_header X-TTL $tcpfp_ttl;
                       proxy_pass http://unix:$TEST_NGINX_HTML_DIR/backend.sock; }
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my $client = connect_to();
    $client->send_get('/');
    like($backend->request, qr/^X-TTL: 57\r$/m, 'the mirror');
    $backend->answer;
    is($client->body, 'original', 'the original');
--- no_error_log
[alert]

=== TEST 7: what ends before it is a request, in the log
--- http_config eval: $::http_config
--- config
    client_header_timeout 1s;
    large_client_header_buffers 1 1k;
    location / { return 204; }
    location /gone { return 444; }
--- client
    for my $case (
        ['400 ttl=57', "nonsense\r\n\r\n"],
        ['400 ttl=57', "GET / HTTP/1.1\r\n\r\n"],
        ['400 ttl=57', "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
        ['400 ttl=57', "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"],
        ['400 ttl=57', "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
        ['414 ttl=57', 'GET /' . 'a' x 3000 . " HTTP/1.1\r\n\r\n"],
        ['400 ttl=57', "GET / HTTP/1.1\r\nHost: a\r\nX: " . 'a' x 3000 . "\r\n\r\n"],
        ['505 ttl=57', "GET / HTTP/9.0\r\n\r\n"],
        ['408 ttl=57', "GET / HTTP/1.1\r\nHost:"],
        ['444 ttl=57', "GET /gone HTTP/1.1\r\nHost: a\r\n\r\n"],
    ) {
        my ($expected, $said) = @$case;
        my $client = connect_to();
        $client->write($said);
        $client->rest;
        my $begins = substr $said =~ s/[^ -~].*//sr, 0, 20;
        is_deeply([logged_of($client)], [$expected], "$expected for $begins");
    }
--- no_error_log
[alert]

=== TEST 8: what the client gives up, in the log
--- http_config eval: $::http_config
--- config
    location / { proxy_pass http://unix:$TEST_NGINX_HTML_DIR/backend.sock; }
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my $client = connect_to();
    $client->send_get('/');
    $backend->request;
    is_deeply([logged_of($client)], ['499 ttl=57'], 'one line, with the values');
--- no_error_log
[alert]

=== TEST 9: a plain request to a TLS port, in the log and in the answer
--- skip_eval: 2: $::is_tengine
--- http_config
    log_format end '<$status ttl=$tcpfp_ttl port=$tcpfp_src_port $remote_port>';
    access_log logs/access.log end;
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
        ssl_certificate $TEST_NGINX_CERTIFICATE;
        ssl_certificate_key $TEST_NGINX_KEY;
        error_page 497 =200 /plain;
        location /plain { return 200 "plain $tcpfp_ttl"; }
    }
--- config
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1, ttl => 57);
    is($client->get('/'), 'plain 57', 'the answer');
    is_deeply([logged_of($client)], ['200 ttl=57'], 'the log');
--- no_error_log
[alert]
