# The variables of the SYN's TCP header, against what the client made its socket say and what its
# kernel says of it.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use Tcpfp;
use Syn;

our $all = <<'_EOC_';
    location / {
        return 200 "window=$tcpfp_window mss=$tcpfp_mss wscale=$tcpfp_wscale
                    options=$tcpfp_options options_hex=$tcpfp_options_hex sack_ok=$tcpfp_sack_ok
                    tsval=$tcpfp_tsval tsecr=$tcpfp_tsecr seq=$tcpfp_seq ack=$tcpfp_ack
                    urgptr=$tcpfp_urgptr flags=$tcpfp_flags tcp_ecn=$tcpfp_tcp_ecn
                    tcp_hlen=$tcpfp_tcp_hlen payload_len=$tcpfp_payload_len syn=$tcpfp_syn";
    }
_EOC_

sub variables {
    my ($client) = @_;
    return +{$client->get('/') =~ /(\w+)=(\S+)/g};
}

# Those of the header, as the bytes of $tcpfp_syn have them.
sub read_again {
    my ($is) = @_;
    my $read = variables_of_syn($is->{syn});
    return +{map { exists $read->{$_} ? ($_ => $read->{$_}) : () } qw(
        window mss wscale options options_hex sack_ok tsval tsecr seq ack urgptr flags tcp_ecn
        tcp_hlen payload_len syn)};
}

# Whether this host's TCP is as Linux has it without being told otherwise.
sub plain_linux {
    my %setting = (tcp_ecn => 2, tcp_timestamps => 1, tcp_sack => 1, tcp_window_scaling => 1);
    return !grep { `cat /proc/sys/net/ipv4/$_` != $setting{$_} } keys %setting;
}

run_tests();

__DATA__

=== TEST 1: as the client set them
--- config eval: $::all
--- client
    for ([mss => 1400], [mss => 536], [window => 5000]) {
        my ($name, $value) = @$_;
        my $is = variables(client($TEST_NGINX_SERVER_PORT, @$_));
        is($is->{$name}, $value, "$name $value");
        is_deeply($is, read_again($is), 'every variable is what the bytes say');
    }
--- no_error_log
[error]

=== TEST 2: the sequence number
--- skip_eval: 2: $> != 0
--- config eval: $::all
--- client
    for my $seq (1, 0x89abcdef, 0xffffffff) {
        is(variables(client($TEST_NGINX_SERVER_PORT, seq => $seq))->{seq}, $seq, "seq $seq");
    }
--- no_error_log
[error]

=== TEST 3: as the client's kernel has them
--- config eval: $::all
--- client
    for my $buffer (4096, 65536, 1 << 20) {
        my $client = client($TEST_NGINX_SERVER_PORT, receive_buffer => $buffer);
        my $is = variables($client);
        my ($options, $scales) = unpack 'x5CC', $client->tcp_info;
        is($is->{wscale}, $scales >> 4, "window scale, with a buffer of $buffer");
        is($is->{sack_ok}, $options >> 1 & 1, 'SACK');
        is(exists $is->{tsval}, $options & 1, 'timestamps');
        # A millisecond of the kernel's two roundings apart.
        cmp_ok($client->clock + 1 - ($is->{tsval} // 0) & 0xffffffff, '<', 2000, 'of its clock')
            if $options & 1;
        is("@$is{qw(ack urgptr payload_len)}", '0 0 0', 'zeros are there');
        is_deeply($is, read_again($is), 'every variable is what the bytes say');
    }
--- no_error_log
[error]

=== TEST 4: a plain SYN
--- skip_eval: 2: !main::plain_linux()
--- config eval: $::all
--- client
    my $is = variables(client($TEST_NGINX_SERVER_PORT));
    is("@$is{qw(flags tcp_ecn options tcp_hlen)}", '2 0 2,4,8,1,3 40', 'as Linux sends it');
    is($is->{options_hex}, substr($is->{syn}, 80), 'the options end it');
--- no_error_log
[error]
