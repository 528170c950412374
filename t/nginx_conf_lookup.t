# nginx-conf/client_lookup.conf.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP 'decode_json';
use Test::More;
use Client;
use Example;

my $port = free_port();
my $nginx = example('client_lookup.conf', 8084 => $port);

sub connect_from { client($port, from => @_) }

# The status and the JSON, of which there is always some.
sub told {
    my ($client, $path) = @_;
    my $json = $client->get($path);
    return $client->status, decode_json($json);
}

my $own = connect_from('127.0.0.2', ttl => 60);
my ($status, $json) = told($own, '/client');
is("$status $json->{address} $json->{conn_count}", '200 127.0.0.2 1', 'everybody: their own');
like($json->{p0f}, qr/^4:60\+4:/, 'with their SYN');

my $admin = connect_from('127.0.0.1');
my $other = $admin->get('/clients/127.0.0.2');
is_deeply(decode_json($other), {%$json, last_seen => $json->{first_seen}}, 'this machine: any');
($status, $json) = told($admin, '/clients/127.0.0.3');
is("$status $json->{error}", '404 unknown', 'an address that never came');
for ('localhost', '127.0.0.256', '127.0.0.1:80', '%20', '::1%25lo') {
    ($status, $json) = told($admin, "/clients/$_");
    is("$status $json->{error}", '400 not an IP address', "no address: $_");
}
($status) = told($admin, "/clients/$_"), is($status, 404, "$_ is one, of nobody")
    for '2001:db8::1', '[2001:db8::1]', '2001%3adb8%3a%3a1';
($status, $json) = told(client($port), '/clients/::ffff:127.0.0.2');
is("$status $json->{address}", '200 127.0.0.2', 'an IPv4 address in an IPv6 one');

$admin->write("GET /clients HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
my @lines = map { decode_json($_) } $admin->rest =~ /^(\{.*\})\r?$/mg;
is(join(' ', sort map { $_->{address} } @lines), '127.0.0.1 127.0.0.2', 'this machine: all');

for my $path ('/clients/127.0.0.1', '/clients/127.0.0.2', '/clients/nobody', '/clients',
    '/clients?since=0') {
    my $answer = $own->get($path);
    is($own->status, 403, "others may not ask for $path");
    unlike($answer, qr/address|error"/, 'and are told nothing');
}
for my $path ('/clients/', '/clients/127.0.0.1/', '/client/', '/clientss') {
    $own->get($path);
    is($own->status, 404, "$path is nothing");
}
unlike($nginx->read('logs/error.log'), qr/\[(?:warn|alert|crit|emerg)\]/, 'nginx is content');

done_testing();
