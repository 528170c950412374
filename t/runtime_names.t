# Names that nginx learns only when a request needs them: SSI, and Lua and Perl where the machine
# has nginx's modules for them.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Nginx;
use Tcpfp;

# The folder of the modules that come with this nginx, if it has one.
our ($modules) = `$Test::Nginx::Util::NginxBinary -V 2>&1` =~ /--modules-path=(\S+)/ ? $1 : '';
our $lua = join '', map "load_module $modules/$_.so;\n", qw(ndk_http_module ngx_http_lua_module);
our $perl = "load_module $modules/ngx_http_perl_module.so;\n";

# Whether this nginx can load them: not if they are missing, nor if they are for another.
sub loads { Nginx->new("@_ events {}")->check }

sub page { client($ENV{TEST_NGINX_SERVER_PORT}, ttl => 57, mss => 1400)->get('/') }

run_tests();

__DATA__

=== TEST 1: SSI
--- http_config
    map $tcpfp_ttl $tcpfp_myclass { 57 mine; }
--- config
    location / { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
--- user_files
>>> page.txt
ttl <!--# echo var="tcpfp_ttl" -->
upper case <!--# echo var="TCPFP_MSS" -->
word <!--# echo var="tcpfp_syn_status" -->
info <!--# echo var="tcpfp_info_state" -->
live <!--# echo var="tcpfp_live_state" -->
watched <!--# echo var="tcpfp_hello_delay" --> <!--# echo var="tcpfp_accept_time" -->
absent <!--# echo var="tcpfp_flow_label" default="nothing" -->
own <!--# echo var="tcpfp_myclass" -->
unknown <!--# echo var="tcpfp_nonsense" default="nothing" -->
unknown field <!--# echo var="tcpfp_info_nonsense" default="nothing" -->
no name <!--# echo var="tcpfp_" default="nothing" -->
prefix of a name <!--# echo var="tcpfp_tt" default="nothing" -->
condition <!--# if expr="$tcpfp_ttl = 57" -->yes<!--# else -->no<!--# endif -->
--- client
    my $client = client($TEST_NGINX_SERVER_PORT, ttl => 57, mss => 1400);
    $client->send_get('/', Connection => 'close');
    like($client->rest, qr/\r\n\r\n.*?ttl 57
upper case 1400
word saved
info 1
live 1
watched \d+ \d+\.\d{6}
absent nothing
own mine
unknown nothing
unknown field nothing
no name nothing
prefix of a name nothing
condition yes
/s, 'each as the configuration would have it');
--- no_error_log
[error]

=== TEST 2: SSI that is on in an `if` alone
What happens on connections is watched where somebody may ask for it.
--- config
    location / {
        ssi_types text/plain;
        root html;
        if ($arg_ssi) { ssi on; }
    }
--- user_files
>>> page.txt
<!--# echo var="tcpfp_hello_delay" --> <!--# echo var="tcpfp_accept_time" -->
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    $client->send_get('/page.txt?ssi=1', Connection => 'close');
    like($client->rest, qr/^\d+ \d+\.\d{6}$/m, 'there');
--- no_error_log
[error]

=== TEST 3: SSI that is on in all of http
--- http_config
    ssi on;
    ssi_types text/plain;
--- config
    location / { root html; }
--- user_files
>>> page.txt
<!--# echo var="tcpfp_hello_delay" --> <!--# echo var="tcpfp_accept_time" -->
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    $client->send_get('/page.txt', Connection => 'close');
    like($client->rest, qr/^\d+ \d+\.\d{6}$/m, 'there');
--- no_error_log
[error]

=== TEST 4: SSI, beside the same names in the configuration
--- config
    add_header X-TTL $tcpfp_ttl;
    location / { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
--- user_files
>>> page.txt
<!--# echo var="tcpfp_ttl" --> <!--# echo var="tcpfp_ttl" --> <!--# echo var="tcpfp_json" encoding="none" -->
--- client
    my $client = client($TEST_NGINX_SERVER_PORT, ttl => 57);
    $client->send_get('/', Connection => 'close');
    my $answer = $client->rest;
    like($answer, qr/^X-TTL: 57\r$/m, 'the configuration');
    like($answer, qr/57 57 \{"syn_status":"saved",.*"ttl":57,.*\}/, 'SSI');
--- no_error_log
[error]

=== TEST 5: Lua
--- skip_eval: 2: !main::loads($main::lua)
--- main_config eval: $::lua
--- config
    location / {
        content_by_lua_block {
            local said = {}
            for _, name in ipairs{"tcpfp_ttl", "tcpfp_mss", "tcpfp_syn_status", "tcpfp_live_state",
                                  "tcpfp_hello_delay", "tcpfp_flow_label", "tcpfp_nonsense"} do
                said[#said + 1] = name .. "=" .. tostring(ngx.var[name])
            end
            said[#said + 1] = tostring(pcall(function() ngx.var.tcpfp_ttl = 1 end))
            said = table.concat(said, " ")
            ngx.header.content_length = #said
            ngx.print(said)
        }
    }
--- client
    like(page(), qr/^tcpfp_ttl=57\ tcpfp_mss=1400\ tcpfp_syn_status=saved\ tcpfp_live_state=1
        \ tcpfp_hello_delay=\d+\ tcpfp_flow_label=nil\ tcpfp_nonsense=nil\ false$/x, 'as the configuration would have it');
--- no_error_log
[error]

=== TEST 6: Perl
--- skip_eval: 2: !main::loads($main::perl)
--- main_config eval: $::perl
--- config
    location / {
        perl 'sub {
            my $r = shift;
            my $said = join " ", map { "$_=" . ($r->variable("tcpfp_$_") // "undef") }
                qw(ttl mss syn_status live_state hello_delay flow_label nonsense);
            $r->header_out("Content-Length", length $said);
            $r->send_http_header("text/plain");
            $r->print($said);
            return OK;
        }';
    }
--- client
    like(page(), qr/^ttl=57 mss=1400 syn_status=saved live_state=1 hello_delay=\d+ flow_label=undef nonsense=undef$/,
        'as the configuration would have it');
--- no_error_log
[error]
