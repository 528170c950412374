# nginx-conf/proxy_headers.conf, metrics.conf, map_flags.conf, disguised.conf and limit_req.conf.

use strict;
use warnings;

use lib 't/lib';
use File::Temp;
use Test::More;
use Backend;
use Client;
use Example;

sub status {
    my ($client, %headers) = @_;
    $client->get('/', %headers);
    return $client->status;
}

subtest 'proxy_headers.conf' => sub {
    my $path = socket_path();
    my $port = free_port();
    my $nginx = example('proxy_headers.conf',
        8082 => $port, 'http://127.0.0.1:9000' => "http://unix:$path");
    my $client = client($port, ttl => 57, mss => 1400);
    my $request = backend($path)->request_of($client, 'X-TCP-TTL' => 'forged',
        X_TCP_TTL => 'forged', 'X-TCP-Flow-Label' => 'forged', 'X-Other' => 'sent');
    my ($own) = ($client->here)[1];
    like($request, qr/^X-TCP-$_\r$/m, $_)
        for "TTL: 57", "MSS: 1400", "Source-Port: $own", 'SYN-Status: saved', 'IP-Version: 4';
    like($request, qr/^X-Other: sent\r$/m, 'what is not ours goes through');
    unlike($request, qr/forged/, 'nothing forged does');
    is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');
};

subtest 'metrics.conf' => sub {
    my $port = free_port();
    my $nginx = example('metrics.conf', 8093 => $port);
    my $client = client($port);
    like($client->get('/metrics'), qr/^tcpfp_build_info.*\n# EOF\n\z/ms, 'the page');
    $client->get('/metrics/other');
    is($client->status, 404, 'and nothing else');
    is($nginx->read('logs/error.log') =~ s/^.*\[(?:notice|error)\].*\n//mgr, '', 'nginx is content');
};

subtest 'map_flags.conf' => sub {
    my $path = socket_path();
    my $port = free_port();
    my $nginx = example('map_flags.conf',
        8083 => $port, 'http://127.0.0.1:9000' => "http://unix:$path");
    my $backend = backend($path);
    my %agent = (
        windows => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
        linux => 'Mozilla/5.0 (X11; Linux x86_64)',
        mac => 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)',
        curl => 'curl/7.88.1',
    );
    for (
        ['', linux => ttl => 64],
        ['', linux => ttl => 50],
        ['', mac => ttl => 1],
        ['', windows => ttl => 128],
        ['', windows => ttl => 65],
        ['', curl => ttl => 64],
        ['', curl => ttl => 128],
        ['', windows => ttl => 255],
        ['not-windows', windows => ttl => 64],
        ['not-windows', windows => ttl => 9],
        ['windows', linux => ttl => 128],
        ['windows', mac => ttl => 110],
        ['windows', mac => ttl => 100],
        ['', linux => mss => 1460],
        ['', linux => mss => 1440],
        ['', linux => mss => 1500],
        ['tunnel', linux => mss => 1380],
        ['tunnel', linux => mss => 1200],
        ['not-windows tunnel', windows => mss => 1400],
        ['', linux => mss => 1025, window => 1025],
    ) {
        my ($flags, $agent, @client) = @$_;
        my $request = $backend->request_of(client($port, @client), 'User-Agent' => $agent{$agent});
        my ($passed) = $request =~ /^X-Client-Flags: (.*)\r$/m;
        is($passed // '', $flags, "@client, $agent: '$flags'");
        $nginx->read_when('logs/flags.log', qr/^\S+ \[\Q$flags\E\] "\Q$agent{$agent}\E" 200$/m);
    }
    # The kernel gives no less than 1152, but then rounds to whole segments.
    is(status(client($port, mss => $_, window => $_)), 403, "window $_ is refused")
        for 1024, 1015, 700;
    $nginx->read_when('logs/flags.log', qr/\[scanner\] "-" 403$/m);
};

subtest 'disguised.conf' => sub {
    my $path = socket_path();
    my $port = free_port();
    my $list = File::Temp->new;
    # As the command in it writes it, of lines of Apple's list.
    print $list map { s/,.*/ 1;/r } "127.0.0.2/31,GB,GB-EN,London,\n", "2001:db8::/64,US,US-CA,LOS ANGELES,\n";
    $list->flush;
    my $nginx = example('disguised.conf', 8094 => $port, 'http://127.0.0.1:9000' => "http://unix:$path",
        '# include private_relay.geo' => "include $list");
    my $backend = backend($path);
    my $mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
    for (
        ['127.0.0.1', 'Mozilla/5.0 (X11; Linux x86_64)', undef],
        ['127.0.0.1', 'curl/7.88.1', undef],
        ['127.0.0.1', $mac, 'Apple by its words, Linux by its SYN'],
        ['127.0.0.2', $mac, undef],
        ['127.0.0.4', $mac, 'Apple by its words, Linux by its SYN'],
    ) {
        my ($source, $agent, $expected) = @$_;
        my $client = client($port, from => $source);
        my $request = $backend->request_of($client, 'User-Agent' => $agent, 'X-TCP-Disguised' => 'forged');
        my ($passed) = $request =~ /^X-TCP-Disguised: (.*)\r$/m;
        is($passed, $expected, "$source, $agent");
    }
};

subtest 'limit_req.conf' => sub {
    my $port = free_port();
    my $nginx = example('limit_req.conf', 8086 => $port);
    my $page = sub { join ' ', map { status(client($port, @_)) } 1 .. 20 };
    my $served = join ' ', (200) x 20;
    is($page->(), $served, 'a page with all that belongs to it');
    my %flood;
    $flood{status(client($port))}++ for 1 .. 40;
    cmp_ok($flood{429}, '>=', 20, 'one who goes on in this way has had enough');
    is($page->(mss => 1400), $served, 'another fingerprint of the same address has not');
    my %status;
    $status{status(client($port, mss => 1000 + $_))}++ for 1 .. 200;
    cmp_ok($status{200}, '>=', 30, 'one who changes it each time goes on for a while');
    cmp_ok($status{429}, '>=', 50, 'until the address has had enough');
    $nginx->read_when('logs/error.log', qr/limiting requests.* zone "by_address"/);
};

done_testing();
