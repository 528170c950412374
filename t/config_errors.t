# What nginx -t says of configurations: a table of what is refused, why and where, and of what is
# not.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Checked qw(check try_to_start);
use Nginx;

# An old nginx keeps no TLVs. It would only say that it knows no such variable.
my $NO_TLVS = !Nginx->keeps_tlvs && 'this nginx keeps no TLVs of the PROXY protocol, as nginx does since 1.23.2: '
    . 'let the proxy send a header';

# The configuration in one line, and what must be said of it; nothing is said where it is accepted.
my @TABLE = (
    # The directive's argument.
    ['http { tcpfp on; }'],
    ['http { tcpfp syn; server { tcpfp info; } server { tcpfp off; } }'],
    ['stream { tcpfp on; server { tcpfp off; return x; } }'],
    ['http { tcpfp yes; }', 'invalid value "yes" in "tcpfp" directive, '
        . 'it must be "on", "syn", "info" or "off" in '],
    ['stream { tcpfp yes; }', 'invalid value "yes" in "tcpfp" directive'],
    ['http { tcpfp ON; }', 'invalid value "ON" in "tcpfp" directive'],
    ['http { tcpfp ""; }', 'invalid value "" in "tcpfp" directive'],
    ['http { tcpfp onn; }', 'invalid value "onn" in "tcpfp" directive'],
    ['http { tcpfp $host; }', 'invalid value "$host" in "tcpfp" directive'],
    ['http { tcpfp; }', 'invalid number of arguments in "tcpfp" directive'],
    ['http { tcpfp syn info; }', 'invalid parameter "info"'],
    ['http { tcpfp on ethernet; server { tcpfp syn ethernet; } } stream { tcpfp on ethernet; }'],
    ['http { tcpfp on Ethernet; }', 'invalid parameter "Ethernet"'],
    ['http { tcpfp ethernet; }', 'invalid value "ethernet" in "tcpfp" directive'],
    ['stream { tcpfp info ethernet; }', '"tcpfp info" saves no SYN that "ethernet" could be of'],
    ['http { tcpfp off ethernet; }', '"tcpfp off" saves no SYN that "ethernet" could be of'],
    ['http { tcpfp on ethernet on; }', 'invalid number of arguments in "tcpfp" directive'],
    ['http { tcpfp { } }', 'directive "tcpfp" is not terminated by ";"'],
    ['http { server { location / { tcpfp_metrics; } location /b { tcpfp_metrics; } } }'],
    ['stream { tcpfp on; server { return x; } } http { server { location / { tcpfp_metrics; } } }'],
    ['http { server { location / { tcpfp_metrics on; } } }', 'invalid number of arguments in "tcpfp_metrics" directive'],
    ['http { server { location / { tcpfp_metrics; tcpfp_metrics; } } }', '"tcpfp_metrics" directive is duplicate'],
    (map ["$_", '"tcpfp_metrics" directive is not allowed here'], 'http { tcpfp_metrics; }',
        'http { server { tcpfp_metrics; } }', 'stream { tcpfp_metrics; }',
        'http { server { location / { if ($host) { tcpfp_metrics; } } } }'),
    # Twice.
    ['http { tcpfp on; tcpfp on; }', '"tcpfp" directive is duplicate'],
    ['http { server { tcpfp on; tcpfp off; } }', '"tcpfp" directive is duplicate'],
    ['stream { tcpfp on; tcpfp on; }', '"tcpfp" directive is duplicate'],
    # Where it does not belong.
    ['tcpfp on;', '"tcpfp" directive is not allowed here'],
    ['events { tcpfp on; }', '"tcpfp" directive is not allowed here'],
    ['http { server { location / { tcpfp on; } } }', '"tcpfp" directive is not allowed here'],
    ['http { server { if ($host) { tcpfp on; } } }', '"tcpfp" directive is not allowed here'],
    ['http { upstream u { tcpfp on; server 127.0.0.1; } }', '"tcpfp" directive is not allowed here'],
    ['stream { upstream u { tcpfp on; server 127.0.0.1:1; } }',
        '"tcpfp" directive is not allowed here'],
    # Names.
    ['http { log_format f "$tcpfp_nonsense"; }', 'unknown "tcpfp_nonsense" variable'],
    ['http { log_format f "$tcpfp_info_nonsense"; }', 'unknown "tcpfp_info_nonsense" variable'],
    ['http { log_format f "$tcpfp_live_nonsense"; }', 'unknown "tcpfp_live_nonsense" variable'],
    ['http { log_format f "$tcpfp_"; }', 'unknown "tcpfp_" variable'],
    ['http { log_format f "$tcpfp_ttl2"; }', 'unknown "tcpfp_ttl2" variable'],
    ['http { log_format f "$tcpfp_live_ttl"; }', 'unknown "tcpfp_live_ttl" variable'],
    ['http { log_format f "$tcpfp"; }', 'unknown "tcpfp" variable'],
    ['http { server { return 200 $tcpfp_nonsense; } }', 'unknown "tcpfp_nonsense" variable'],
    ['http { server { if ($tcpfp_nonsense) { return 204; } } }',
        'unknown "tcpfp_nonsense" variable'],
    ['http { map $tcpfp_nonsense $x { default 1; } }', 'unknown "tcpfp_nonsense" variable'],
    ['http { map $host $x { default $tcpfp_nonsense; } }', 'unknown "tcpfp_nonsense" variable'],
    ['stream { log_format f "$tcpfp_nonsense"; }', 'unknown "tcpfp_nonsense" variable'],
    ['stream { server { return $tcpfp_info_nonsense; } }',
        'unknown "tcpfp_info_nonsense" variable'],
    # Claims are of requests.
    ['http { log_format f "$tcpfp_ua_family $tcpfp_os_mismatch"; }'],
    ['stream { log_format f "$tcpfp_ua_family"; }', 'unknown "tcpfp_ua_family" variable'],
    ['stream { log_format f "$tcpfp_os_mismatch"; }', 'unknown "tcpfp_os_mismatch" variable'],
    # nginx takes upper and lower case for the same.
    ['http { log_format f "$TCPFP_TTL ${tcpfp_info_RTT}"; }'],
    # What a proxy hands on.
    ['http { tcpfp_source $http_x; tcpfp_source_rtt "$http_y"; '
        . 'tcpfp_source_from 192.0.2.1 10.0.0.0/8 ::1 [::1]/64 unix:; server { tcpfp_source ""; } }'],
    ['stream { tcpfp_source $hostname; tcpfp_source_from unix:; '
        . 'server { tcpfp_source_rtt 1; tcpfp_proxy_protocol off; return x; } }'],
    ['http { tcpfp_source; }', 'invalid number of arguments in "tcpfp_source" directive'],
    ['http { tcpfp_source $http_x $http_y; }', 'invalid number of arguments in "tcpfp_source"'],
    ['http { tcpfp_source $nonsense; }', 'unknown "nonsense" variable'],
    ['http { tcpfp_source_rtt $nonsense; }', 'unknown "nonsense" variable'],
    ['http { tcpfp_source $http_x; tcpfp_source $http_y; }', '"tcpfp_source" directive is duplicate'],
    ['http { tcpfp_source_from; }', 'invalid number of arguments in "tcpfp_source_from" directive'],
    (map { ["http { tcpfp_source_from ::1 $_; }", "invalid address \"$_\" in \"tcpfp_source_from\""] }
        qw(localhost 10.0.0.0/33 unix:/run/socket all 192.0.2.1:80 $remote_addr)),
    ['http { server { location / { tcpfp_source $http_x; } } }',
        '"tcpfp_source" directive is not allowed here'],
    ['http { tcpfp_proxy_limits 12ms 25ms; server { tcpfp_proxy_limits 1s 1s; } }'],
    ['stream { tcpfp_proxy_limits 5ms 1s500ms; server { tcpfp_proxy_limits 1ms 2m; return x; } }'],
    ['http { tcpfp_proxy_limits 12ms; }', 'invalid number of arguments in "tcpfp_proxy_limits"'],
    ['http { tcpfp_proxy_limits 12us 25ms; }', 'invalid time "12us" in "tcpfp_proxy_limits"'],
    ['http { tcpfp_proxy_limits 12ms 0; }', 'invalid time "0" in "tcpfp_proxy_limits"'],
    ['stream { tcpfp_proxy_limits -1 25ms; }', 'invalid time "-1" in "tcpfp_proxy_limits"'],
    ['http { tcpfp_proxy_limits 25ms 12ms; }',
        'the first limit of "tcpfp_proxy_limits" is more than the second'],
    ['http { tcpfp_proxy_limits 1ms 2ms; tcpfp_proxy_limits 1ms 2ms; }',
        '"tcpfp_proxy_limits" directive is duplicate'],
    ['http { server { location / { tcpfp_proxy_limits 1ms 2ms; } } }',
        '"tcpfp_proxy_limits" directive is not allowed here'],
    ['http { tcpfp_proxy_protocol on; }', '"tcpfp_proxy_protocol" directive is not allowed here'],
    ['stream { tcpfp_proxy_protocol yes; }', 'invalid value "yes" in "tcpfp_proxy_protocol" directive'],
    (map { ["$_ { tcpfp_source \$proxy_protocol_tlv_0xE5; tcpfp_source_from ::1; }", $NO_TLVS] }
        qw(http stream)),
    # A user's own names may begin like ours, but not be ours.
    ['http { map $tcpfp_ttl $tcpfp_myclass { default 1; } log_format f "$tcpfp_myclass"; }'],
    ['http { log_format f "$tcpfp_myclass"; map $tcpfp_ttl $tcpfp_myclass { default 1; } }'],
    ['http { server { set $tcpfp_mine 1; return 200 $tcpfp_mine; } }'],
    ['http { split_clients $tcpfp_ip_fp $tcpfp_bucket { * a; } log_format f "$tcpfp_bucket"; }'],
    ['stream { map $tcpfp_ttl $tcpfp_myclass { default 1; } log_format f "$tcpfp_myclass"; }'],
    ['http { server { set $tcpfp_ttl 1; } }', 'the duplicate "tcpfp_ttl" variable'],
    ['http { map $host $tcpfp_ttl { default 1; } }', 'the duplicate "tcpfp_ttl" variable'],
    ['http { split_clients $host $tcpfp_info_rtt { * a; } }',
        'the duplicate "tcpfp_info_rtt" variable'],
    ['http { server { set $tcpfp_json 1; } }', 'the duplicate "tcpfp_json" variable'],
    ['stream { map $remote_addr $tcpfp_ttl { default 1; } }',
        'the duplicate "tcpfp_ttl" variable'],
    ['stream { server { set $tcpfp_ttl 1; return x; } }',
        'the duplicate "tcpfp_ttl" variable'],
);

try_to_start(@$_) for @TABLE;

# What a directive refuses is refused at its line.
my $loaded = () = Nginx->load_modules =~ /\n/g;
like((check("http {\n\n    tcpfp no;\n}"))[1], qr{/conf/nginx\.conf:@{[$loaded + 4]}\n},
    'the file and the line are named');

done_testing();
