# nginx-conf/json_log.conf and stream_log.conf: every line is JSON, whatever the client says.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP;
use Test::More;
use Backend;
use Client;
use Example;

# The lines of a log, each parsed, once there are so many.
sub parsed {
    my ($nginx, $log, $count) = @_;
    $nginx->read_when($log, qr/\A(?:.*\n){$count}/);
    return map { JSON::PP->new->utf8->decode($_) } split /\n/, $nginx->read($log);
}

subtest 'json_log.conf' => sub {
    my $port = free_port();
    my $nginx = example('json_log.conf', 8081 => $port);
    # What is said, and what may be said again.
    my @agents = (['curl/7.88.1', 'curl/7.88.1'], ['', undef], ['a b ~ ! # [ ] $ {}', 'a b ~ ! # [ ] $ {}'],
        ['"', undef], ['a\\', undef], ["a\tb", undef], ["\xff", undef], ["\xc3\xa9", undef],
        ['","tcp":{}', undef], ["a\x7f", undef]);
    my $client = client($port, ttl => 57);
    $client->get('/', 'User-Agent' => $_->[0]) for @agents;
    my @lines = parsed($nginx, 'logs/access-json.log', scalar @agents);
    is(scalar @lines, scalar @agents, 'a line for each request');
    is($lines[$_]{agent}, $agents[$_][1], "agent $_") for 0 .. $#agents;
    is("$lines[0]{tcp}{ttl} $lines[0]{tcp}{src_port}", join(' ', 57, ($client->here)[1]),
        'of this client');
    like($lines[0]{time}, qr/^\d{4}-\d\d-\d\dT/, 'time');
    is_deeply([@{$lines[0]}{qw(client request status bytes)}],
        ['127.0.0.1', 'GET / HTTP/1.1', 200, length 'welcome'], 'and the rest');

    my $rude = client($port);
    $rude->write("GET /\"\\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    $rude->rest;
    my $nonsense = client($port);
    $nonsense->write("\x16\x03\x01\"\\\r\n\r\n");
    $nonsense->rest;
    undef $_ for $rude, $nonsense;
    my @last = (parsed($nginx, 'logs/access-json.log', @agents + 2))[-2, -1];
    is_deeply([map { [$_->{request}, $_->{status}] } sort { $a->{status} <=> $b->{status} } @last],
        [[undef, 400], [undef, 404]], 'requests that cannot be said again');
};

subtest 'stream_log.conf' => sub {
    my $port = free_port();
    my $path = socket_path();
    my $nginx = example('stream_log.conf', 8088 => $port, '127.0.0.1:9000' => "unix:$path");
    my ($ttl, @ports) = 50;
    for my $answer ('first', 'second') {
        my $backend = backend($path);
        my $client = client($port, ttl => $ttl++);
        push @ports, ($client->here)[1];
        $client->write("hello\r\n\r\n");
        $backend->request;
        $backend->answer($answer);
        is($client->rest, $answer, "the $answer session");
    }
    my @lines = parsed($nginx, 'logs/stream-json.log', 2);
    is_deeply([map { "$_->{tcp}{ttl} $_->{tcp}{src_port}" } @lines],
        ["50 $ports[0]", "51 $ports[1]"], 'a line for each, with its own values');
    is_deeply([@{$lines[0]}{qw(client status received sent upstream)}],
        ['127.0.0.1', 200, 9, 5, "unix:$path"], 'and the rest');
    unlink $path;
    is(client($port)->rest, '', 'a session that fails');
    is((parsed($nginx, 'logs/stream-json.log', 3))[2]{status}, 502, 'has a line, too');
};

done_testing();
