# What nginx -t says of configurations.
package Checked;

use strict;
use warnings;

use Exporter 'import';
use File::Temp 'tempdir';
use Test::More;
use Nginx;

our @EXPORT_OK = qw(check try_to_start);

# Whether nginx accepts it, and all that it says. Servers listen where anybody may and nobody does.
sub check {
    my ($configuration) = @_;
    my $dir = tempdir(CLEANUP => 1);
    my $n = 0;
    $configuration =~ s/\bserver \{/"server { listen unix:$dir\/@{[$n++]};"/ge;
    my $events = $configuration =~ /\bevents\b/ ? '' : 'events {}';
    return Nginx->new(Nginx->load_modules . "$events\n$configuration\n")->check;
}

# A test that nginx accepts it, or refuses it for this reason.
sub try_to_start {
    my ($configuration, $refusal) = @_;
    my ($accepted, $said) = check($configuration);
    subtest $configuration => sub {
        if ($refusal) {
            ok(!$accepted, 'refused');
            like($said, qr/\[emerg\].*\Q$refusal\E/, 'with the reason');
        } else {
            ok($accepted, 'accepted');
            is($said =~ s/^\w+: .* (syntax is ok|test is successful)$//mgr, "\n\n",
                'without a word');
        }
    };
}

1;
