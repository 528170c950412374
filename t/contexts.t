# Where http lets a variable be used, with one that is there ($tcpfp_ttl is 57), one that is zero
# ($tcpfp_tos) and one that is absent ($tcpfp_flow_label, on IPv4).

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Backend;
use Tcpfp;

# The whole answer to a request by a client with this TTL.
sub answer {
    my ($path, $ttl) = @_;
    my $client = client($ENV{TEST_NGINX_SERVER_PORT}, ttl => $ttl // 57);
    $client->send_get($path, Connection => 'close');
    return $client->rest;
}
sub body { (split /\r\n\r\n/, answer(@_), 2)[1] }
sub status { (split / /, answer(@_))[1] }

run_tests();

__DATA__

=== TEST 1: log_format, access_log and its condition
--- http_config
    log_format dash '<$tcpfp_ttl $tcpfp_tos $tcpfp_flow_label>';
    log_format json escape=json '{"ttl":"$tcpfp_ttl","label":"$tcpfp_flow_label"}';
    log_format none escape=none '[$tcpfp_ttl $tcpfp_flow_label]';
--- config
    location / {
        access_log logs/access.log dash if=$tcpfp_ttl;
        access_log logs/access.log json;
        access_log logs/access.log none;
        access_log logs/access.log combined if=$tcpfp_tos;
        access_log logs/ttl-$tcpfp_ttl.log dash;
        return 204;
    }
--- client
    is(status('/'), 204, 'answered');
    ok(-s Test::Nginx::Util::server_root() . '/logs/ttl-57.log', 'a file by the value');
--- access_log
<57 0 ->
{"ttl":"57","label":""}
[57 ]
--- no_access_log
GET
--- no_error_log
[error]

=== TEST 2: add_header
--- config
    location / {
        add_header X-TTL $tcpfp_ttl;
        add_header X-TOS $tcpfp_tos;
        add_header X-Label $tcpfp_flow_label;
        add_header X-Both "<$tcpfp_ttl$tcpfp_flow_label>";
        return 204;
    }
--- client
    my $answer = answer('/');
    like($answer, qr/^X-TTL: 57\r$/m, 'there');
    like($answer, qr/^X-TOS: 0\r$/m, 'zero');
    unlike($answer, qr/X-Label/, 'absent');
    like($answer, qr/^X-Both: <57>\r$/m, 'among text');
--- no_error_log
[error]

=== TEST 3: proxy_set_header
--- config
    location / {
        proxy_set_header X-TTL $tcpfp_ttl;
        proxy_set_header X-TOS $tcpfp_tos;
        proxy_set_header X-Label $tcpfp_flow_label;
        proxy_pass http://unix:$TEST_NGINX_HTML_DIR/backend.sock;
    }
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my $client = client($TEST_NGINX_SERVER_PORT, ttl => 57);
    $client->send_get('/');
    my $request = $backend->request;
    like($request, qr/^X-TTL: 57\r$/m, 'there');
    like($request, qr/^X-TOS: 0\r$/m, 'zero');
    unlike($request, qr/X-Label/, 'absent');
    $backend->answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
    is($client->body, 'ok', 'the client is answered');
--- no_error_log
[error]

=== TEST 4: map
--- http_config
    map $tcpfp_ttl $class { default far; ~^6[0-4]$ near; 57 mine; }
    map $tcpfp_flow_label $label { default some; '' none; }
    map $tcpfp_tos $tos { default some; 0 zero; '' none; }
    map $class $says { mine "ttl $tcpfp_ttl"; }
--- config
    location / { return 200 '$class $label $tos $says'; }
--- client
    is(body('/'), 'mine none zero ttl 57', 'the value itself');
    is(body('/', 61), 'near none zero ', 'a pattern');
    is(body('/', 255), 'far none zero ', 'neither');
--- no_error_log
[error]

=== TEST 5: geo and split_clients
--- http_config
    geo $tcpfp_src_addr $where { default out; 127.0.0.0/8 in; }
    split_clients $tcpfp_ttl $half { 50% a; * b; }
--- config
    location / { return 200 '$where $half'; }
--- client
    my %half = map { $_ => body('/', $_) } 10 .. 40;
    is($half{10}, body('/', 10), 'the same for the same');
    my %seen = map { $_ => 1 } values %half;
    is_deeply([sort keys %seen], ['in a', 'in b'], 'and another for another');
--- no_error_log
[error]

=== TEST 6: if, set and rewrite
--- config
    location / {
        set $copy "<$tcpfp_ttl>";
        set $said none;
        if ($tcpfp_ttl = 57) { set $said equal; }
        if ($tcpfp_ttl ~ ^(5)) { set $said "$said matched-$1"; }
        if ($tcpfp_flow_label) { set $said absent; }
        if ($tcpfp_tos) { set $said zero; }
        return 200 '$copy $said';
    }
    location /refuse { if ($tcpfp_ttl = 57) { return 403; } return 204; }
    location /rewrite { rewrite ^ /to/$tcpfp_ttl? last; }
    location /to { return 200 $uri; }
--- client
    is(body('/'), '<57> equal matched-5', 'if and set');
    is(body('/', 60), '<60> none', 'for another');
    is(status('/refuse'), 403, 'refused');
    is(status('/refuse', 60), 204, 'another is not');
    is(body('/rewrite'), '/to/57', 'rewrite');
--- no_error_log
[error]

=== TEST 7: limit_req_zone
--- http_config
    limit_req_zone $binary_remote_addr$tcpfp_ttl zone=by_both:64k rate=1r/m;
    limit_req_zone $tcpfp_flow_label zone=by_absent:64k rate=1r/m;
    limit_req_status 429;
--- config
    location / { limit_req zone=by_both; try_files /none @ok; }
    location /absent { limit_req zone=by_absent; try_files /none @ok; }
    location @ok { return 204; }
--- client
    is(status('/', 40), 204, 'the first');
    is(status('/', 40), 429, 'the second of the same');
    is(status('/', 41), 204, 'the first of another');
    is(status('/absent'), 204, 'without a value there is no limit') for 1 .. 3;
--- error_log
limiting requests

=== TEST 8: limit_conn_zone
--- http_config
    limit_conn_zone $tcpfp_ttl zone=by_ttl:64k;
    limit_conn_status 429;
--- config
    location / { limit_conn by_ttl 1; proxy_pass http://unix:$TEST_NGINX_HTML_DIR/backend.sock; }
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my $waiting = client($TEST_NGINX_SERVER_PORT, ttl => 40);
    $waiting->send_get('/');
    $backend->request;
    is(status('/', 40), 429, 'a second of the same');
    $backend->answer("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
    is($waiting->body, 'first', 'the first');
    $waiting->send_get('/');
    $backend->request;
    $backend->answer("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nnext");
    is($waiting->body, 'next', 'and one after it');
--- error_log
limiting connections

=== TEST 9: paths, and where a request goes
--- http_config
    upstream by_ttl {
        hash $tcpfp_ttl;
        server 127.0.0.1:$TEST_NGINX_RAND_PORT_1;
        server 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
    }
    server { listen $TEST_NGINX_RAND_PORT_1; return 200 a; }
    server { listen $TEST_NGINX_RAND_PORT_2; return 200 b; }
--- config
    location /file { root html; try_files /$tcpfp_ttl.txt =404; }
    location /alias { alias html/$tcpfp_ttl.txt; }
    location /hash { proxy_pass http://by_ttl; }
    location /direct { proxy_pass http://127.0.0.1:$tcpfp_dst_port/port; }
    location /port { return 200 $server_port; }
--- user_files
>>> 57.txt
this one
--- client
    is(body($_), "this one\n", $_) for qw(/file /alias);
    is(status('/file', 60), 404, 'another has none');
    my %seen = map { body('/hash', $_) => 1 } 10 .. 40;
    is_deeply([sort keys %seen], [qw(a b)], 'hash');
    is(body('/hash', 33), body('/hash', 33), 'to the same for the same');
    is(body('/direct'), $TEST_NGINX_SERVER_PORT, 'proxy_pass');
--- no_error_log
[error]

=== TEST 10: what is live is read anew each time, also within a request
--- http_config
    log_format live 'then <$sent_http_x_sent> now <$tcpfp_live_data_segs_out>';
--- config
    location / {
        access_log logs/access.log live;
        add_header X-Sent $tcpfp_live_data_segs_out;
        return 200 body;
    }
--- client
    is(body('/'), 'body', 'answered');
--- access_log eval: qr/^then <0> now <[1-9]\d*>$/
--- no_error_log
[error]

=== TEST 11: so many variables leave nginx's own hash of names alone
--- http_config
    log_format f '$tcpfp_ttl';
--- config
    location / { return 204; }
--- client
    is(status('/'), 204, 'answered');
--- no_error_log
could not build optimal variables_hash
[warn]

=== TEST 12: which would have said so
--- http_config
    variables_hash_max_size 64;
    variables_hash_bucket_size 32;
--- config
    location / { return 204; }
--- client
    is(status('/'), 204, 'answered');
--- error_log
could not build optimal variables_hash
--- suppress_stderr
