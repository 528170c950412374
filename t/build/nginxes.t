# Each nginx that NGINX_TREES names, or this machine has: the modules build for it, it loads them, and
# the tests of t that touch nginx most pass.

use strict;
use warnings;

use lib 't/lib';
use Build;
use Test::More;

# Connections, requests, sessions, variables, what is logged, bits that are read and written, memory
# that is shared.
my @SMOKE = map {"t/$_.t"} qw(contexts stream_contexts requests runtime_names directive
    stream_directive dump host zone);
my @LIVE = map {"t.live.test_$_"} qw(source proxy_protocol http3);

for my $name (nginxes()) {
    my $tree = tree($name);
    my @tree = $name =~ m{/} ? ('NGINX_SOURCE_DIR=' . $tree->{NGINX_SOURCE_DIR}) : ("NGINX=$name");
    my $folder = $name =~ m{/} ? 'custom' : $name;

    my ($status, $output) = run('build/cargo.sh', $folder, qw(test --no-default-features),
        '--features=http,stream', '--test=bits');
    like $output, qr/^test result: ok\. 2 passed/m, "$name: its bits are where we expect them" or diag $output;

    # Another module that looks variables up by their names belongs into src/nginx/watched.rs.
    ($status, $output) = run(qw(grep -rlE --include=*_module.c --include=*.xs),
        'ngx_(http|stream)_get_variable\(', "$tree->{NGINX_SOURCE_DIR}/src");
    is_deeply [grep { !/ngx_http_ssi_filter_module\.c$|perl/ } split /\n/, $output], [],
        "$name: who looks names up is known";

    make('modules', @tree);
    is_deeply [answer($tree, map { ROOT . "/objs/$folder/ngx_${_}_tcpfp_module.so" } qw(http stream))],
        ['http 64', 'stream 64'], "$name: they work";

    # make test has all of t for the machine's own.
    next if $folder ne 'custom';
    my $environment = make('-s', 'env', @tree);
    ($status, $output) = run('bash', '-c', "$environment\nprove @SMOKE && exec python3 -m unittest @LIVE");
    is $status, 0, "$name: the tests of t" or diag $output;
    diag "$name: ", join ', ', $output =~ /^(Files=.*Tests=\d+|Ran \d+ tests|OK.*)/mg;
}

done_testing;
