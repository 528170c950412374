# nginx's own build makes the modules; and ours makes them for a tree that it has configured.

use strict;
use warnings;

use lib 't/lib';
use Build;
use File::Basename 'basename';
use Test::More;

# One for all of them: most of what cargo makes is for any nginx.
$ENV{CARGO_TARGET_DIR} = ROOT . '/target/own';
# Debian's Rust comes without rustfmt, which bindgen then cannot run. build.rs is to meet that.
$ENV{RUSTFMT} = '/nowhere';
run(qw(cargo clean --package ngx-tcpfp));

# Without what was built there.
my $COPY = 'mkdir -p "$2" && cd "$1" && cp -Ru auto src $(ls configure 2>/dev/null) "$2"';
# nginx keeps it in auto/, its releases and Debian's headers at the top.
my $CONFIGURE = 'cd "$1" && exec bash $(ls configure auto/configure 2>/dev/null) --with-compat "${@:2}"';

sub configure {
    my ($tree, @arguments) = @_;
    return run('bash', '-c', $CONFIGURE, 'configure', $tree->{OWN}, @arguments);
}

for my $name (nginxes()) {
    my $tree = tree($name);
    my $own = $tree->{OWN} = ROOT . '/objs/own/' . basename($name);
    my ($status, $output) = run('bash', '-c', $COPY, 'copy', $tree->{NGINX_SOURCE_DIR}, $own);
    is $status, 0, "$name: a source tree" or diag $output;

    ($status, $output) = configure($tree, '--with-stream', '--add-dynamic-module=' . ROOT);
    is $status, 0, "$name: configure" or diag $output;
    ($status, $output) = run('make', '-j2', '-C', $own, '-f', 'objs/Makefile', 'modules');
    is $status, 0, "$name: make modules" or diag $output;
    my @modules = map { "$own/objs/ngx_${_}_tcpfp_module.so" } qw(http stream);
    is_deeply [answer($tree, @modules)], ['http 64', 'stream 64'], "$name: they work";
    # Of the standard library, and larger than the module.
    unlike +(run('readelf', '--wide', '--sections', $_))[1], qr/\.debug_info/, "$name: no debugging information"
        for @modules;

    my @before = map { (stat)[9] } @modules;
    run('make', '-C', $own, '-f', 'objs/Makefile', 'modules');
    is_deeply [map { (stat)[9] } @modules], \@before, "$name: no change, no new modules";

    ($status, $output) = configure($tree, '--builddir=other', '--add-dynamic-module=' . ROOT);
    is $status, 0, "$name: configure without stream" or diag $output;
    open(my $makefile, '<', "$own/other/Makefile") or die "Makefile: $!";
    my @targets = map { /^modules:\s+(\S*tcpfp\S*)/ ? $1 : () } <$makefile>;
    is "@targets", 'other/ngx_http_tcpfp_module.so', "$name: gives the http module alone";

    ($status, $output) = configure($tree, '--builddir=other', '--with-stream=dynamic', '--add-module=' . ROOT);
    is $status, 1, "$name: modules in nginx itself need a stream that is there, too";
    like $output, qr/^.*error: .*--add-dynamic-module=\S+\n\z/m, "$name: with a word on what to do";

    SKIP: {
        skip "$name: headers only", 3 if !-e "$own/src/core/nginx.c";
        ($status, $output) = configure($tree, '--builddir=static', '--with-stream', '--add-module=' . ROOT);
        is $status, 0, "$name: configure with our modules in nginx itself" or diag $output;
        ($status, $output) = run('make', '-j2', '-C', $own, '-f', 'static/Makefile', 'binary');
        is $status, 0, "$name: make" or diag $output;
        my ($binary) = grep {-x} map {"$own/static/$_"} qw(nginx angie);
        my $static = { %$tree, NGINX_BINARY => $binary, NGINX_STREAM_MODULE => '' };
        is_deeply [answer($static)], ['http 64', 'stream 64'], "$name: they work";
    }
}

my $tree = tree((trees())[0]);
make('modules', "NGINX_BUILD_DIR=$tree->{NGINX_BUILD_DIR}");
is_deeply [answer($tree, map { ROOT . "/objs/custom/ngx_${_}_tcpfp_module.so" } qw(http stream))],
    ['http 64', 'stream 64'], 'a tree that the user names';

for my $case (
    ['NGINX_SOURCE_DIR=/nowhere', qr{^error: NGINX_SOURCE_DIR: .* /nowhere}],
    ["NGINX_SOURCE_DIR=$tree->{NGINX_SOURCE_DIR} NGINX_BUILD_DIR=/", qr{^error: NGINX_BUILD_DIR: .* /:}],
    ['NGINX=newest', qr/^error: NGINX is system or vendored/],
) {
    my ($arguments, $error) = @$case;
    my ($status, $output) = run('make', '-s', 'modules', split / /, $arguments);
    is $status, 2, "$arguments fails";
    like $output, qr/$error.*\nmake: .*\n\z/, 'in one line';
}

done_testing;
