# TCP_INFO and time: against the client's own view of the connection, ss and nginx's own variables.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use TcpInfo;
use Tcpfp;
use Time::HiRes 'time';

our $http_config = <<"_EOC_";
    map \$uri \$field {
        /info 'hex=\$tcpfp_tcp_info @{[map "info_$_=\$tcpfp_info_$_ ", info_names()]}';
        /live 'snd_mss=\$tcpfp_live_snd_mss rcv_mss=\$tcpfp_live_rcv_mss pmtu=\$tcpfp_live_pmtu
               advmss=\$tcpfp_live_advmss
               snd_wscale=\$tcpfp_live_snd_wscale rcv_wscale=\$tcpfp_live_rcv_wscale';
        /counters '\$tcpfp_live_bytes_received \$tcpfp_info_bytes_received
                   \$tcpfp_live_bytes_acked \$tcpfp_info_bytes_acked';
        /rtt 'rtt=\$tcpfp_rtt quality=\$tcpfp_rtt_quality info=\$tcpfp_info_rtt
              live=\$tcpfp_live_rtt nginx=\$tcpinfo_rtt min=\$tcpfp_min_rtt
              live_min=\$tcpfp_live_min_rtt';
        /both '\$tcpinfo_rtt \$tcpinfo_rttvar \$tcpinfo_snd_cwnd \$tcpinfo_rcv_space:
               \$tcpfp_live_rtt \$tcpfp_live_rttvar \$tcpfp_live_snd_cwnd
               \$tcpfp_live_rcv_space';
        /time \$tcpfp_accept_time;
    }
_EOC_
our $config = 'location / { return 200 $field; }';

sub variables {
    my ($client, $path) = @_;
    return +{$client->get($path) =~ /(\w+)=(\S+)/g};
}

run_tests();

__DATA__

=== TEST 1: at accept
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    my $is = variables($client, '/info');
    # Perl asks for no more than 256 bytes.
    cmp_ok(length($is->{hex}) / 2, '>=', length $client->tcp_info, 'as much as this kernel has');
    my $read = variables_of_tcp_info($is->{hex});
    is_deeply($is, {%$read, hex => $is->{hex}}, 'every field is what the bytes say');
    cmp_ok(keys %$read, '>', 50, 'and they are many');
    is_deeply(variables($client, '/info'), $is, 'and no other later');
--- no_error_log
[error]

=== TEST 2: what is negotiated is what the client's kernel says
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    for my $buffer (4096, 1 << 20) {
        my $client = client($TEST_NGINX_SERVER_PORT, receive_buffer => $buffer, mss => 1400);
        my $server = variables($client, '/info');
        my ($options, $scales) = unpack 'x5CC', $client->tcp_info;
        is($server->{info_options} & 7, $options & 7, 'timestamps, SACK, window scaling');
        is($server->{info_snd_wscale}, $scales >> 4, "the client's window scale");
        is($server->{info_rcv_wscale}, $scales & 15, "the server's");
        is($server->{info_snd_mss}, 1400 - ($options & 1 ? 12 : 0), "the client's MSS");
        is("@$server{qw(info_data_segs_out info_bytes_acked)}", '0 0', 'before the server has said a word');
    }
--- no_error_log
[error]

=== TEST 3: live, as ss has it
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT, mss => 1200);
    my $is = variables($client, '/live');
    my (undef, $port) = $client->here;
    my $ss = `ss -Htin sport = :$TEST_NGINX_SERVER_PORT and dport = :$port`;
    my %ss = $ss =~ /\b(\w+):(\d+)/g;
    my $scales = $ss =~ /wscale:(\d+,\d+)/ && $1;
    is("@$is{qw(snd_mss rcv_mss pmtu advmss)}", "@ss{qw(mss rcvmss pmtu advmss)}", "in $ss");
    is("$is->{snd_wscale},$is->{rcv_wscale}", $scales, 'the window scales');
--- no_error_log
[error]

=== TEST 4: live values go on, those at accept do not
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    my ($received, $acked) = (0, 0);
    for (1 .. 3) {
        my @counters = split ' ', $client->get('/counters');
        cmp_ok($counters[0], '>', $received, "received: $counters[0]");
        cmp_ok($counters[2], '>=', $acked, "acknowledged: $counters[2]");
        is($counters[3], 0, 'at accept nothing was sent');
        ($received, $acked) = @counters[0, 2];
    }
    cmp_ok($acked, '>', 0, 'the second answer saw the first acknowledged');
--- no_error_log
[error]

=== TEST 5: live, as nginx's own variables have it
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    for (1 .. 4) {
        my ($nginx, $ours) = map { join ' ', split } split /:/, $client->get('/both');
        is($ours, $nginx, "request $_: $ours");
        # Until the answer is acknowledged, which would change the values between two readings.
        select undef, undef, undef, 0.05;
    }
--- no_error_log
[error]

=== TEST 6: the handshake's round trip
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    my $is = variables($client, '/rtt');
    is($is->{quality}, 'ok', 'a bare third ACK');
    is($is->{rtt}, $is->{info}, 'is what the kernel measured');
    is($is->{live}, $is->{nginx}, 'and still what it has');
    is($is->{min}, $is->{live_min}, 'the minimum');
    cmp_ok($is->{rtt}, '<', 100_000, "$is->{rtt} us, of loopback");
    cmp_ok($is->{rtt}, '>', 0, 'and more than nothing');
    my $later = variables($client, '/rtt');
    is($later->{rtt}, $is->{rtt}, 'the same for the next request');
    cmp_ok($later->{min}, '<=', $is->{min}, 'a minimum only falls');
--- no_error_log
[error]

=== TEST 7: the round trip is the handshake's, not the wait for the request
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $client = client($TEST_NGINX_SERVER_PORT);
    select undef, undef, undef, 0.3;
    cmp_ok(variables($client, '/rtt')->{rtt}, '<', 100_000, 'the client waited 300 ms');
--- no_error_log
[error]

=== TEST 8: a deferred accept has the wait in it, and says so
--- http_config eval: $::http_config
--- config
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 deferred;
    location / { return 200 $field; }
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1);
    select undef, undef, undef, 0.3;
    my $is = variables($client, '/rtt');
    is($is->{quality}, 'upper_bound', 'no bare third ACK');
    cmp_ok($is->{rtt}, '>=', 250_000, "$is->{rtt} us");
--- no_error_log
[error]

=== TEST 9: the time of accept
--- http_config eval: $::http_config
--- config eval: $::config
--- client
    my $before = time;
    my $client = client($TEST_NGINX_SERVER_PORT);
    # The connection is accepted at once; the request comes a while after.
    select undef, undef, undef, 0.3;
    my $asked = time;
    my $accepted = $client->get('/time');
    like($accepted, qr/^\d{10}\.\d{6}\z/, 'seconds with six decimals');
    cmp_ok($accepted, '>=', $before - 0.001, 'after connect began');
    cmp_ok($accepted, '<', $asked - 0.1, 'before the request');
    is($client->get('/time'), $accepted, 'the same for the next request');
--- no_error_log
[error]
