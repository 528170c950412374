# What the machine lacks is told in one line that names the package. In a mount namespace, where a
# folder is hidden by an empty one and a file by one that can neither be run nor compiled.

use strict;
use warnings;

use lib 't/lib';
use Build;
use Cwd 'abs_path';
use File::Temp 'tempdir';
use Test::More;

plan skip_all => 'needs root and mount namespaces' if (run(qw(unshare -m true)))[0] != 0;

my $useless = File::Temp->new;
print $useless "#error hidden\n";
close $useless;

# without([@paths], @command): runs it where these are not.
sub without {
    my ($paths, @command) = @_;
    my $hide = join '', map {
        -d $_ ? "mount -t tmpfs none $_;\n" : "mount --bind $useless $_;\n"
    } @$paths;
    return run('unshare', '-m', 'bash', '-c', "set -e; $hide exec \"\$@\"", 'without', @command);
}

# Where the shell finds commands, links followed.
sub command {
    my ($name) = @_;
    chomp(my $found = qx(PATH=\$PATH:/usr/sbin:/sbin command -v $name));
    return $found ? abs_path($found) : ();
}

my $objs = ROOT . '/objs';
my $headers = '/usr/share/nginx/src';
my @clang = map { glob } '/usr/lib*/clang/*', '/usr/lib/llvm*/lib/clang/*';

for my $case (
    ['cargo', [command('cargo')], 'system', qr/^error: cargo\b.* missing: install (?:Rust [\d.]+ or later|cargo\S*)/],
    ['a compiler', [command('cc')], 'system', qr/^error: a C compiler.* missing: install gcc /],
    ['libclang', [@clang], 'system', qr/^error: libclang missing: install libclang-dev /],
    ['OpenSSL', ['/usr/include/openssl'], 'vendored', qr/^error: OpenSSL.* install libssl-dev /],
    ['PCRE2', ['/usr/include/pcre2.h'], 'vendored', qr/^error: PCRE2.* install libpcre2-dev /],
    ['zlib', ['/usr/include/zlib.h'], 'vendored', qr/^error: zlib.* install zlib1g-dev /],
    ['nginx', [command('nginx')], 'system', qr/^error: nginx\b.* install nginx /],
    ['headers', [$headers], 'system', qr/^error: nginx's headers missing: install nginx-dev /],
) {
    my ($name, $paths, $tree, $error) = @$case;
    SKIP: {
        skip "$name is not here or not where Debian has it", 2 if grep({ !-e } @$paths) || !@$paths;
        my ($status, $output) = without([$objs, @$paths], 'make', '-s', "NGINX=$tree", 'build');
        is $status, 2, "make build fails without $name";
        like $output, qr/$error.*\nmake: .*\n\z/, 'and says what to install';
    }
}

# With and without what manages Rust elsewhere; a rustc of Debian 12.
my $old = tempdir(CLEANUP => 1);
for my $name (qw(cargo rustc)) {
    open my $out, '>', "$old/$name" or die "$name: $!";
    print $out "#!/bin/sh\necho $name 1.63.0\n";
    close $out;
    chmod 0755, "$old/$name";
}
for my $path ($ENV{PATH}, '/usr/sbin:/usr/bin:/sbin:/bin') {
    for my $target (qw(build deps)) {
        my ($status, $output) = run('env', "PATH=$old:$path", 'make', '-s', $target);
        is $status, 2, "make $target fails with an old Rust";
        like $output, qr/^error: Rust 1\.63\.0 is older than [\d.]+: (run|install) .+\nmake: .*\n\z/,
            'and says at once what brings a newer one';
    }
}

my @apt = command('apt-get');
SKIP: {
    skip 'no apt', 4 if !@apt;
    my ($status, $output) = without([@apt, '/usr/include/zlib.h'], qw(make -s deps));
    is $status, 2, 'make deps fails without apt';
    like $output, qr/^error: zlib's headers missing, and no apt: .* zlib1g-dev\nmake: .*\n\z/,
        'and says what to install';
    for my $lost (grep { -e } $headers, command('nginx')) {
        is ((without([@apt, $lost], 'build/nginx.sh', 'choose'))[1], "vendored\n",
            "without $lost and apt the vendored nginx is chosen");
    }
}

done_testing;
