# `tcpfp`: what is captured, where it is inherited, and who shares a socket.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Tcpfp;

# Of each kind of value one, and the live ones: those that are absent show as a dash.
our $show = q('$tcpfp_syn_status ttl:$tcpfp_ttl rtt:$tcpfp_rtt_quality info:$tcpfp_info_state
               time:$tcpfp_accept_time live:$tcpfp_live_state min:$tcpfp_min_rtt');

# What was there of them, and the first word.
sub shown {
    my ($text) = @_;
    my ($status) = $text =~ /^(\w+)/;
    return join ' ', $status, $text =~ /(\w+):[\w.]/g;
}

# What a server shows over http, by its name.
sub http {
    my ($port, $name, @options) = @_;
    return shown(client($port, @options)->get('/', Host => $name // 'localhost'));
}

# A server for each: what it listens to, the argument, and its name.
sub servers {
    return join '', map {
        my ($listen, $tcpfp, $name) = (@$_, 'localhost');
        "server { listen $listen; server_name $name; tcpfp $tcpfp; return 200 $show; }\n"
    } @_;
}

our ($on, $syn, $info, $off) = (
    'saved ttl rtt info time live min', 'saved ttl time', 'off rtt info time live min', 'off');

certificate();
run_tests();

__DATA__

=== TEST 1: the default, and each argument
--- http_config eval
::servers(['$TEST_NGINX_RAND_PORT_1' => 'on'], ['$TEST_NGINX_RAND_PORT_2' => 'syn'],
    ['$TEST_NGINX_RAND_PORT_3' => 'info'], ['$TEST_NGINX_RAND_PORT_4' => 'off'])
--- config eval: "return 200 $::show;"
--- client
    is(http($TEST_NGINX_SERVER_PORT), $::on, 'the default');
    is(http($TEST_NGINX_RAND_PORT_1), $::on, 'on');
    is(http($TEST_NGINX_RAND_PORT_2), $::syn, 'syn');
    is(http($TEST_NGINX_RAND_PORT_3), $::info, 'info');
    is(http($TEST_NGINX_RAND_PORT_4), $::off, 'off');
--- no_error_log
[error]

=== TEST 2: inherited from http
--- http_config eval
"tcpfp syn;
server { listen \$TEST_NGINX_RAND_PORT_1; tcpfp on; return 200 $::show; }
server { listen \$TEST_NGINX_RAND_PORT_2; tcpfp off; return 200 $::show; }"
--- config eval: "return 200 $::show;"
--- client
    is(http($TEST_NGINX_SERVER_PORT), $::syn, 'a server that says nothing');
    is(http($TEST_NGINX_RAND_PORT_1), $::on, 'one that says more');
    is(http($TEST_NGINX_RAND_PORT_2), $::off, 'one that says less');
--- no_error_log
[error]

=== TEST 3: inherited even where http says it last
--- http_config eval
"server { listen \$TEST_NGINX_RAND_PORT_1; return 200 $::show; }
tcpfp off;"
--- config eval: "return 200 $::show;"
--- client
    is(http($TEST_NGINX_SERVER_PORT), $::off, 'a server after it');
    is(http($TEST_NGINX_RAND_PORT_1), $::off, 'a server before it');
--- no_error_log
[error]

=== TEST 4: servers by name share a socket: it captures what any of them asks for
--- http_config eval
::servers(
    ['$TEST_NGINX_RAND_PORT_1' => 'off', 'a'], ['$TEST_NGINX_RAND_PORT_1' => 'syn', 'b'],
    ['$TEST_NGINX_RAND_PORT_2' => 'syn', 'a'], ['$TEST_NGINX_RAND_PORT_2' => 'info', 'b'],
    ['$TEST_NGINX_RAND_PORT_3' => 'off', 'a'], ['$TEST_NGINX_RAND_PORT_3' => 'off', 'b'],
    ['$TEST_NGINX_RAND_PORT_4' => 'info', 'a'], ['$TEST_NGINX_RAND_PORT_4' => 'off', 'b'],
    ['$TEST_NGINX_RAND_PORT_4' => 'off', 'c'])
--- config
--- client
    is(http($TEST_NGINX_RAND_PORT_1, $_), $::syn, "off and syn: $_") for qw(a b);
    is(http($TEST_NGINX_RAND_PORT_2, $_), $::on, "syn and info: $_") for qw(a b);
    is(http($TEST_NGINX_RAND_PORT_3, $_), $::off, "off and off: $_") for qw(a b);
    is(http($TEST_NGINX_RAND_PORT_4, $_), $::info, "info, off and off: $_") for qw(a b c);
--- no_error_log
[error]

=== TEST 5: addresses that nginx serves with the socket of every address
--- http_config eval
::servers(
    ['$TEST_NGINX_RAND_PORT_1' => 'off'], ['127.0.0.2:$TEST_NGINX_RAND_PORT_1' => 'syn'],
    ['127.0.0.1:$TEST_NGINX_RAND_PORT_2' => 'off'], ['127.0.0.2:$TEST_NGINX_RAND_PORT_2' => 'syn'],
    ['127.0.0.1:$TEST_NGINX_RAND_PORT_3' => 'on'], ['[::1]:$TEST_NGINX_RAND_PORT_3' => 'off'],
    ['$TEST_NGINX_RAND_PORT_4' => 'info'], ['[::1]:$TEST_NGINX_RAND_PORT_4' => 'syn'],
    ['$TEST_NGINX_RAND_PORT_5' => 'off'], ['127.0.0.2:$TEST_NGINX_RAND_PORT_5' => 'syn'],
    ['[::]:$TEST_NGINX_RAND_PORT_5' => 'off'])
--- config
--- client
    is(http($TEST_NGINX_RAND_PORT_1, undef, host => $_), $::syn, "one socket: $_")
        for qw(127.0.0.1 127.0.0.2 127.0.0.3);
    is(http($TEST_NGINX_RAND_PORT_2), $::off, 'a socket each: off');
    is(http($TEST_NGINX_RAND_PORT_2, undef, host => '127.0.0.2'), $::syn, 'and syn');
    is(http($TEST_NGINX_RAND_PORT_3), $::on, 'IPv4 on');
    is(http($TEST_NGINX_RAND_PORT_3, undef, host => '::1'), $::off, 'and IPv6 off');
    is(http($TEST_NGINX_RAND_PORT_4), $::info, 'the port is the same, the family is not: info');
    is(http($TEST_NGINX_RAND_PORT_4, undef, host => '::1'), $::syn, 'and syn');
    is(http($TEST_NGINX_RAND_PORT_5), $::syn, 'every IPv4 address: syn, for one of them');
    is(http($TEST_NGINX_RAND_PORT_5, undef, host => '::1'), $::off, 'every IPv6 address: off');
--- no_error_log
[error]

=== TEST 6: several addresses of a server, and the server of several sockets
--- http_config eval
"server { listen \$TEST_NGINX_RAND_PORT_1; listen \$TEST_NGINX_RAND_PORT_2;
          listen unix:\$TEST_NGINX_HTML_DIR/nginx.sock; return 200 $::show; }
server { listen \$TEST_NGINX_RAND_PORT_2; server_name off; tcpfp off; return 200 $::show; }
server { listen \$TEST_NGINX_RAND_PORT_3; server_name off; tcpfp off; return 200 $::show; }"
--- config
--- client
    is(http($TEST_NGINX_RAND_PORT_1), $::on, 'its first');
    is(http($TEST_NGINX_RAND_PORT_2), $::on, 'its second');
    is(http('$TEST_NGINX_HTML_DIR/nginx.sock'), 'unsupported', 'its unix socket');
    is(http($TEST_NGINX_RAND_PORT_2, 'off'), $::on, 'the other server on its second');
    is(http($TEST_NGINX_RAND_PORT_3, 'off'), $::off, 'and on a socket of its own');
--- no_error_log
[error]

=== TEST 7: reuseport, deferred and backlog
--- http_config eval
::servers(['127.0.0.1:$TEST_NGINX_RAND_PORT_1 reuseport' => 'on'],
    ['127.0.0.1:$TEST_NGINX_RAND_PORT_2 reuseport' => 'off'],
    ['127.0.0.1:$TEST_NGINX_RAND_PORT_3 deferred backlog=5' => 'on'])
--- config
--- client
    is(http($TEST_NGINX_RAND_PORT_1), $::on, 'reuseport');
    is(http($TEST_NGINX_RAND_PORT_2), $::off, 'reuseport, off');
    is(http($TEST_NGINX_RAND_PORT_3), $::on, 'deferred');
--- no_error_log
[error]

=== TEST 8: QUIC on the same port is left alone
--- skip_eval: 2: `$Test::Nginx::Util::NginxBinary -V 2>&1` !~ /http_v3_module/
--- http_config eval
"server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1 quic reuseport;
         listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_1;
         ssl_certificate \$TEST_NGINX_CERTIFICATE; ssl_certificate_key \$TEST_NGINX_KEY;
         return 200 $::show; }"
--- config
--- client
    is(http($TEST_NGINX_RAND_PORT_1), $::on, 'and TCP is captured');
--- no_error_log
[error]
[warn]

=== TEST 9: behind the PROXY protocol it is the SYN of the peer
--- http_config eval
"set_real_ip_from 127.0.0.1;
real_ip_header proxy_protocol;
server { listen \$TEST_NGINX_RAND_PORT_1 proxy_protocol;
         return 200 '\$remote_addr \$tcpfp_syn_status \$tcpfp_src_addr \$tcpfp_src_port'; }"
--- config
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1);
    $client->write("PROXY TCP4 192.0.2.1 192.0.2.2 1111 2222\r\n");
    is($client->get('/'), join(' ', '192.0.2.1 saved', $client->here), 'and of nobody else');
--- no_error_log
[error]
