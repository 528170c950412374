# Where stream lets a variable be used, with one that is there ($tcpfp_ttl is 57), one that is zero
# ($tcpfp_tos) and one that is absent ($tcpfp_flow_label, on IPv4).

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Backend;
use Tcpfp;

# What a server says to a client with this TTL.
sub told {
    my ($port, $ttl) = @_;
    return client($port, ttl => $ttl // 57)->rest;
}

certificate();
run_tests();

__DATA__

=== TEST 1: log_format and access_log's condition, at the end of a session
--- main_config
    stream {
        log_format dash '<$tcpfp_ttl $tcpfp_tos $tcpfp_flow_label $tcpfp_src_port>';
        log_format json escape=json '{"ttl":"$tcpfp_ttl","label":"$tcpfp_flow_label"}';
        access_log logs/access.log dash if=$tcpfp_ttl;
        access_log logs/access.log json;
        access_log logs/never.log dash if=$tcpfp_tos;
        server { listen $TEST_NGINX_RAND_PORT_1;
                 proxy_pass unix:$TEST_NGINX_HTML_DIR/backend.sock; }
    }
--- config
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my $client = client($TEST_NGINX_RAND_PORT_1, ttl => 57);
    $client->write("hello\r\n\r\n");
    is($backend->request, "hello\r\n\r\n", 'the session goes on behind us');
    $backend->answer('welcome');
    is($client->rest, 'welcome', 'both ways');
    is_deeply([logged(qr/^(<.*)$/, 1)], ['<57 0 - ' . ($client->here)[1] . '>'], 'a line');
    is_deeply([logged(qr/^(\{.*)$/, 1)], ['{"ttl":"57","label":""}'], 'another');
    ok(!-s Test::Nginx::Util::server_root() . '/logs/never.log', 'and none');
--- no_error_log
[error]

=== TEST 2: map, geo, split_clients and set
--- main_config
    stream {
        map $tcpfp_ttl $class { default far; ~^6[0-4]$ near; 57 mine; }
        map $tcpfp_flow_label $label { default some; '' none; }
        map $tcpfp_tos $tos { default some; 0 zero; '' none; }
        map $tcpfp_ttl $tcpfp_myclass { 57 mine; }
        geo $tcpfp_src_addr $where { default out; 127.0.0.0/8 in; }
        split_clients $tcpfp_ttl $half { 50% a; * b; }
        server { listen $TEST_NGINX_RAND_PORT_1; set $copy "<$tcpfp_ttl>";
                 return '$class $label $tos $tcpfp_myclass $where $copy'; }
        server { listen $TEST_NGINX_RAND_PORT_2; return $half; }
    }
--- config
--- client
    is(told($TEST_NGINX_RAND_PORT_1), 'mine none zero mine in <57>', 'the value itself');
    is(told($TEST_NGINX_RAND_PORT_1, 61), 'near none zero  in <61>', 'a pattern');
    is(told($TEST_NGINX_RAND_PORT_1, 200), 'far none zero  in <200>', 'neither');
    my %seen = map { told($TEST_NGINX_RAND_PORT_2, $_) => 1 } 10 .. 40;
    is_deeply([sort keys %seen], [qw(a b)], 'some of each');
--- no_error_log
[error]

=== TEST 3: where a session goes
--- main_config
    stream {
        map $tcpfp_ttl $backend { 57 127.0.0.1:$TEST_NGINX_RAND_PORT_1; default by_ttl; }
        upstream by_ttl {
            hash $tcpfp_ttl;
            server 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
            server 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
        }
        server { listen $TEST_NGINX_RAND_PORT_1; return one; }
        server { listen $TEST_NGINX_RAND_PORT_2; return two; }
        server { listen $TEST_NGINX_RAND_PORT_3; return three; }
        server { listen $TEST_NGINX_RAND_PORT_4; proxy_pass $backend; }
    }
--- config
--- client
    is(told($TEST_NGINX_RAND_PORT_4, 57), 'one', 'proxy_pass');
    my %to = map { $_ => told($TEST_NGINX_RAND_PORT_4, $_) } 10 .. 40;
    is(told($TEST_NGINX_RAND_PORT_4, 33), $to{33}, 'hash: to the same for the same');
    my %seen = map { $_ => 1 } values %to;
    is_deeply([sort keys %seen], [qw(three two)], 'and to both');
--- no_error_log
[error]

=== TEST 4: limit_conn_zone
--- main_config
    stream {
        limit_conn_zone $tcpfp_ttl zone=by_ttl:64k;
        server { listen $TEST_NGINX_RAND_PORT_1; limit_conn by_ttl 1;
                 proxy_pass unix:$TEST_NGINX_HTML_DIR/backend.sock; }
    }
--- config
--- client
    my $backend = backend('$TEST_NGINX_HTML_DIR/backend.sock');
    my ($first, $other) = map { client($TEST_NGINX_RAND_PORT_1, ttl => $_) } 40, 41;
    $first->write("first\r\n\r\n");
    is($backend->request, "first\r\n\r\n", 'the first');
    is(told($TEST_NGINX_RAND_PORT_1, 40), '', 'a second of the same is sent away');
    $other->write("other\r\n\r\n");
    is($backend->request, "other\r\n\r\n", 'another is not');
--- error_log
limiting connections

=== TEST 5: a session whose first bytes are read ahead
--- main_config
    stream {
        map $ssl_preread_server_name $names { default 'name <$ssl_preread_server_name>'; }
        server { listen $TEST_NGINX_RAND_PORT_1; ssl_preread on;
                 return '$tcpfp_ttl $tcpfp_src_port'; }
    }
--- config
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1, ttl => 57);
    $client->write("no TLS\n");
    is($client->rest, join(' ', 57, ($client->here)[1]), 'has its values');
--- no_error_log
[error]

=== TEST 6: TLS that stream ends itself
--- main_config
    stream {
        server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 ssl;
                 ssl_certificate $TEST_NGINX_CERTIFICATE; ssl_certificate_key $TEST_NGINX_KEY;
                 proxy_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_2; proxy_protocol on; }
        log_format port '<$tcpfp_syn_status $tcpfp_src_port>';
        access_log logs/access.log port;
    }
--- http_config
    server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2 proxy_protocol; return 204; }
--- config
--- client
    my $port = curl(-w => '%{local_port}', 'https://127.0.0.1:$TEST_NGINX_RAND_PORT_1/');
    is_deeply([logged(qr/^<(.*)>$/, 1)], ["saved $port"], 'of the port that curl has');
--- no_error_log
[error]

=== TEST 7: beside http, which has its own
--- main_config
    stream {
        server { listen $TEST_NGINX_RAND_PORT_1; return '$tcpfp_ttl $tcpfp_src_port'; }
        server { listen $TEST_NGINX_RAND_PORT_2; proxy_pass 127.0.0.1:$TEST_NGINX_SERVER_PORT; }
    }
--- config
    location / { return 200 '$tcpfp_ttl $tcpfp_src_port'; }
--- client
    for my $port ($TEST_NGINX_RAND_PORT_1, $TEST_NGINX_SERVER_PORT) {
        my $client = client($port, ttl => 44);
        my $answer = $port == $TEST_NGINX_SERVER_PORT ? $client->get('/') : $client->rest;
        is($answer, join(' ', 44, ($client->here)[1]), "port $port");
    }
    my $client = client($TEST_NGINX_RAND_PORT_2, ttl => 44);
    my ($ttl, $port) = split / /, $client->get('/');
    isnt($ttl, 44, "through the stream proxy http sees the proxy's SYN");
    isnt($port, ($client->here)[1], 'and its port');
--- no_error_log
[error]
