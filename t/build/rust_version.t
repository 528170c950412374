# The crates of each Cargo.lock build with the Rust that Cargo.toml says is enough.

use strict;
use warnings;

use JSON::PP 'decode_json';
use Test::More;

# A version as one number: 1.85 is 1.085.
sub number {
    my ($major, $minor) = split /\./, shift;
    return $major + $minor / 1000;
}

sub slurp {
    open my $file, '<', shift or die $!;
    local $/;
    return <$file>;
}

for my $manifest ('Cargo.toml', 'fuzz/Cargo.toml') {
    my $metadata = decode_json(
        `cargo metadata --format-version 1 --locked --all-features --manifest-path $manifest 2>/dev/null`);
    my %packages = map { $_->{name} => $_ } @{$metadata->{packages}};
    my $ours = $packages{'ngx-tcpfp'}{rust_version};
    cmp_ok(scalar keys %packages, '>', 30, "$manifest: crates");
    my @newer = grep { number($_->{rust_version} // "0.0") > number($ours) } @{$metadata->{packages}};
    is("@{[map {qq($_->{name} $_->{version} wants $_->{rust_version}\n)} @newer]}", '',
        "$manifest: none wants more than Rust $ours");
}

# What an older compiler refuses and clippy does not know of.
my %newer = (
    'format_args! outlives its statement since 1.89' => qr/let\s+\w+\s*=\s*format_args!/,
    'if let ... && since 1.88' => qr/\b(?:if|while)\s+let\b[^{;]*\s&&\s*let\b/,
);
for my $what (sort keys %newer) {
    my @files = grep { slurp($_) =~ $newer{$what} } split /\n/, `git ls-files '*.rs'`;
    is("@files", '', $what);
}

done_testing();
