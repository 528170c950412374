# What a release says of itself agrees, and the crate is whole: it builds without what is beside it.

use strict;
use warnings;

use lib 't/lib';
use Build;
use Test::More;

sub contents {
    my ($name) = @_;
    open my $in, '<', $name or die "$name: $!";
    local $/;
    return scalar <$in>;
}

my ($version) = contents('Cargo.toml') =~ /^version = "(.*)"/m;
my ($released, $day) = contents('CHANGELOG.md') =~ /^## (\d\S*) - (\d{4}-\d\d-\d\d)$/m;
my ($packaged) = contents('debian/changelog') =~ /\A\S+ \((\S+)-\d+\)/;
is $released, $version, 'CHANGELOG.md';
is $packaged, $version, 'debian/changelog';
ok $day, 'with a day';

$ENV{CARGO_TARGET_DIR} = ROOT . '/target/package';
# The files in a crate are all of one age: cargo does not see that they have changed.
run(qw(cargo clean --package ngx-tcpfp));
my ($status, $output) = run(qw(cargo package --quiet --locked --allow-dirty));
is $status, 0, 'the command builds from the crate' or diag $output;
my $crate = "$ENV{CARGO_TARGET_DIR}/package/ngx-tcpfp-$version";
is_deeply [grep { !-s "$crate/$_" } qw(README.md LICENSE CHANGELOG.md src/database/builtin.fp docs/operating.md)],
    [], 'what belongs to it is in it';
ok !-e "$crate/$_", "$_ is not" for qw(debian .ci fuzz);

# No nginx and no headers of it.
($status, $output) = run('env', 'NGINX_SOURCE_DIR=/nowhere', 'NGINX_BUILD_DIR=/nowhere',
    qw(cargo test --quiet --locked --no-default-features --lib --manifest-path), "$crate/Cargo.toml");
is $status, 0, 'so does the library, and passes its tests' or diag $output;

done_testing;
