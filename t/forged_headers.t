# A client's own X-TCP-* headers never reach a backend: each of nginx-conf/proxy_tcpfp_headers, over
# HTTP/1.1 and HTTP/2, where the variable is there and where it is absent.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Cwd 'getcwd';
use Backend;
use Example 'contents';
use Tcpfp;

$ENV{TEST_NGINX_CONF} = getcwd() . '/nginx-conf';
our @names = contents('proxy_tcpfp_headers') =~ /^proxy_set_header (\S+)/mg;

our $proxy = <<'_EOC_';
    location / {
        include $TEST_NGINX_CONF/proxy_tcpfp_headers;
        proxy_pass http://unix:$TEST_NGINX_HTML_DIR/backend.sock;
    }
_EOC_
our $http_config = <<"_EOC_";
    server {
        listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1;
        listen [::1]:\$TEST_NGINX_RAND_PORT_1;
        $proxy
    }
    server {
        listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_2 \$TEST_NGINX_LISTEN_HTTP2;
        listen [::1]:\$TEST_NGINX_RAND_PORT_2 \$TEST_NGINX_LISTEN_HTTP2;
        \$TEST_NGINX_HTTP2_ON
        $proxy
    }
_EOC_
# What the backend gets of a client that asks with these headers.
sub arrives {
    my ($client, @headers) = @_;
    my $backend = backend("$ENV{TEST_NGINX_HTML_DIR}/backend.sock");
    my $lines = join '', map "$_->[0]: $_->[1]\r\n", @headers;
    $client->write("GET / HTTP/1.1\r\nHost: localhost\r\n$lines\r\n");
    my $request = $backend->request;
    $backend->answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
    is($client->body, 'ok', 'the client is answered');
    return $request;
}

# The same over HTTP/2, of curl.
sub arrives_by_http2 {
    my ($address, @headers) = @_;
    my $backend = backend("$ENV{TEST_NGINX_HTML_DIR}/backend.sock");
    my $curl = fork // die "fork: $!";
    if (!$curl) {
        open STDOUT, '>', '/dev/null';
        exec qw(curl -sS --max-time 10 --http2-prior-knowledge),
            (map { ('-H', "$_->[0]: $_->[1]") } @headers), "http://$address/";
    }
    my $request = $backend->request;
    $backend->answer;
    waitpid $curl, 0;
    is($?, 0, 'curl is answered');
    return $request;
}

# The names among its headers that any backend could take for ours.
sub ours { return sort $_[0] =~ /^(\w[-_.\w]*tcp[-_.\w]*):/mig }

# All of ours but these.
sub all_but {
    my %left_out = map { $_ => 1 } @_;
    return sort grep !$left_out{$_}, @names;
}

our @forged = map { [$_ => 'forged'], [lc $_ => 'forged'], [uc $_ => 'forged'] } @names;

run_tests();

__DATA__

=== TEST 1: where the variable is there, and where it is absent
--- http_config eval: $::http_config
--- config
--- client
    my @headers = (@::forged, ['X-Other' => 'sent']);
    my ($http1, $http2) = ($TEST_NGINX_RAND_PORT_1, $TEST_NGINX_RAND_PORT_2);
    for (
        [64, 'X-TCP-Flow-Label', arrives_by_http2("127.0.0.1:$http2", @headers)],
        [64, 'X-TCP-DF', arrives_by_http2("[::1]:$http2", @headers)],
        [57, 'X-TCP-Flow-Label', arrives(client($http1, ttl => 57), @headers)],
        [58, 'X-TCP-DF', arrives(client($http1, host => '::1', hops => 58), @headers)],
    ) {
        my ($ttl, $absent, $request) = @$_;
        unlike($request, qr/forged/, 'nothing forged');
        is_deeply([ours($request)], [all_but($absent)], "each once, but for $absent");
        like($request, qr/^X-TCP-TTL: $ttl\r$/m, 'with its value');
        like($request, qr/^X-Other: sent\r$/mi, 'what is not ours goes through');
    }
--- no_error_log
[error]

=== TEST 2: where nothing is captured
--- http_config eval: "tcpfp off;\n$::http_config"
--- config
--- client
    for my $request (arrives(client($TEST_NGINX_RAND_PORT_1), @::forged),
            arrives_by_http2("127.0.0.1:$TEST_NGINX_RAND_PORT_2", @::forged)) {
        unlike($request, qr/forged/, 'nothing forged');
        is_deeply([ours($request)], ['X-TCP-SYN-Status'], 'only why there is nothing');
        like($request, qr/^X-TCP-SYN-Status: off\r$/m, 'which is true');
    }
--- no_error_log
[error]

=== TEST 3: a client of a unix socket
--- config eval: "listen unix:\$TEST_NGINX_HTML_DIR/nginx.sock;\n$::proxy"
--- client
    my $request = arrives(client('$TEST_NGINX_HTML_DIR/nginx.sock'), @::forged);
    unlike($request, qr/forged/, 'nothing forged');
    is_deeply([ours($request)], ['X-TCP-SYN-Status'], 'only why there is nothing');
--- no_error_log
[error]

=== TEST 4: a backend that is an nginx and lets every header in
--- http_config
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        underscores_in_headers on;
        ignore_invalid_headers off;
        return 200 'ttl=$http_x_tcp_ttl label=$http_x_tcp_flow_label other=$http_x_other';
    }
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 $TEST_NGINX_LISTEN_HTTP2;
        $TEST_NGINX_HTTP2_ON
        include $TEST_NGINX_CONF/proxy_tcpfp_headers;
        location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    }
--- config
    include $TEST_NGINX_CONF/proxy_tcpfp_headers;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
    location /own { proxy_set_header X-Own 1; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_1; }
--- client
    my %forged = ('X-TCP-TTL' => 1, 'X-TCP-Flow-Label' => 2, 'X-Other' => 3);
    is(client($TEST_NGINX_SERVER_PORT, ttl => 57)->get('/', %forged), 'ttl=57 label= other=3',
        'HTTP/1.1');
    is(curl('--http2-prior-knowledge', (map { ('-H', "$_: $forged{$_}") } keys %forged),
        "http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/"), 'ttl=64 label= other=3', 'HTTP/2');
    is(client($TEST_NGINX_SERVER_PORT, ttl => 57)->get('/own', %forged), 'ttl=1 label=2 other=3',
        'a block with a header of its own inherits none: it must include them');
--- no_error_log
[error]

=== TEST 5: other spellings, which a backend may take for the same
--- http_config eval: $::http_config
--- config
--- client
    my @spelled = map [$_ => 'forged'],
        qw(X_TCP_TTL X_TCP-TTL X-TCP_Flow_Label x.tcp.ttl X-TCP-TTL. x_tcp_flow_label);
    for my $request (arrives(client($TEST_NGINX_RAND_PORT_1), @spelled),
            arrives_by_http2("127.0.0.1:$TEST_NGINX_RAND_PORT_2", @spelled)) {
        unlike($request, qr/forged/, 'are dropped');
        is_deeply([ours($request)], [all_but('X-TCP-Flow-Label')], 'ours are not');
    }
--- no_error_log
[error]

=== TEST 6: but only as long as nginx is not told to let them in
--- http_config eval
"server { listen \$TEST_NGINX_RAND_PORT_1; underscores_in_headers on; $::proxy }
server { listen \$TEST_NGINX_RAND_PORT_2; ignore_invalid_headers off; $::proxy }
server { listen \$TEST_NGINX_RAND_PORT_3; underscores_in_headers on;
         proxy_set_header X_TCP_TTL '';
         include \$TEST_NGINX_CONF/proxy_tcpfp_headers;
         location / { proxy_pass http://unix:\$TEST_NGINX_HTML_DIR/backend.sock; } }"
--- config
--- client
    my $spelled = [X_TCP_TTL => 'forged'];
    like(arrives(client($TEST_NGINX_RAND_PORT_1), $spelled), qr/^X_TCP_TTL: forged/m,
        'underscores_in_headers on');
    like(arrives(client($TEST_NGINX_RAND_PORT_2), $spelled), qr/^X_TCP_TTL: forged/m,
        'ignore_invalid_headers off');
    unlike(arrives(client($TEST_NGINX_RAND_PORT_3), $spelled), qr/forged/,
        'and then each spelling has to be set to nothing');
--- no_error_log
[alert]

=== TEST 7: not by way of the hop's own headers, nor behind the body
--- config eval: $::proxy
--- client
    my $request = arrives(client($TEST_NGINX_SERVER_PORT),
        [Connection => 'keep-alive, X-TCP-TTL'], [TE => 'trailers']);
    unlike($request, qr/^Connection:.*X-TCP/mi, 'Connection does not tell the backend to drop it');
    like($request, qr/^X-TCP-TTL: \d/m, 'so that it is there');

    my $backend = backend("$ENV{TEST_NGINX_HTML_DIR}/backend.sock");
    my $client = client($TEST_NGINX_SERVER_PORT);
    $client->write("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n",
        "Trailer: X-TCP-Flow-Label\r\n\r\n2\r\nhi\r\n0\r\nX-TCP-Flow-Label: forged\r\n\r\n");
    $request = $backend->request(sub { $_[0] =~ /\r\n\r\nhi/ });
    unlike($request, qr/forged/, 'a trailer is dropped');
    $backend->answer;

    for my $line ("X-TCP-TTL : 1", " X-TCP-TTL: 1", "X-Other: 1\r\n X-TCP-TTL: 1") {
        my $rude = client($TEST_NGINX_SERVER_PORT);
        $rude->write("GET / HTTP/1.1\r\nHost: localhost\r\n$line\r\nConnection: close\r\n\r\n");
        like($rude->rest, qr{^HTTP/1.1 400 }, 'refused: ' . $line =~ s/\r\n/ /r);
    }
--- no_error_log
[alert]
