package Client;

# A TCP client that decides what its SYN says: it sets socket options before it connects, and is
# asked afterwards what it really is. It speaks just enough HTTP to keep a connection.

use strict;
use warnings;

use Errno 'EINTR';
use Exporter 'import';
use Socket qw(:DEFAULT :addrinfo IPPROTO_IP IPPROTO_IPV6 IPPROTO_TCP IP_OPTIONS IP_TTL
    IPV6_UNICAST_HOPS TCP_MAXSEG TCP_WINDOW_CLAMP pack_sockaddr_in6 unpack_sockaddr_in6 inet_ntop inet_pton);

our @EXPORT = 'client';

# Of linux/in.h; Perl's Socket does not name it.
use constant IP_BIND_ADDRESS_NO_PORT => 24;

my %OPTION = (
    ttl => sub { number($_[0], IPPROTO_IP, IP_TTL, $_[1]) },
    ip_options => sub { setting($_[0], IPPROTO_IP, IP_OPTIONS, $_[1]) },
    hops => sub { number($_[0], IPPROTO_IPV6, IPV6_UNICAST_HOPS, $_[1]) },
    mss => sub { number($_[0], IPPROTO_TCP, TCP_MAXSEG, $_[1]) },
    window => sub { number($_[0], IPPROTO_TCP, TCP_WINDOW_CLAMP, $_[1]) },
    fresh => \&come_afresh,
    from => \&come_from,
);

# client($port or $unix_path, host => '::1', ttl => 57, ...): connected.
sub client {
    my ($port, %options) = @_;
    my $host = delete $options{host} // '127.0.0.1';
    my ($family, $address)
        = $port =~ m{^/} ? (AF_UNIX, pack_sockaddr_un($port))
        : $host =~ /:/ ? (AF_INET6, pack_sockaddr_in6($port, inet_pton(AF_INET6, $host)))
        : (AF_INET, pack_sockaddr_in($port, inet_aton($host)));
    socket(my $socket, $family, SOCK_STREAM, 0) or die "socket: $!";
    for my $name (sort keys %options) {
        ($OPTION{$name} or die "no option $name")->($socket, $options{$name});
    }
    in_time("connect to $host $port", sub { connect($socket, $address) or die "connect: $!" });
    return bless { socket => $socket, buffer => '' };
}

sub number {
    my ($socket, $level, $option, $value) = @_;
    setting($socket, $level, $option, pack 'i', $value);
}

sub setting {
    my ($socket, $level, $option, $value) = @_;
    setsockopt($socket, $level, $option, $value) or die "setsockopt $level $option: $!";
}

# From an address that nobody used before. Where the kernel uses a port again that is in TIME-WAIT,
# the SYN goes on from the old numbers: its sequence number does, and it has a TSecr.
sub come_afresh {
    my ($socket) = @_;
    bind $socket, pack_sockaddr_in(0, pack 'C4', 127, map { 1 + int rand 250 } 1 .. 3)
        or die "bind: $!";
}

# From this address, of which the loopback interface has 127.0.0.0/8, and a port that the kernel
# chooses as it does for clients without a wish: it goes up.
sub come_from {
    my ($socket, $address) = @_;
    number($socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    bind $socket, pack_sockaddr_in(0, inet_aton($address)) or die "bind to $address: $!";
}

# The client's own address and port.
sub here { endpoint(getsockname $_[0]{socket}) }

sub endpoint {
    my ($sockaddr) = @_;
    my $family = sockaddr_family($sockaddr);
    my ($port, $address)
        = $family == AF_INET6 ? unpack_sockaddr_in6($sockaddr) : unpack_sockaddr_in($sockaddr);
    return (inet_ntop($family, $address), $port);
}

# The body of the answer to GET on this connection, which stays open.
sub get {
    my ($self, $path, %headers) = @_;
    $self->send_get($path, %headers);
    return $self->body;
}

sub send_get {
    my ($self, $path, %headers) = @_;
    %headers = (Host => 'localhost', %headers);
    $self->write("GET $path HTTP/1.1\r\n", (map {"$_: $headers{$_}\r\n"} sort keys %headers),
        "\r\n");
}

sub write {
    my ($self, @text) = @_;
    my $text = join '', @text;
    while (length $text) {
        my $written = syswrite $self->{socket}, $text;
        die "write: $!" if !defined $written && $! != EINTR;
        substr $text, 0, $written // 0, '';
    }
}

# The body of the next answer; nginx gives its length where it is asked for nothing else.
sub body {
    my ($self) = @_;
    $self->fill until $self->{buffer} =~ s/^(.*?\r\n)\r\n//s;
    my $head = $1;
    ($self->{status}) = $head =~ m{^HTTP/1\.1 (\d+)} or die "not HTTP: $head";
    my ($length) = $head =~ /^Content-Length: (\d+)/mi or die "no length: $head";
    return $self->bytes($length);
}

# The status of the last answer.
sub status { $_[0]{status} }

# The next so many bytes.
sub bytes {
    my ($self, $count) = @_;
    $self->fill while length $self->{buffer} < $count;
    return substr $self->{buffer}, 0, $count, '';
}

# All that comes until the server closes.
sub rest {
    my ($self) = @_;
    1 while $self->more;
    return delete $self->{buffer};
}

sub fill { $_[0]->more or die 'the server closed the connection' }

sub more {
    my ($self) = @_;
    return in_time('answer',
        sub { sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer} });
}

sub in_time {
    my ($what, $sub) = @_;
    local $SIG{ALRM} = sub { die "no $what within 10 seconds\n" };
    alarm 10;
    my $result = $sub->();
    alarm 0;
    return $result;
}

1;
