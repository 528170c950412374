# nginx-conf/proxied_clients.conf: its signs, and its headers, which no client can forge.

use strict;
use warnings;

use lib 't/lib';
use File::Temp 'tempdir';
use Test::More;
use Backend;
use Client;
use Example;
use Relay;

my $dir = tempdir(CLEANUP => 1);
system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        . " -subj /CN=localhost -keyout $dir/key -out $dir/certificate 2>$dir/log") == 0
    or die "openssl: see $dir/log";
my $path = socket_path();
my $port = free_port();
my $plain = free_port();
my $nginx = example('proxied_clients.conf',
    'listen 8443 ssl' => "listen 127.0.0.1:$plain; listen 127.0.0.1:$port ssl",
    'certificate.pem' => "$dir/certificate", 'key.pem' => "$dir/key",
    'http://127.0.0.1:9000' => "http://unix:$path");
my $backend = backend($path);

my @forged = map { ('-H', "$_: forged") }
    qw(X-TCP-Proxied X-TCP-RTT-Gap X-TCP-Hello-Delay X_TCP_Proxied X-Tcp-Proxied);

# The headers that the backend gets when curl asks there, by name.
sub headers {
    my ($url) = @_;
    my $request = $backend->request_of_curl(@forged, '-H', 'X-Other: sent', $url);
    unlike($request, qr/forged/, 'nothing forged comes through');
    like($request, qr/^X-Other: sent\r$/m, 'what is not ours does');
    return { $request =~ /^(X-TCP-[^:]+): (.*)\r$/mg };
}

for (
    ['', 'a client of our own'],
    ['', 'a relay that is near', 0, 0],
    ['gap', 'a relay that is far from its clients', 0, 0.1],
    ['hello', 'a client that says hello late', 0.1, 0],
    ['gap hello', 'a proxy that must be asked', 0.1, 0.1],
    ['', 'a client whose user takes time', 0, 1.5],
) {
    my ($signs, $name, @hold) = @$_;
    subtest $name => sub {
        my $relay = @hold && relay($port, @hold);
        my $headers;
        # A machine that is busy is as late as one that is far.
        for (1 .. 5) {
            $headers = headers('https://127.0.0.1:' . ($relay ? $relay->port : $port));
            last if ($headers->{'X-TCP-Proxied'} // '') eq $signs;
        }
        is($headers->{'X-TCP-Proxied'} // '', $signs, "signs: '$signs'");
        is(exists $headers->{'X-TCP-Proxied'}, $signs ne '', 'a header only if there are some');
        my ($first, $rest) = map { 1e6 * ($_ // 0) } @hold[0, 1];
        cmp_ok($headers->{'X-TCP-RTT-Gap'}, '>=', $rest, 'the gap');
        cmp_ok($headers->{'X-TCP-Hello-Delay'}, '>=', 0.9 * $first, 'the delay');
        my $numbers = "gap=$headers->{'X-TCP-RTT-Gap'} hello=$headers->{'X-TCP-Hello-Delay'} ";
        $nginx->read_when('logs/access.log', qr/^127.0.0.1 \[$signs\] rtt=\d+\/ok .*$numbers/m);
    };
}

subtest 'without TLS' => sub {
    my $relay = relay($plain, 0.1, 0.1);
    my $headers = headers('http://127.0.0.1:' . $relay->port);
    is_deeply([keys %$headers], ['X-TCP-Hello-Delay'], 'a late request is no sign');
    cmp_ok($headers->{'X-TCP-Hello-Delay'}, '>=', 9e4, 'though it is late');
    $nginx->read_when('logs/access.log', qr/^\S+ \[\] rtt=\d+\/ok tls=- gap=- hello=\d{5,} /m);
};

subtest 'a small MTU' => sub {
    for (['vpn', 1380], ['vpn', 1400], ['', 1460], ['', 1452], ['vpn', 1240]) {
        my ($signs, $mss) = @$_;
        my $client = client($plain, mss => $mss);
        $client->send_get('/');
        my ($passed) = $backend->request =~ /^X-TCP-Proxied: (.*)\r$/m;
        $backend->answer("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
        is($passed // '', $signs, "MSS $mss: '$signs'");
    }
};

is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');

done_testing();
