# The fingerprints, put together anew from the bytes of the SYN that each client sent.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Nginx;
use Tcpfp;
use Syn;

our $config = <<'_EOC_';
    listen [::1]:$TEST_NGINX_SERVER_PORT;
    location /muonfp { return 200 $tcpfp_muonfp; }
    location /ip_fp { return 200 $tcpfp_ip_fp; }
    location /syn { return 200 $tcpfp_syn; }
_EOC_

# What differs between them shows in one fingerprint or the other.
our @clients = (
    [], [mss => 1400], [mss => 88], [ttl => 32], [ttl => 33], [ttl => 64], [ttl => 65],
    [ttl => 128], [ttl => 129], [tos => 0xb8], [window => 5000], [receive_buffer => 4096],
    [receive_buffer => 1 << 20], [fragmentable => 1], [ip_options => "\x94\x04\0\0"],
    [host => '::1'], [host => '::1', hops => 200, class => 0x20, flow_label => 0x1234],
);

# The feature is off by default.
sub has_ja4t {
    return Nginx->new(Nginx->load_modules
            . 'events {} http { log_format f $tcpfp_ja4t; access_log off; }')->check;
}

sub ja4t {
    my ($is) = @_;
    return sprintf '%d_%s_%02d_%s', $is->{window}, join('-', split /,/, $is->{options}),
        $is->{mss}, $is->{wscale} || '00';
}

run_tests();

__DATA__

=== TEST 1: MuonFP and HAProxy's ip.fp
--- config eval: $::config
--- client
    my %seen;
    for my $options (@::clients) {
        my $client = client($TEST_NGINX_SERVER_PORT, @$options);
        my $is = variables_of_syn($client->get('/syn'));
        is($client->get('/muonfp'), $is->{muonfp}, "$is->{muonfp}");
        is($client->get('/ip_fp'), $is->{ip_fp}, "$is->{ip_fp}");
        $seen{$is->{ip_fp}} = 1;
    }
    cmp_ok(keys %seen, '>=', 13, 'the clients do differ');
--- no_error_log
[error]

=== TEST 2: JA4T
--- skip_eval: 2: !main::has_ja4t()
--- config
    location /ja4t { return 200 $tcpfp_ja4t; }
    location /syn { return 200 $tcpfp_syn; }
--- client
    for my $options ([], [mss => 1400], [mss => 88], [receive_buffer => 4096]) {
        my $client = client($TEST_NGINX_SERVER_PORT, @$options);
        my $ja4t = ja4t(variables_of_syn($client->get('/syn')));
        is($client->get('/ja4t'), $ja4t, "$ja4t");
    }
--- no_error_log
[error]
