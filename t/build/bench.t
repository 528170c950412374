# What make bench prints has the figures of docs/costs.md beside it.

use strict;
use warnings;

use File::Temp;
use Test::More;

my $docs = File::Temp->new;
print $docs <<'END';
## Single steps

| what | time |
|---|---|
| find | 9 ns |

## What `make bench` says

| benchmark | here |
|---|---|
| find/small | 32 ns |
| parse/IPv6 | 16 ns |
| parse/IPv6 with everything that there is | 24 ns |
| the calls | 1.15 |
END
$docs->flush;

my @cases = (
    ['find/small              time:   [31 ns 32 ns 33 ns]', '32 ns'],
    ['parse/IPv6 with everything that there is', undef],
    ['                        time:   [23 ns 24 ns 25 ns]', '24 ns'],
    ['parse/IPv6              time:   [15 ns 16 ns 17 ns]', '16 ns'],
    ['  the calls              1.12, wanted: at most 1.2', '1.15'],
    ['find                    time:   [31 ns 32 ns 33 ns]', undef],
    ['Found 5 outliers among 100 measurements (5.00%)', undef],
);
my $log = File::Temp->new;
print $log map { "$_->[0]\n" } @cases;
$log->flush;

my @lines = split /\n/, qx(awk -f build/beside.awk $docs $log);
is_deeply \@lines, [map { $_->[0] . (defined $_->[1] ? "   docs: $_->[1]" : '') } @cases], 'a figure beside each';

done_testing;
