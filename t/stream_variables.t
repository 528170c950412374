# Every variable in stream.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP 'decode_json';
use Syn;
use TcpInfo;
use Tcpfp;

our @names = (syn_names(), qw(rtt rtt_quality accept_time), map "info_$_", info_names());
our $all = join ' ', map "$_=\$tcpfp_$_", @names,
    qw(tcp_info min_rtt live_min_rtt live_data_segs_out json);

# Each variable that is there, by name.
sub variables {
    my ($client) = @_;
    return +{$client->rest =~ /(\w+)=(\{.*\}|\S+)/g};
}

run_tests();

__DATA__

=== TEST 1: of IPv4 and IPv6
--- main_config eval
"stream {
    server { listen \$TEST_NGINX_RAND_PORT_1; listen [::1]:\$TEST_NGINX_RAND_PORT_1;
             return '$::all'; }
}"
--- config
--- client
    for my $options ([], [ip_options => "\x94\x04\0\0", mss => 1400, ttl => 9], [host => '::1']) {
        my $is = variables(client($TEST_NGINX_RAND_PORT_1, @$options));
        my %apart = map { $_ => delete $is->{$_} }
            qw(json tcp_info min_rtt live_min_rtt live_data_segs_out);
        my %time = map { $_ => $is->{$_} } qw(rtt rtt_quality accept_time);
        is_deeply($is, {
            %{variables_of_syn($is->{syn})}, %{variables_of_tcp_info($apart{tcp_info})}, %time,
        }, 'what the bytes say');
        my $json = decode_json($apart{json});
        $is->{accept_time} += 0;
        is_deeply({map { exists $json->{$_} ? ($_ => $json->{$_}) : () } @::names}, $is,
            'the JSON, too');
        is($apart{min_rtt}, $apart{live_min_rtt}, 'the minimum round trip');
        is($apart{live_data_segs_out}, 0, 'live: nothing was sent yet');
        is("$time{rtt_quality} $time{rtt}", "ok $is->{info_rtt}", 'the round trip');
    }
--- no_error_log
[error]

=== TEST 2: as the client set them
--- main_config
    stream {
        server { listen $TEST_NGINX_RAND_PORT_1;
                 return "$remote_addr $remote_port=$tcpfp_src_addr $tcpfp_src_port=$tcpfp_ttl
                         $tcpfp_mss"; }
    }
--- config
--- client
    my $client = client($TEST_NGINX_RAND_PORT_1, ttl => 5, mss => 1234);
    my ($here, @rest) = (join(' ', $client->here), split /=/, $client->rest);
    is_deeply([map { join ' ', split } @rest], [$here, $here, '5 1234'], 'they are');
--- no_error_log
[error]

=== TEST 3: neither TCP over IP
--- main_config
    stream {
        server { listen unix:$TEST_NGINX_HTML_DIR/stream.sock; return '$tcpfp_json'; }
        server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_1 udp; return '$tcpfp_json'; }
    }
--- config
--- client
    my $unsupported = '{"syn_status":"unsupported"}';
    is(client('$TEST_NGINX_HTML_DIR/stream.sock')->rest, $unsupported, 'a unix socket');
    my $udp = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1',
        PeerPort => $TEST_NGINX_RAND_PORT_1) or die "socket: $!";
    $udp->send('hello') or die "send: $!";
    IO::Select->new($udp)->can_read(5) or die 'no answer';
    $udp->recv(my $answer, 100);
    is($answer, $unsupported, 'UDP');
--- no_error_log
[error]

=== TEST 4: beside http, which has its own
--- main_config
    stream {
        server { listen $TEST_NGINX_RAND_PORT_1; return '$tcpfp_ttl $tcpfp_src_port'; }
        server { listen $TEST_NGINX_RAND_PORT_2; proxy_pass 127.0.0.1:$TEST_NGINX_SERVER_PORT; }
    }
--- config
    location / { return 200 '$tcpfp_ttl $tcpfp_src_port'; }
--- client
    for my $port ($TEST_NGINX_RAND_PORT_1, $TEST_NGINX_SERVER_PORT) {
        my $client = client($port, ttl => 44);
        my $answer = $port == $TEST_NGINX_SERVER_PORT ? $client->get('/') : $client->rest;
        is($answer, join(' ', 44, ($client->here)[1]), "port $port");
    }
    my $client = client($TEST_NGINX_RAND_PORT_2, ttl => 44);
    my ($ttl, $port) = split / /, $client->get('/');
    isnt($ttl, 44, "through the stream proxy http sees the proxy's SYN");
    isnt($port, ($client->here)[1], 'and its port');
--- no_error_log
[error]
