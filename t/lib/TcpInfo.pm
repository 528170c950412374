package TcpInfo;

# A second reading of struct tcp_info, by the order and types of its members in linux/tcp.h: what
# each $tcpfp_info_NAME must be for the bytes that $tcpfp_tcp_info shows.

use strict;
use warnings;

use Exporter 'import';

our @EXPORT = qw(variables_of_tcp_info info_names);

# Type and members, in order; a kernel that ends within a row ends between two members.
my @MEMBERS = (
    C => [qw(state ca_state retransmits probes backoff options _scales _flags)],
    L => [qw(rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent
        last_ack_sent last_data_recv last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh
        snd_cwnd advmss reordering rcv_rtt rcv_space total_retrans)],
    Q => [qw(pacing_rate max_pacing_rate bytes_acked bytes_received)],
    L => [qw(segs_out segs_in notsent_bytes min_rtt data_segs_in data_segs_out)],
    Q => [qw(delivery_rate busy_time rwnd_limited sndbuf_limited)],
    L => [qw(delivered delivered_ce)],
    Q => [qw(bytes_sent bytes_retrans)],
    L => [qw(dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd rehash)],
    S => [qw(total_rto total_rto_recoveries)],
    L => [qw(total_rto_time received_ce delivered_e1_bytes delivered_e0_bytes delivered_ce_bytes
        received_e1_bytes received_e0_bytes received_ce_bytes)],
    S => [qw(accecn_fail_mode accecn_opt_seen)],
);

# The variables by name, without those that this kernel does not have.
sub variables_of_tcp_info {
    my ($hex) = @_;
    my $bytes = pack 'H*', $hex;
    my %is;
    each_member(sub {
        my ($name, $type) = @_;
        my $size = length pack $type, 0;
        $is{"info_$name"} = unpack $type, $bytes if length $bytes >= $size;
        substr $bytes, 0, $size < length $bytes ? $size : length $bytes, '';
    });
    # The bit fields, from the least significant bit.
    my ($scales, $flags) = delete @is{qw(info__scales info__flags)};
    @is{qw(info_snd_wscale info_rcv_wscale)} = ($scales & 15, $scales >> 4);
    @is{qw(info_delivery_rate_app_limited info_fastopen_client_fail)} = ($flags & 1, $flags >> 1 & 3);
    return \%is;
}

# Every NAME.
sub info_names {
    my @names = qw(snd_wscale rcv_wscale delivery_rate_app_limited fastopen_client_fail);
    each_member(sub { push @names, $_[0] if $_[0] !~ /^_/ });
    return sort @names;
}

sub each_member {
    my ($do) = @_;
    for (my $row = 0; $row < @MEMBERS; $row += 2) {
        $do->($_, $MEMBERS[$row]) for @{$MEMBERS[$row + 1]};
    }
}

1;
