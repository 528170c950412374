# `tcpfp_zone`: what nginx -t says of it, and what becomes of its records when nginx reads its
# configuration anew.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Checked 'try_to_start';
use Client;
use Example 'free_port';
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
    ['stream { tcpfp_zone a:1m; tcpfp_zone a:1m; }', '"tcpfp_zone" directive is duplicate'],
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

# A server of http that tells how many connections it knows of its client, and one of stream.
my ($http, $stream) = (free_port(), free_port());

sub configuration {
    my ($zone, $load) = @_;
    return ($load // Nginx->load_modules) . "pid nginx.pid; error_log logs/error.log notice;\n"
        . "events {}\nhttp { access_log off; $zone\n"
        . "  server { listen 127.0.0.1:$http; listen [::1]:$http;\n"
        . "    location / { return 200 '\$tcpfp_host_conn_count \$pid'; }\n"
        . "    location /of { tcpfp_host \$arg_ip; return 200 '\$tcpfp_host_conn_count'; }\n"
        . "    location /json { return 200 \$tcpfp_host_json; }\n"
        . "    location /all { tcpfp_dump hosts; } } }\n"
        . "stream { $zone server { listen 127.0.0.1:$stream; return '\$tcpfp_host_conn_count'; } }\n";
}

sub known { (split / /, client($http, from => shift // '127.0.0.1')->get('/'))[0] }

subtest 'one zone for http and stream' => sub {
    my $nginx = Nginx->new(configuration('tcpfp_zone hosts:1m;'))->start;
    is(known(), 1, 'http');
    is(client($stream)->rest, 2, 'stream knows of it');
    is(known(), 3, 'and http of stream');
    is(known('127.0.0.2'), 1, 'another address is another client');
    is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');
};

subtest 'zones of their own' => sub {
    my $nginx = Nginx->new(configuration('tcpfp_zone hosts:1m;')
        =~ s/stream \{ tcpfp_zone hosts/stream { tcpfp_zone sessions/r)->start;
    is(known(), 1, 'http');
    is(client($stream)->rest, 1, 'stream knows nothing of it');
    is(known(), 2, 'nor http of stream');
};

subtest 'reload' => sub {
    my $nginx = Nginx->new(configuration('tcpfp_zone hosts:1m inactive=1h;'))->start;
    my $worker = (split / /, client($http)->get('/'))[1];
    is(known(), 2, 'before');
    ok($nginx->reload(configuration('tcpfp_zone hosts:1m inactive=1h;')), 'the same again');
    my ($count, $pid) = split / /, client($http)->get('/');
    is($count, 3, 'the records are there');
    isnt($pid, $worker, 'in another worker');
    ok($nginx->reload(configuration('tcpfp_zone hosts:1m inactive=30m;')),
        'another time of inactivity');
    is(known(), 4, 'the records are there');

    my ($accepted, $said) = $nginx->reload(configuration('tcpfp_zone hosts:1m ipv6_prefix=48;'));
    ok(!$accepted, 'other prefixes are refused');
    like($said, qr/tcpfp_zone "hosts" uses ipv6_prefix=48 while previously it used ipv6_prefix=64/,
        'with the reason');
    is(known(), 5, 'and the old configuration goes on');
    ok($nginx->reload(configuration('tcpfp_zone hosts:1m;')), 'also after it');
    is(known(), 6, 'with its records');

    ok($nginx->reload(configuration('tcpfp_zone hosts:2m ipv6_prefix=48;')), 'another size');
    is(known(), 1, 'is another zone, which is empty');
    ok($nginx->reload(configuration('tcpfp_zone others:2m;') =~ s/tcpfp_dump hosts/tcpfp_dump others/r),
        'another name');
    is(known(), 1, 'is another zone');
    ok($nginx->reload(configuration('') =~ s/tcpfp_dump hosts/return 204/r), 'no zone');
    is(known(), '', 'nothing is known');
    ok($nginx->reload(configuration('tcpfp_zone hosts:1m;')), 'and one again');
    is(known(), 1, 'which is empty');
};

subtest 'a client is forgotten' => sub {
    my $nginx = Nginx->new(configuration('tcpfp_zone hosts:1m inactive=1s;'))->start;
    is(known(), 1, 'its first connection');
    my $other = client($http, from => '127.0.0.2');
    sleep 3;
    is($other->get('/of?ip=127.0.0.1'), '', 'an unknown address now');
    is($other->get('/'), "1 @{[(split / /, $other->get('/'))[1]]}",
        'a connection of another that is open knows what it knew');
    is(known(), 1, 'its first connection again');
};

subtest 'IPv6' => sub {
    my %known = ('::2' => 1, '::ffff:ffff:ffff:ffff' => 1, '0:0:0:1::1' => '');
    for (['', %known], ['ipv6_prefix=48', %known, '0:0:0:1::1' => 1, '0:0:1::1' => ''],
            ['ipv6_prefix=128', map { $_ => '' } keys %known]) {
        my ($prefix, %is) = @$_;
        my $nginx = Nginx->new(configuration("tcpfp_zone hosts:1m $prefix;"))->start;
        my $client = client($http, host => '::1');
        is((split / /, $client->get('/'))[0], 1, "$prefix: a connection from ::1");
        my $address = $prefix =~ /128/ ? '::1' : '::';
        like($client->get('/json'), qr/^\{"address":"$address",/, "is counted for $address");
        is($client->get("/of?ip=$_"), $is{$_}, "which is also that of $_: '$is{$_}'")
            for sort keys %is;
        is($client->get('/of?ip=::1'), 1, 'and of ::1');
    }
};

SKIP: {
    my @modules = split ' ', $ENV{TEST_NGINX_PANIC_MODULES} // '';
    skip 'TEST_NGINX_PANIC_MODULES names no modules of another layout', 1 if !grep {-e} @modules;
    my ($others_stream) = grep {/stream_tcpfp/} @modules;
    my $load = Nginx->load_modules =~ s/load_module \S*stream_tcpfp\S*;/load_module $others_stream;/r;

    subtest 'two modules of different layouts' => sub {
        my ($accepted, $said)
            = Nginx->new(configuration('tcpfp_zone hosts:1m;', $load))->check;
        ok(!$accepted, 'cannot share a zone');
        like($said, qr/tcpfp_zone "hosts" is kept by the other module in layout 1, by this one in 65535: use two modules of one version/,
            'which is said');
        my $apart = configuration('tcpfp_zone hosts:1m;', $load)
            =~ s/stream \{ tcpfp_zone hosts/stream { tcpfp_zone sessions/r;
        ok(scalar Nginx->new($apart)->check, 'but each may have its own');
    };

    # The two load one after the other: a process that has a module open goes on with that one
    # when it is told to load another of its name.
    subtest 'a reload with a module of another layout' => sub {
        my $nginx = Nginx->new(configuration('tcpfp_zone hosts:1m;')
            =~ s/load_module \S*stream_tcpfp\S*;//r =~ s/^stream .*//mr)->start;
        is(known(), 1, 'before');
        my ($accepted, $said) = $nginx->reload(configuration('tcpfp_zone hosts:1m;', $load)
            =~ s/http \{\K(.*?)tcpfp_zone hosts:1m;/$1/sr);
        ok(!$accepted, 'refused');
        like($said, qr/tcpfp_zone "hosts" is kept in layout 1, this module has layout 65535: restart nginx/,
            'with the reason');
        is(known(), 2, 'the old one goes on');
    };
}

done_testing();
