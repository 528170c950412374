# The same sources give the same bytes in another folder, and these name neither folder.

use strict;
use warnings;

use lib 't/lib';
use Build;
use File::Temp 'tempdir';
use Test::More;

my $tree = (trees())[0];
make('build', "NGINX=$tree");

my $other = tempdir(CLEANUP => 1) . '/with/a/longer/name';
my ($status, $output)
    = run('bash', '-c', 'mkdir -p "$0" && tar -c --exclude=./objs --exclude=./target --exclude=./.git . | tar -xC "$0"', $other);
is $status, 0, 'a copy' or diag $output;
make('-C', $other, 'build', "NGINX=$tree");

for my $file ("objs/$tree/ngx_http_tcpfp_module.so", "objs/$tree/ngx_stream_tcpfp_module.so", "objs/$tree/tcpfp") {
    my ($here, $there) = map {
        open my $in, '<:raw', "$_/$file" or die "$_/$file: $!";
        local $/;
        <$in>;
    } ROOT, $other;
    cmp_ok length $here, '>', 100_000, "$file: is there";
    ok $here eq $there, "$file: the same bytes";
    is index($here, $_), -1, "$file: no $_" for ROOT, $ENV{CARGO_HOME} // "$ENV{HOME}/.cargo";
}

done_testing;
