# nginx-conf/cgi.conf and the parameters that it includes: as a CGI script behind fcgiwrap has them
# in its environment, and as they are sent to servers of uwsgi and SCGI.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP 'decode_json';
use Test::More;
use Time::HiRes 'sleep';
use Backend;
use Client;
use Example;

my $is_here = grep { -x "$_/fcgiwrap" } split /:/, $ENV{PATH};
plan skip_all => 'no fcgiwrap' if !$is_here && !$ENV{SKIP_NOTHING};

my %path = map { $_ => socket_path() } qw(fastcgi uwsgi scgi);
my $port = free_port();
my $nginx = example('cgi.conf', 8087 => $port, '/run/fcgiwrap.socket' => $path{fastcgi},
    '127.0.0.1:9001' => "unix:$path{uwsgi}", '127.0.0.1:9002' => "unix:$path{scgi}");

# Each returns the environment of a request by this client, with these headers.
my %environment = (fastcgi => \&of_a_script, uwsgi => \&of_uwsgi, scgi => \&of_scgi);

# The header's size is given, then each name and value with its own.
sub of_uwsgi {
    my ($client, %headers) = @_;
    my $backend = backend($path{uwsgi});
    $client->send_get('/uwsgi/', %headers);
    my $request = $backend->request(
        sub { length $_[0] >= 4 && length $_[0] >= 4 + unpack 'xv', $_[0] });
    $backend->answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    is($client->body, 'ok', 'the client is answered');
    return {unpack '(v/a)*', substr $request, 4};
}

# A netstring of names and values, each ended by a NUL.
sub of_scgi {
    my ($client, %headers) = @_;
    my $backend = backend($path{scgi});
    $client->send_get('/scgi/', %headers);
    my $request = $backend->request(
        sub { $_[0] =~ /^(\d+):/ && length $_[0] > $1 + length $& });
    $backend->answer("Status: 200 OK\r\nContent-Length: 2\r\n\r\nok");
    is($client->body, 'ok', 'the client is answered');
    my ($pairs) = $request =~ /^\d+:(.*)\0,/s or die 'no netstring';
    return {split /\0/, $pairs, -1};
}

sub of_a_script {
    my ($client, %headers) = @_;
    $client->write("GET /cgi-bin/environment HTTP/1.0\r\n",
        (map "$_: $headers{$_}\r\n", keys %headers), "\r\n");
    my ($head, $body) = split /\r\n\r\n/, $client->rest, 2;
    like($head, qr{^HTTP/1\.1 200 }, 'the script runs');
    return decode_json($body);
}

# What every one of them must have, whatever brought it.
sub check {
    my ($environment, $client) = @_;
    my %is = map { /^TCPFP_(\w+)/ ? (lc $1 => $environment->{$_}) : () } keys %$environment;
    is("$is{src_addr} $is{src_port}", join(' ', $client->here), 'of this client');

    my $json = decode_json(delete $is{json});
    # Only a build with the feature has it, and the files are for every build.
    delete $json->{ja4t};
    like(delete $is{min_rtt}, qr/^\d+$/, 'TCPFP_MIN_RTT');
    like(my $info = delete $is{tcp_info}, qr/^([0-9a-f]{2})+$/, 'TCPFP_TCP_INFO');
    $_->{accept_time} += 0 for \%is, $json;
    is_deeply(\%is, $json, 'every value, and nothing for what is absent');

    is($environment->{FINGERPRINT_SAVED_SYN}, $is{syn}, 'FINGERPRINT_SAVED_SYN');
    my %of = (IP_TTL => 'ttl', IP_DF => 'df', IP_ECN => 'ip_ecn', TCP_WSIZE => 'window',
        TCP_OPTIONS => 'options', TCP_MSS => 'mss', TCP_WSCALE => 'wscale', TCP_ECN => 'tcp_ecn');
    for (sort keys %of) {
        is($environment->{"FINGERPRINT_$_"}, $is{$of{$_}}, "FINGERPRINT_$_");
    }
    is($environment->{FINGERPRINT_TCP_INFO}, $info, 'FINGERPRINT_TCP_INFO');
    like($environment->{FINGERPRINT_TCP_RTT}, qr/^\d+$/, 'FINGERPRINT_TCP_RTT');
    like($environment->{FINGERPRINT_ACCEPT_TIME}, qr/^\d+\.\d{6}$/, 'FINGERPRINT_ACCEPT_TIME');
}

$nginx->write('html/environment', <<'EOF_');
#!/usr/bin/env perl
use JSON::PP;
print "Content-Type: application/json\r\n\r\n", encode_json({%ENV});
EOF_
mkdir $nginx->path('html/cgi-bin') or die "mkdir: $!";
rename $nginx->path('html/environment'), $nginx->path('html/cgi-bin/environment') or die "$!";
chmod 0755, $nginx->path('html/cgi-bin/environment');
my $fcgiwrap = fork // die "fork: $!";
if (!$fcgiwrap) {
    exec 'fcgiwrap', '-s', "unix:$path{fastcgi}" or die "fcgiwrap: $!";
}
END { local $?; kill TERM => $fcgiwrap and waitpid $fcgiwrap, 0 if $fcgiwrap }
for (1 .. 100) { last if -S $path{fastcgi}; sleep 0.05 }
chmod 0777, $path{fastcgi} or die "no fcgiwrap: $!";

for my $kind (sort keys %environment) {
    for ([ttl => 57], [mss => 1400, ip_options => "\x94\x04\0\0"]) {
        subtest "$kind, a client with $_->[0] $_->[1]" => sub {
            my $client = client($port, @$_);
            my $environment = $environment{$kind}->($client,
                'TCPFP-TTL' => 'forged', TCPFP_TTL => 'forged', 'FINGERPRINT-IP-TTL' => 'forged');
            check($environment, $client);
            is_deeply([grep { $environment->{$_} eq 'forged' } sort keys %$environment],
                [qw(HTTP_FINGERPRINT_IP_TTL HTTP_TCPFP_TTL)], "a client's headers are HTTP_*");
        };
    }
}

for my $kind (qw(uwsgi scgi)) {
    is(contents("${kind}_tcpfp_params") =~ s/\b${kind}_/fastcgi_/gr,
        contents('fastcgi_tcpfp_params'), "${kind}_tcpfp_params differs in nothing but that word");
}

is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');

done_testing();
