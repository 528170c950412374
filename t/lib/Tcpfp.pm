package Tcpfp;

# Test::Nginx with a client of our own: where a block has a section `client`, that Perl is run
# against the started nginx in place of a request, with the tests that it makes.

use strict;
use warnings;

use Client;
use Exporter 'import';
use File::Temp 'tempdir';
use IO::Socket::IP;
use Test::More ();
use Test::Nginx::Socket ();
use Test::Nginx::Util;

our @EXPORT = qw(client certificate curl logged);

# What a test may put into a configuration as $TEST_NGINX_...
$ENV{TEST_NGINX_HTML_DIR} = html_dir();
# From 1.25.1 on, HTTP/2 is a directive and the parameter of `listen` is deprecated.
my $directive = ($ENV{TEST_NGINX_VERSION_NUM} // 0) >= 1_025_001;
$ENV{TEST_NGINX_LISTEN_HTTP2} = $directive ? '' : 'http2';
$ENV{TEST_NGINX_HTTP2_ON} = $directive ? 'http2 on;' : '';

IO::Socket::IP->new(LocalHost => '::1', Listen => 1)
    or Test::More::BAIL_OUT("the tests need IPv6 on the loopback interface: $!");

log_level('info');
no_long_string();
no_shuffle();
no_root_location();

my $test_by_request = $RunTestHelper;
$RunTestHelper = sub {
    my ($block, $dry_run, $repeated) = @_;
    return $test_by_request->(@_) if $dry_run || !defined $block->client;
    my $code = expand_env_in_text $block->client, $block->name, $Test::Nginx::Util::RandPorts;
    my $line = "# line 1 \"" . $block->name . ", client\"\n";
    Test::More::subtest $block->name => sub {
        eval "package main; use strict; use warnings;\n$line$code; 1" or Test::More::fail($@);
    };
    $CheckErrorLog->($block, undef, $dry_run, $repeated, 0);
    &Test::Nginx::Socket::check_access_log($block, $dry_run, $repeated);
};

# $TEST_NGINX_CERTIFICATE and _KEY, made when first asked for.
sub certificate {
    my $dir = tempdir(CLEANUP => 1);
    @ENV{qw(TEST_NGINX_CERTIFICATE TEST_NGINX_KEY)} = ("$dir/crt", "$dir/key");
    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            . " -subj /CN=localhost -keyout $dir/key -out $dir/crt 2>$dir/log") == 0
        or die "openssl: see $dir/log";
}

# What a pattern captures in access.log, once it has done so this many times: a line is written
# after its answer.
sub logged {
    my ($pattern, $count) = @_;
    my @captured;
    for (1 .. 50) {
        @captured = map { /$pattern/ } @{access_log_data()};
        last if @captured >= $count;
    }
    return @captured;
}

# What curl prints.
sub curl {
    my @arguments = @_;
    open my $curl, '-|', 'curl', '-sS', '--insecure', '--max-time', 10, @arguments
        or die "curl: $!";
    my $printed = do { local $/; <$curl> };
    close $curl or die "curl: status $?";
    return $printed;
}

1;
