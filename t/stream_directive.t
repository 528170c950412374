# `tcpfp` in stream.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Checked 'check';
use Tcpfp;

our $show = q('$tcpfp_syn_status ttl:$tcpfp_ttl rtt:$tcpfp_rtt_quality info:$tcpfp_info_state
               time:$tcpfp_accept_time live:$tcpfp_live_state min:$tcpfp_min_rtt');

# What was there of them, and the first word.
sub shown {
    my ($port, @options) = @_;
    my $text = client($port, @options)->rest;
    my ($status) = $text =~ /^(\w+)/;
    return join ' ', $status, $text =~ /(\w+):[\w.]/g;
}

our ($on, $syn, $info, $off) = (
    'saved ttl rtt info time live min', 'saved ttl time', 'off rtt info time live min', 'off');

sub servers {
    return join '', 'stream {', shift, "\n",
        (map { my ($listen, $tcpfp) = @$_; "server { listen $listen; $tcpfp return $show; }\n" } @_),
        '}';
}

# Since nginx 1.25.5, and not in every fork.
our ($has_names) = check('stream { server { server_name a; return a; } }');

run_tests();

__DATA__

=== TEST 1: the default, and each argument
--- main_config eval
::servers('', ['$TEST_NGINX_RAND_PORT_1' => ''], ['$TEST_NGINX_RAND_PORT_2' => 'tcpfp syn;'],
    ['$TEST_NGINX_RAND_PORT_3' => 'tcpfp info;'], ['$TEST_NGINX_RAND_PORT_4' => 'tcpfp off;'],
    ['$TEST_NGINX_RAND_PORT_5' => 'tcpfp on;'])
--- config
--- client
    is(shown($TEST_NGINX_RAND_PORT_1), $::on, 'the default');
    is(shown($TEST_NGINX_RAND_PORT_2), $::syn, 'syn');
    is(shown($TEST_NGINX_RAND_PORT_3), $::info, 'info');
    is(shown($TEST_NGINX_RAND_PORT_4), $::off, 'off');
    is(shown($TEST_NGINX_RAND_PORT_5), $::on, 'on');
--- no_error_log
[error]

=== TEST 2: inherited from stream, and not from http
--- main_config eval
::servers('tcpfp info;', ['$TEST_NGINX_RAND_PORT_1' => ''],
    ['$TEST_NGINX_RAND_PORT_2' => 'tcpfp syn;'])
--- http_config
    tcpfp off;
--- config
    return 200 $tcpfp_syn_status;
--- client
    is(shown($TEST_NGINX_RAND_PORT_1), $::info, 'a server that says nothing');
    is(shown($TEST_NGINX_RAND_PORT_2), $::syn, 'one that says something else');
    is(client($TEST_NGINX_SERVER_PORT)->get('/'), 'off', 'http has its own');
--- no_error_log
[error]

=== TEST 3: addresses that nginx serves with the socket of every address
--- main_config eval
::servers('', ['$TEST_NGINX_RAND_PORT_1' => 'tcpfp off;'],
    ['127.0.0.2:$TEST_NGINX_RAND_PORT_1' => 'tcpfp syn;'],
    ['127.0.0.1:$TEST_NGINX_RAND_PORT_2' => 'tcpfp off;'], ['[::1]:$TEST_NGINX_RAND_PORT_2' => ''])
--- config
--- client
    is(shown($TEST_NGINX_RAND_PORT_1, host => $_), $::syn, "one socket: $_")
        for qw(127.0.0.1 127.0.0.2);
    is(shown($TEST_NGINX_RAND_PORT_2), $::off, 'a socket each: off');
    is(shown($TEST_NGINX_RAND_PORT_2, host => '::1'), $::on, 'and on');
--- no_error_log
[error]

=== TEST 4: servers by name share a socket
--- skip_eval: 2: !$::has_names
--- main_config eval
::servers('', ['$TEST_NGINX_RAND_PORT_1 default_server' => 'tcpfp off;'],
    ['$TEST_NGINX_RAND_PORT_1' => 'server_name other; tcpfp syn;'])
--- config
--- client
    is(shown($TEST_NGINX_RAND_PORT_1), $::syn, 'it captures what any of them asks for');
--- no_error_log
[error]
