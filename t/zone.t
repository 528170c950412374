# `tcpfp_zone` and who names a zone: what nginx -t says of it. t/live/test_zone_reload.py: what becomes
# of its records.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Checked 'try_to_start';
use Nginx;

# In http and in stream alike: the directive's argument, and what must be said of it.
my @ARGUMENTS = (
    ['hosts:1m'],
    ['hosts:32k'],
    ['hosts:1048576'],
    ['hosts:1m inactive=90s'],
    ['hosts:1m inactive=1d ipv6_prefix=48'],
    ['hosts:1m ipv6_prefix=1'],
    ['hosts:1m ipv6_prefix=128 inactive=1'],
    ['hosts', 'invalid zone "hosts", it must be name:size in '],
    ['', 'invalid number of arguments in "tcpfp_zone" directive'],
    ['""', 'invalid zone ""'],
    [':1m', 'invalid zone ":1m"'],
    ['inactive=2h', 'invalid zone "inactive=2h"'],
    ['hosts:', 'invalid zone size "hosts:"'],
    ['hosts:many', 'invalid zone size "hosts:many"'],
    ['hosts:-1m', 'invalid zone size "hosts:-1m"'],
    ['hosts:1t', 'invalid zone size "hosts:1t"'],
    ['hosts:1m:1m', 'invalid zone size "hosts:1m:1m"'],
    ['hosts:0', 'zone "hosts:0" is too small'],
    ['hosts:28k', 'zone "hosts:28k" is too small'],
    ['hosts:1m inactive=', 'invalid parameter "inactive="'],
    ['hosts:1m inactive=0', 'invalid parameter "inactive=0"'],
    ['hosts:1m inactive=soon', 'invalid parameter "inactive=soon"'],
    ['hosts:1m inactive=100ms', 'invalid parameter "inactive=100ms"'],
    ['hosts:1m inactive=-1h', 'invalid parameter "inactive=-1h"'],
    ['hosts:1m ipv6_prefix=', 'invalid parameter "ipv6_prefix="'],
    ['hosts:1m ipv6_prefix=0', 'invalid parameter "ipv6_prefix=0"'],
    ['hosts:1m ipv6_prefix=129', 'invalid parameter "ipv6_prefix=129"'],
    ['hosts:1m ipv6_prefix=/64', 'invalid parameter "ipv6_prefix=/64"'],
    ['hosts:1m ipv6_prefix=1e1', 'invalid parameter "ipv6_prefix=1e1"'],
    ['hosts:1m rate=1r/s', 'invalid parameter "rate=1r/s"'],
    ['hosts:1m 2h', 'invalid parameter "2h"'],
    ['hosts:1m inactive=1h ipv6_prefix=64 x', 'invalid number of arguments'],
);

# Whole configurations.
my @CONFIGURATIONS = (
    ['http { tcpfp_zone a:1m; tcpfp_zone a:1m; }', '"tcpfp_zone" directive is duplicate'],
    ['http { tcpfp_zone a:1m; tcpfp_zone b:1m; }',
        '"tcpfp_zone" directive is duplicate: there is one zone for http and one for stream'],
    ['stream { tcpfp_zone a:1m; tcpfp_zone a:1m; }',
        '"tcpfp_zone" directive is duplicate: there is one zone for http and one for stream'],
    ['http { server { tcpfp_zone a:1m; } }', '"tcpfp_zone" directive is not allowed here'],
    ['stream { server { tcpfp_zone a:1m; } }', '"tcpfp_zone" directive is not allowed here'],
    ['tcpfp_zone a:1m;', '"tcpfp_zone" directive is not allowed here'],
    # The same zone in both.
    ['http { tcpfp_zone a:1m; } stream { tcpfp_zone a:1m; }'],
    ['http { tcpfp_zone a:1m inactive=2h; } stream { tcpfp_zone a:1m ipv6_prefix=64; }'],
    ['http { tcpfp_zone a:1m inactive=1h; } stream { tcpfp_zone b:2m ipv6_prefix=48; }'],
    ['http { tcpfp_zone a:1m; } stream { tcpfp_zone a:2m; }',
        'the size 2097152 of shared memory zone "a" conflicts with already declared size 1048576'],
    ['http { tcpfp_zone a:1m inactive=1h; } stream { tcpfp_zone a:1m; }',
        'tcpfp_zone "a" was declared with inactive=3600s ipv6_prefix=64 before'],
    ['stream { tcpfp_zone a:1m ipv6_prefix=56; } http { tcpfp_zone a:1m; }',
        'tcpfp_zone "a" was declared with inactive=7200s ipv6_prefix=56 before'],
    # A name that another module has.
    ['http { limit_conn_zone $host zone=a:1m; tcpfp_zone a:1m; }',
        'the shared memory zone "a" is already declared for a different use'],
    ['http { tcpfp_zone a:1m; limit_conn_zone $host zone=a:1m; }',
        'the shared memory zone "a" is already declared for a different use'],
    ['stream { limit_conn_zone $remote_addr zone=a:1m; tcpfp_zone a:1m; }',
        'the shared memory zone "a" is already declared for a different use'],
    ['http { limit_conn_zone $host zone=a:1m; server { location / { tcpfp_dump a; } } }',
        'the shared memory zone "a" is already declared for a different use'],
    ['http { limit_conn_zone $host zone=a:1m; } stream { server { tcpfp_p0f_api a; } }',
        'the shared memory zone "a" is already declared for a different use'],
    # Whoever names a zone may do so before it is declared, and in the other of the two.
    ['http { server { location / { tcpfp_dump a; } } tcpfp_zone a:1m; }'],
    ['http { server { location / { tcpfp_dump a; } } } stream { tcpfp_zone a:1m; }'],
    ['stream { server { tcpfp_p0f_api a; } } http { tcpfp_zone a:1m; }'],
    (map { my $name = $_; (
        ["http { tcpfp_zone a:1m; server { location / { tcpfp_metrics; } location /a { tcpfp_dump $name; } } }",
            "invalid zone \"$name\""],
        ["http { tcpfp_zone a:1m; server { tcpfp_source_from ::1; tcpfp_source x; } } stream { server { tcpfp_p0f_api $name; } }",
            "invalid zone \"$name\""],
    ) } qw(a:syns tcpfp:metrics)),
    ['http { server { location / { tcpfp_dump a; } } }', 'zero size shared memory zone "a"'],
    ['http { tcpfp_zone b:1m; server { location / { tcpfp_dump a; } } }',
        'zero size shared memory zone "a"'],
    ['stream { server { tcpfp_p0f_api a; } }', 'zero size shared memory zone "a"'],
    ['http { tcpfp_zone a:1m; server { location / { tcpfp_dump a; tcpfp_dump a; } } }',
        '"tcpfp_dump" directive is duplicate'],
    ['stream { tcpfp_zone a:1m; server { tcpfp_p0f_api a; tcpfp_p0f_api a; } }',
        '"tcpfp_p0f_api" directive is duplicate'],
    ['http { tcpfp_zone a:1m; tcpfp_dump a; }', '"tcpfp_dump" directive is not allowed here'],
    ['http { tcpfp_zone a:1m; server { tcpfp_dump a; } }',
        '"tcpfp_dump" directive is not allowed here'],
    ['stream { tcpfp_zone a:1m; tcpfp_p0f_api a; }',
        '"tcpfp_p0f_api" directive is not allowed here'],
    # For how long a client of p0f's protocol may say nothing.
    (map ["stream { tcpfp_zone a:1m; server { tcpfp_p0f_api a timeout=$_; } }"],
        qw(1 30s 1500ms 2h 1m30s)),
    (map ["stream { tcpfp_zone a:1m; server { tcpfp_p0f_api a timeout=$_; } }",
        qq(invalid parameter "timeout=$_" in )], '', qw(0 0ms soon -1s 1x 99999999999999999999)),
    ['stream { tcpfp_zone a:1m; server { tcpfp_p0f_api a 30s; } }', 'invalid parameter "30s"'],
    ['stream { tcpfp_zone a:1m; server { tcpfp_p0f_api timeout=30s a; } }',
        'invalid parameter "a"'],
    ['stream { tcpfp_zone a:1m; server { tcpfp_p0f_api a timeout=1s timeout=1s; } }',
        'invalid number of arguments in "tcpfp_p0f_api" directive'],
    ['stream { tcpfp_zone a:1m; server { tcpfp_p0f_api; } }',
        'invalid number of arguments in "tcpfp_p0f_api" directive'],
    # Addresses.
    ['http { tcpfp_host 192.0.2.1; server { tcpfp_host 2001:db8::1; '
        . 'location / { tcpfp_host [2001:db8::1]; } } }'],
    ['http { tcpfp_host $arg_ip; server { tcpfp_host "$arg_a.$arg_b"; } }'],
    ['http { tcpfp_host 192.0.2.256; }', 'invalid address "192.0.2.256" in "tcpfp_host"'],
    ['http { tcpfp_host localhost; }', 'invalid address "localhost" in "tcpfp_host"'],
    ['http { tcpfp_host 192.0.2.0/24; }', 'invalid address "192.0.2.0/24" in "tcpfp_host"'],
    ['http { tcpfp_host 192.0.2.1:80; }', 'invalid address "192.0.2.1:80" in "tcpfp_host"'],
    ['http { tcpfp_host [192.0.2.1; }', 'invalid address "[192.0.2.1" in "tcpfp_host"'],
    ['http { tcpfp_host ""; }', 'invalid address "" in "tcpfp_host"'],
    ['http { tcpfp_host $arg_; tcpfp_host $arg_ip; }', '"tcpfp_host" directive is duplicate'],
    ['http { tcpfp_host $no_such; }', 'unknown "no_such" variable'],
    ['stream { tcpfp_host 192.0.2.1; }', '"tcpfp_host" directive is not allowed here'],
);

subtest 'arguments' => sub {
    for my $block ('http', 'stream') {
        try_to_start("$block { tcpfp_zone $_->[0]; }", $_->[1]) for @ARGUMENTS;
    }
};

subtest 'configurations' => sub {
    try_to_start(@$_) for @CONFIGURATIONS;
};

SKIP: {
    my @modules = split ' ', $ENV{TEST_NGINX_PANIC_MODULES} // '';
    skip 'TEST_NGINX_PANIC_MODULES names no modules of another layout', 1 if !@modules || grep { !-e } @modules;
    my ($others_stream) = grep {/stream_tcpfp/} @modules;
    my $load = Nginx->load_modules =~ s/load_module \S*stream_tcpfp\S*;/load_module $others_stream;/r;

    subtest 'two modules of different layouts' => sub {
        my $shared = "$load events {} http { tcpfp_zone a:1m; } stream { tcpfp_zone a:1m; }";
        my ($accepted, $said) = Nginx->new($shared)->check;
        ok(!$accepted, 'cannot share a zone');
        like($said, qr/tcpfp_zone "a" is kept by the other module in layout \d+, by this one in 65535: use two modules of one version/,
            'which is said');
        ok(scalar Nginx->new($shared =~ s/a:1m; \}$/b:1m; }/r)->check, 'but each may have its own');
    };
}

done_testing();
