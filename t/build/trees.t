# One nginx after another: each has its own modules, which are in place after its build, and refuses
# those of another.

use strict;
use warnings;

use lib 't/lib';
use Build;
use Digest::file 'digest_file_hex';
use File::Temp 'tempdir';
use Test::More;

my %tree = map { $_ => tree($_) } trees();

sub modules {
    my ($folder) = @_;
    return map { ROOT . "/$folder/ngx_${_}_tcpfp_module.so" } qw(http stream);
}

sub digests {
    return join ' ', map { digest_file_hex($_, 'SHA-1') } @_;
}

# What nginx compares beside the version: how it was configured, as far as it matters to a module.
sub signature {
    my ($file) = @_;
    open(my $handle, '<:raw', $file) or die "$file: $!";
    my $bytes = do { local $/; <$handle> };
    return $bytes =~ /(\d,\d,\d,[01]{30,})/ ? ($1, $bytes) : ('none', $bytes);
}

for my $name (sort(keys %tree), reverse sort keys %tree) {
    my $tree = $tree{$name};
    make('build', "NGINX=$name");
    is digests(modules('objs')), digests(modules("objs/$name")), "$name: its modules are in place";
    is_deeply [answer($tree, modules('objs'))], ['http 64', 'stream 64'], "$name: they work";
}

for my $name (sort keys %tree) {
    my ($module) = modules("objs/$name");
    my ($signature, $bytes) = signature($module);
    is $signature, (signature($tree{$name}{NGINX_BINARY}))[0], "$name: the signature is nginx's";

    my $altered = tempdir(CLEANUP => 1) . '/altered.so';
    my $other = $signature =~ s/([01])$/1 - $1/er;
    open(my $handle, '>:raw', $altered) or die "$altered: $!";
    print $handle $bytes =~ s/\Q$signature/$other/r;
    close $handle;
    my ($accepted, $output) = nginx_test($tree{$name}, $altered);
    ok !$accepted, "$name: refuses a module configured otherwise";
    like $output, qr/is not binary compatible/, "$name: and says so";

    for my $stranger (grep { $_ ne $name } keys %tree) {
        my ($accepted, $output) = nginx_test($tree{$name}, modules("objs/$stranger"));
        ok !$accepted, "$name: refuses the $stranger modules";
        like $output, qr/version \d+ instead of \d+/, "$name: and says so";
    }
}

make('build');
done_testing;
