# nginx-conf/demo.conf: the JSON, and that the page is there. t/page looks at it with a browser.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP 'decode_json';
use Test::More;
use Client;
use Example;

my $port = free_port();
my $nginx = example('demo.conf', 8080 => $port, '/var/www/tcpfp' => 'demo');
mkdir $nginx->path('demo') or die "mkdir: $!";
$nginx->write("demo/$_", contents("demo/$_")) for qw(index.html page.css page.js);
for my $host ('127.0.0.1', '::1') {
    my $client = client($port, host => $host, mss => 1400);
    my $json = $client->get('/json');
    like($json, qr/\}\n\z/, "$host: a line");
    my $is = decode_json($json);
    is("$is->{src_addr} $is->{src_port}", join(' ', $client->here), 'of this client');
    is($is->{ip_version}, $host =~ /:/ ? 6 : 4, 'over this protocol');
    is($is->{mss}, 1400, 'with its MSS');
    ok(exists $is->{$_}, "and $_") for qw(ttl window options syn rtt);

    my $visitor = client($port, host => $host, mss => 1400);
    $visitor->write("GET / HTTP/1.0\r\n\r\n");
    my $page = $visitor->rest;
    my %is = (mss => 1400);
    @is{qw(src_addr src_port)} = $visitor->here;
    like($page, qr{<dd data-field="$_">\Q$is{$_}\E</dd>}, "the page says so: $_") for sort keys %is;
    unlike($page, qr/<!--#/, 'nothing is left for nginx to do');
    for my $file ($page =~ /(?:href|src)="([^":]+)"/g) {
        $client->get("/$file");
        is($client->status, 200, "$file is there");
    }
}
is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');

# What may be done with an answer, errors included.
my @POLICY = (
    "base-uri 'none'", "connect-src 'self'", "default-src 'none'", "form-action 'none'",
    "frame-ancestors 'none'", 'img-src data:', "script-src 'self'", "style-src 'self'",
);
for (
    [200, "GET / HTTP/1.0\r\n\r\n"],
    [200, "GET /json HTTP/1.0\r\n\r\n"],
    [400, "nonsense\r\n\r\n"],
    [404, "GET /nowhere HTTP/1.0\r\n\r\n"],
    [405, "POST /page.js HTTP/1.0\r\n\r\n"],
    [414, 'GET /' . 'x' x 10000 . " HTTP/1.0\r\n\r\n"],
    [505, "GET / HTTP/9.9\r\n\r\n"],
) {
    my ($status, $request) = @$_;
    my $client = client($port);
    $client->write($request);
    my $head = $client->rest =~ s/\r\n\r\n.*//sr;
    like($head, qr{^HTTP/1\.1 $status }, "status $status");
    my %is = $head =~ /^([\w-]+): (.*?)\r?$/mg;
    is_deeply([sort split /; /, $is{'Content-Security-Policy'} // ''], \@POLICY, "$status: policy");
    is($is{'X-Content-Type-Options'}, 'nosniff', "$status: is what its type says");
    is($is{'Cache-Control'}, 'no-store', "$status: not kept");
}

done_testing();
