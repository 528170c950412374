# make install: each file where its program looks for it, and what is installed works.

use strict;
use warnings;

use lib 't/lib';
use Build;
use File::Temp 'tempdir';
use Test::More;

# Two pages of the documentation for all, and a recipe.
my @COMMAND = map {"/usr/$_"} qw(
    bin/tcpfp
    share/bash-completion/completions/tcpfp
    share/doc/ngx-tcpfp/README.md
    share/doc/ngx-tcpfp/docs/operating.md
    share/doc/ngx-tcpfp/fleet/metrics/dashboard.json
    share/doc/ngx-tcpfp/fleet/schema.sql
    share/doc/ngx-tcpfp/nginx-conf/demo/index.html
    share/fish/vendor_completions.d/tcpfp.fish
    share/man/man1/tcpfp-check.1
    share/man/man1/tcpfp-classify.1
    share/man/man1/tcpfp-explain.1
    share/man/man1/tcpfp.1
    share/zsh/site-functions/_tcpfp
);

# What nginx itself makes of "modules/".
sub modules_path {
    my ($tree) = @_;
    my (undef, $says) = run($tree->{NGINX_BINARY}, '-V');
    my ($prefix) = $says =~ /--prefix=(\S+)/;
    return $says =~ /--modules-path=(\S+)/ ? $1 : ($prefix // '/usr/local/nginx') . '/modules';
}

for my $name (trees()) {
    my $root = tempdir(CLEANUP => 1);
    make('install', "NGINX=$name", "DESTDIR=$root", 'PREFIX=/usr');
    my $tree = tree($name);
    my @modules = map { modules_path($tree) . "/ngx_${_}_tcpfp_module.so" } qw(http stream);
    is_deeply [grep { !-s "$root$_" } @modules, @COMMAND], [], "$name: everything is there";
    is_deeply [answer($tree, map {"$root$_"} @modules)], ['http 64', 'stream 64'], "$name: the modules work";
    like +(run("$root/usr/bin/tcpfp", '--version'))[1], qr/^tcpfp \d+\.\d+\.\d+$/, "$name: the command works";
    my ($status, $page) = run('man', '--local-file', "$root/usr/share/man/man1/tcpfp-classify.1");
    SKIP: {
        skip 'no man', 1 if $status;
        like $page, qr/--user-agent <UA>/, "$name: the page has the options";
    }
    my $complete = '. "$0"; COMP_WORDS=(tcpfp cl) COMP_CWORD=1; _tcpfp tcpfp cl tcpfp; echo "${COMPREPLY[@]}"';
    is +(run('bash', '-c', $complete, "$root/usr/share/bash-completion/completions/tcpfp"))[1], "classify\n",
        "$name: bash completes";
}

done_testing;
