# nginx-conf/proxy_p0f_headers.conf: nginx in the place of a HAProxy that asks p0f.

use strict;
use warnings;

use lib 't/lib';
use File::Temp;
use Test::More;
use Backend;
use Client;
use Example;

# The headers of p0f that the backend is sent for this client with these headers of its own.
sub headers_of {
    my ($backend, $client, %headers) = @_;
    my $request = $backend->request_of($client, %headers);
    unlike($request, qr/forged/, 'the client has forged nothing');
    return {$request =~ /^(x[_-]tcp[_-]\w+): (.*)\r$/mig};
}

# The headers by their last words: in some forms that CGI and others read as the same.
my @words = qw(os link dist uptime nat matchq mtu mss);
my %forged = map {
    my $name = "x-tcp-$_";
    map { $_ => 'forged', s/-/_/gr => 'forged', s/-/_/r => 'forged' }
        $name, uc $name, $name =~ s/\b(\w)/\u$1/gr
} @words;

subtest 'proxy_p0f_headers.conf' => sub {
    my ($port, $path, $database) = (free_port(), socket_path(), File::Temp->new);
    print $database <<'EOF_';
classes = win,unix,other
[tcp:request]
label = s:unix:Ours:one
sig = *:64:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
label = g:unix:General:
sig = *:64:0:1300:*,*:mss,sok,ts,nop,ws:df,id+:0
label = s:win:Theirs:two
sig = *:128:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
[mtu]
label = our link
sig = 1440
EOF_
    close $database or die "close: $!";
    my $nginx = example('proxy_p0f_headers.conf', 8085 => $port,
        'http://127.0.0.1:9000' => "http://unix:$path",
        "\nserver {" => "\ntcpfp_database $database;\nserver {");
    my $backend = backend($path);
    for (
        [{os => 'Ours one', link => 'our link', dist => 3, mtu => 1440, mss => 1400},
            mss => 1400, ttl => 61],
        [{os => 'Ours one', link => 'our link', mtu => 1440, mss => 1400}, mss => 1400],
        [{os => 'Theirs two', link => 'our link', dist => 28, mtu => 1440, mss => 1400},
            mss => 1400, ttl => 100],
        [{os => 'General', mtu => 1340, mss => 1300, matchq => 2}, mss => 1300],
        [{os => 'General', dist => 58, mtu => 1340, mss => 1300, matchq => 3},
            mss => 1300, ttl => 70],
        [{os => 'Ours one', link => 'our link', dist => 120, mtu => 1440, mss => 1400, matchq => 1},
            mss => 1400, ttl => 135],
        [{dist => 1, mtu => 1240, mss => 1200}, mss => 1200, ttl => 63],
    ) {
        my ($is, @options) = @$_;
        my %is = map { (/os|link|dist|uptime|nat/ ? "x_tcp_$_" : "x-tcp-$_") => $is->{$_} } keys %$is;
        is_deeply(headers_of($backend, client($port, fresh => 1, @options), %forged), \%is,
            "@options");
    }

    my $headers;
    for (1 .. 10) {
        headers_of($backend, client($port, from => '127.0.0.2', mss => 1400));
        $headers = headers_of($backend, client($port, from => '127.0.0.2', mss => 1400, ttl => 128));
        last if exists $headers->{x_tcp_nat};
    }
    is($headers->{x_tcp_nat}, 1, 'an address that two systems share');
    ok(!exists headers_of($backend, client($port, from => '127.0.0.3'))->{x_tcp_nat},
        'one that they do not');
    is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');
};

done_testing();
