package Syn;

# A second reading of a SYN, written from RFC 791, 8200 and 9293 and not from the module's code:
# what each variable must be for the bytes that $tcpfp_syn shows. For well-formed SYNs only.

use strict;
use warnings;

use Exporter 'import';
use Socket 'inet_ntop', 'AF_INET', 'AF_INET6';

our @EXPORT = qw(variables_of_syn syn_names);

# The variables by name, without those that must be absent.
sub variables_of_syn {
    my ($hex) = @_;
    my $bytes = pack 'H*', $hex;
    my %is = (syn_status => 'saved', syn => $hex);
    my $tcp = vec($bytes, 0, 8) >> 4 == 4 ? ipv4(\%is, $bytes) : ipv6(\%is, $bytes);
    tcp(\%is, $tcp);
    $is{payload_len} = $is{ip_len} - $is{ip_hlen} - $is{tcp_hlen};
    $is{muonfp} = join ':', $is{window}, join('-', split /,/, $is{options} // ''),
        $is{mss} // '', $is{wscale} // '';
    $is{ip_fp} = ip_fp(\%is);
    return \%is;
}

# Every name that can be among them.
sub syn_names {
    return qw(syn_status ip_version ttl df ip_id tos ip_ecn ip_flags ip_hlen ip_len ip_options
        flow_label ip_checksum tcp_checksum src_addr src_port dst_addr dst_port window mss wscale
        options options_hex sack_ok tsval tsecr seq ack urgptr flags tcp_ecn tcp_hlen payload_len
        syn muonfp ip_fp);
}

sub ipv4 {
    my ($is, $bytes) = @_;
    my ($first, $tos, $length, $id, $fragment, $ttl, $protocol, $checksum, $from, $to)
        = unpack 'CCnnnCCna4a4', $bytes;
    my $header = ($first & 15) * 4;
    my $options = unpack 'H*', substr $bytes, 20, $header - 20;
    %$is = (
        %$is, ip_version => 4, tos => $tos, ip_ecn => $tos & 3, ip_len => $length, ip_id => $id,
        ip_flags => $fragment >> 13, df => $fragment >> 14 & 1, ttl => $ttl,
        ip_checksum => $checksum, src_addr => inet_ntop(AF_INET, $from),
        dst_addr => inet_ntop(AF_INET, $to), ip_hlen => $header,
        $options eq '' ? () : (ip_options => $options),
    );
    return substr $bytes, $header;
}

sub ipv6 {
    my ($is, $bytes) = @_;
    my ($word, $length, $next, $hops, $from, $to) = unpack 'NnCCa16a16', $bytes;
    my $header = 40;
    while ($next != 6) {
        ($next, my $more) = unpack 'CC', substr $bytes, $header, 2;
        $header += 8 + 8 * $more;
    }
    my $extensions = unpack 'H*', substr $bytes, 40, $header - 40;
    %$is = (
        %$is, ip_version => 6, tos => $word >> 20 & 255, ip_ecn => $word >> 20 & 3,
        flow_label => $word & 0xfffff, ip_len => 40 + $length, ttl => $hops,
        src_addr => inet_ntop(AF_INET6, $from), dst_addr => inet_ntop(AF_INET6, $to),
        ip_hlen => $header, $extensions eq '' ? () : (ip_options => $extensions),
    );
    return substr $bytes, $header;
}

sub tcp {
    my ($is, $bytes) = @_;
    @$is{qw(src_port dst_port seq ack)} = unpack 'nnNN', $bytes;
    my ($offset_flags, $window, $checksum, $urgent) = unpack 'x12nnnn', $bytes;
    my $header = ($offset_flags >> 12) * 4;
    my $flags = $offset_flags & 0x1ff;
    %$is = (
        %$is, tcp_hlen => $header, flags => $flags, window => $window, urgptr => $urgent,
        tcp_checksum => $checksum, tcp_ecn => ($flags >> 6 & 1) + ($flags >> 7 & 1) * 2,
        sack_ok => 0,
    );
    options($is, substr $bytes, 20, $header - 20);
}

sub options {
    my ($is, $bytes) = @_;
    $is->{options_hex} = unpack 'H*', $bytes if length $bytes;
    my @kinds;
    while (length $bytes) {
        my ($kind, $length) = unpack 'CC', $bytes . "\0";
        push @kinds, $kind;
        last if $kind == 0;
        $length = 1 if $kind == 1;
        my $option = substr $bytes, 0, $length, '';
        $is->{mss} = unpack 'x2n', $option if $kind == 2;
        $is->{wscale} = unpack 'x2C', $option if $kind == 3;
        $is->{sack_ok} = 1 if $kind == 4;
        @$is{'tsval', 'tsecr'} = unpack 'x2NN', $option if $kind == 8;
    }
    $is->{options} = join ',', @kinds if @kinds;
}

# HAProxy's documentation of ip.fp, mode 0.
sub ip_fp {
    my ($is) = @_;
    my $v6 = $is->{ip_version} == 6;
    my $class = $is->{ttl} <= 32 ? 0 : $is->{ttl} <= 64 ? 1 : $is->{ttl} <= 128 ? 2 : 3;
    my $present = 0;
    for my $kind (split /,/, $is->{options} // '') {
        $present |= 1 << ($kind > 8 ? 7 : $kind - 2) if $kind >= 2;
    }
    my $scale = $is->{wscale} // -1;
    return unpack 'H*', pack 'CCCnnC',
        $is->{tos},
        $v6 << 7 | ($v6 || $is->{df}) << 6 | $class << 4 | (!$v6 && exists $is->{ip_options}) << 3
            | ($is->{payload_len} > 0) << 2 | ($is->{flags} >> 7 & 1) << 1 | ($is->{flags} >> 6 & 1),
        $is->{tcp_hlen} / 4 << 4 | ($scale < 14 ? $scale + 1 : 15),
        $is->{window}, $is->{mss} // 0, $present;
}

1;
