# `tcpfp_database`, and the variables that follow from it.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Tcpfp;

our $show = q('$tcpfp_os|$tcpfp_os_name|$tcpfp_os_flavor|$tcpfp_os_class|$tcpfp_match|$tcpfp_params|$tcpfp_dist|$tcpfp_mtu|$tcpfp_link');

# What Linux sends over loopback, whatever its receive buffer is.
our $linux = '*:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0';
our $head = "classes = win,unix,other\n[tcp:request]\n";

run_tests();

__DATA__

=== TEST 1: the built-in one, without the directive
--- config eval: "return 200 $::show;"
--- client
    like(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'),
        qr/^Linux[^|]*\|Linux\|[^|]*\|unix\|\w+\|[^|]+\|0\|65535\|loopback$/, 'Linux over loopback');
--- no_error_log
[error]

=== TEST 2: signature, quirks and layout
--- config
    return 200 '$tcpfp_p0f|$tcpfp_quirks|$tcpfp_olayout';
--- client
    like(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'),
        qr/^4:64\+0:0:65495:\S+,\d+:mss,sok,ts,nop,ws:df,id\+:0\|df,id\+\|mss,sok,ts,nop,ws$/, 'as p0f');
--- no_error_log
[error]

=== TEST 3: a file of one's own, its name relative to the configuration
--- http_config
    tcpfp_database own.fp;
--- user_files eval
">>> ../conf/own.fp
$::head
label = s:unix:Our OS:7.x
sig = $::linux
[mtu]
label = our link
sig = 65535
"
--- config eval: "return 200 $::show;"
--- client
    is(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'),
        'Our OS 7.x|Our OS|7.x|unix|exact|none|0|65535|our link', 'our label');
--- no_error_log
[error]

=== TEST 4: several files, in their order; generic and fuzzy matches
--- http_config
    tcpfp_database first.fp second.fp;
--- user_files eval
">>> ../conf/first.fp
$::head
label = g:unix:General:
sig = $::linux
>>> ../conf/second.fp
$::head
label = s:unix:Distant:
sig = *:255:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
"
--- config eval: "return 200 $::show;"
--- client
    is(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'),
        'General|General||unix|generic|generic|0|65535|', 'a generic one before a fuzzy one');
    is(client($TEST_NGINX_SERVER_PORT, fresh => 1, ttl => 70)->get('/'),
        'General|General||unix|generic+fuzzy|generic fuzzy excess_dist|58|65535|', 'the first fuzzy one');
--- no_error_log
[error]

=== TEST 5: no match, and a guess of the distance
--- http_config
    tcpfp_database none.fp;
--- user_files eval
">>> ../conf/none.fp
$::head
label = s:win:Windows:
sig = *:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df,id+:0
"
--- config eval: "return 200 $::show;"
--- client
    is(client($TEST_NGINX_SERVER_PORT, fresh => 1, ttl => 60)->get('/'), '|||||none|4|65535|', 'unknown');
--- no_error_log
[error]

=== TEST 6: builtin among files
--- http_config
    tcpfp_database tool.fp builtin;
--- user_files eval
">>> ../conf/tool.fp
$::head
label = s:!:Our tool:
sys = \@unix
sig = *:110:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
"
--- config eval: "return 200 $::show;"
--- client
    is(client($TEST_NGINX_SERVER_PORT, fresh => 1, ttl => 110)->get('/'), 'Our tool|Our tool||!|exact|none|0||',
        'the file; tools have no MTU');
    like(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'), qr/^Linux/, 'the built-in one behind it');
--- no_error_log
[error]

=== TEST 7: a bad line
--- http_config
    tcpfp_database bad.fp;
--- user_files eval
">>> ../conf/bad.fp
$::head
label = s:unix:Linux:
sig = 4:64:0:*:*,*:mss,wat:df:0
"
--- config
--- must_die
--- error_log eval
qr/\[emerg\] .*conf\/bad\.fp:5: unknown option "wat" in .*nginx\.conf:\d+/

=== TEST 8: no such file
--- http_config
    tcpfp_database nowhere.fp;
--- config
--- must_die
--- error_log eval
qr/\[emerg\] .*conf\/nowhere\.fp: No such file or directory .*in .*nginx\.conf:\d+/

=== TEST 9: twice
--- http_config
    tcpfp_database builtin;
    tcpfp_database builtin;
--- config
--- must_die
--- error_log
"tcpfp_database" directive is duplicate

=== TEST 10: in a server
--- config
    tcpfp_database builtin;
--- must_die
--- error_log
"tcpfp_database" directive is not allowed here

=== TEST 11: in stream, apart from http's
--- main_config eval
"stream {
    tcpfp_database stream.fp;
    server { listen \$TEST_NGINX_RAND_PORT_1; return $::show; }
}"
--- user_files eval
">>> ../conf/stream.fp
$::head
label = s:unix:Our OS:
sig = $::linux
"
--- config eval: "return 200 $::show;"
--- client
    is(client($TEST_NGINX_RAND_PORT_1, fresh => 1)->rest, 'Our OS|Our OS||unix|exact|none|0|65535|', 'stream');
    like(client($TEST_NGINX_SERVER_PORT, fresh => 1)->get('/'), qr/^Linux/, 'http');
--- no_error_log
[error]
