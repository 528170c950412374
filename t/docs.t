# nginx accepts every configuration that the documentation shows.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Checked qw(try_to_start);

sub blocks {
    my ($page) = @_;
    open my $in, '<', $page or die "$page: $!";
    local $/;
    return <$in> =~ /^```nginx\n(.*?)^```$/msg;
}

# What stands around it in a file, and without what is this machine's: the check has its own.
sub whole {
    my ($block) = @_;
    $block =~ s/^load_module .*\n|^ *listen .*\n//mg;
    return $block if $block =~ /^(http|stream) \{/m;
    return "http { server { $block } }" if $block =~ /^location /m;
    return "http { $block }";
}

for my $page ('README.md', <docs/*.md>, <docs/*/*.md>) {
    try_to_start(whole($_)) for blocks($page);
}

done_testing;
