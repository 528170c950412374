# Every request of a connection finds what was kept of that connection, and of no other.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Tcpfp;

our $config = 'location / { return 200 "$tcpfp_json"; }';

sub connect_to { return client($ENV{TEST_NGINX_SERVER_PORT}, @_) }

# What nginx has said of a connection, to be held against the connection's own idea.
sub is_of {
    my ($json, $client, $ttl) = @_;
    my (undef, $port) = $client->here;
    like($json, qr/"ttl":$ttl,.*"src_port":$port,/, "of port $port, ttl $ttl");
}

master_on();
workers(2);
run_tests();

__DATA__

=== TEST 1: requests one after the other
--- config eval: $::config
--- client
    my $client = connect_to(ttl => 57);
    my $first = $client->get('/');
    is_of($first, $client, 57);
    for (2 .. 20) {
        is($client->get("/?$_"), $first, "request $_ is told the same") or last;
    }
    isnt(connect_to(ttl => 57)->get('/'), $first, 'another connection is not');
--- no_error_log
[error]

=== TEST 2: pipelined requests
--- config eval: $::config
--- client
    my $client = connect_to(ttl => 58);
    $client->write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" x 5);
    my @said = map { $client->body } 1 .. 5;
    is_of($said[0], $client, 58);
    is_deeply(\@said, [($said[0]) x 5], 'all five are told the same');
--- no_error_log
[error]

=== TEST 3: with a pause between
--- config eval: $::config
--- client
    my $client = connect_to(ttl => 59);
    my $first = $client->get('/');
    connect_to(ttl => 60)->get('/') for 1 .. 20;
    select undef, undef, undef, 0.3;
    is($client->get('/'), $first, 'told the same while others came and went');
--- no_error_log
[error]

=== TEST 4: connections at once
--- config eval: $::config
--- client
    my %open = map { $_ => connect_to(ttl => $_) } 41 .. 60;
    for my $round (1 .. 2) {
        $open{$_}->send_get('/') for sort keys %open;
        is_of($open{$_}->body, $open{$_}, $_) for reverse sort keys %open;
    }
--- no_error_log
[error]

=== TEST 5: connections one after the other, on the memory of those before
--- config eval: $::config
--- client
    for my $ttl (11 .. 60) {
        my $client = connect_to(ttl => $ttl, mss => 1000 + $ttl);
        my $json = $client->get('/');
        is_of($json, $client, $ttl);
        like($json, qr/"mss":@{[1000 + $ttl]},/, 'its MSS');
    }
--- no_error_log
[error]

=== TEST 6: in the log
--- http_config
    log_format seq '<$tcpfp_seq $tcpfp_src_port $connection_requests>';
    access_log logs/access.log seq;
--- config
    location / { return 200 "$tcpfp_seq $tcpfp_src_port"; }
--- client
    my %said;
    for (1, 2) {
        my $client = connect_to();
        $said{join ' ', $client->get('/'), $_}++ for 1 .. 3;
    }
    my %logged = map { $_ => 1 } logged(qr/^<(.*)>$/, 6);
    is_deeply(\%logged, \%said, 'the same as in the answers');
    is(scalar keys %said, 6, 'of two connections with three requests each');
--- no_error_log
[error]

=== TEST 7: several workers
--- http_config
    server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 reuseport; return 200 "$pid $tcpfp_json"; }
--- config
--- client
    my %worker;
    for my $ttl (1 .. 60) {
        my $client = client($TEST_NGINX_RAND_PORT_1, ttl => $ttl);
        is_of($client->get('/'), $client, $ttl) for 1, 2;
        $worker{(split / /, $client->get('/'))[0]} = 1;
    }
    is(scalar keys %worker, 2, 'two of them answered');
--- no_error_log
[error]
