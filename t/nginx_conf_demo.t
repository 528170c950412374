# nginx-conf/demo.conf.

use strict;
use warnings;

use lib 't/lib';
use JSON::PP 'decode_json';
use Test::More;
use Client;
use Example;

my $port = free_port();
my $nginx = example('demo.conf', 8080 => $port);
for my $host ('127.0.0.1', '::1') {
    my $client = client($port, host => $host, mss => 1400);
    my $json = $client->get('/');
    like($json, qr/\}\n\z/, "$host: a line");
    my $is = decode_json($json);
    is("$is->{src_addr} $is->{src_port}", join(' ', $client->here), 'of this client');
    is($is->{ip_version}, $host =~ /:/ ? 6 : 4, 'over this protocol');
    is($is->{mss}, 1400, 'with its MSS');
    ok(exists $is->{$_}, "and $_") for qw(ttl window options syn rtt);
}
is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');

done_testing();
