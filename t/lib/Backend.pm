package Backend;

# What nginx hands requests to: it listens on a unix socket, shows what came and answers.

use strict;
use warnings;

use Exporter 'import';
use File::Temp 'tempdir';
use IO::Socket::UNIX;
use Socket 'SOMAXCONN';

our @EXPORT = qw(backend socket_path);

# A path that nobody listens at and every user may reach.
sub socket_path {
    my $dir = tempdir(CLEANUP => 1);
    chmod 0755, $dir;
    return "$dir/socket";
}

# Listens at this path, for any user's nginx.
sub backend {
    my ($path) = @_;
    unlink $path;
    my $socket = IO::Socket::UNIX->new(Local => $path, Listen => SOMAXCONN)
        or die "listen at $path: $!";
    chmod 0777, $path;
    return bless { socket => $socket };
}

# What the next connection brings until it is whole: an HTTP header, or as the caller says.
sub request {
    my ($self, $whole) = @_;
    $whole //= sub { $_[0] =~ /\r\n\r\n/ };
    local $SIG{ALRM} = sub { die "no request within 10 seconds\n" };
    alarm 10;
    $self->{connection} = $self->{socket}->accept or die "accept: $!";
    my $request = '';
    until ($whole->($request)) {
        sysread $self->{connection}, $request, 65536, length $request or die "half a request\n";
    }
    alarm 0;
    return $request;
}

# What it gets when a client asks nginx with these headers. It answers, and so does nginx.
sub request_of {
    my ($self, $client, %headers) = @_;
    $client->send_get('/', %headers);
    my $request = $self->request;
    $self->answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
    $client->body eq 'ok' or die "the client is not answered\n";
    return $request;
}

# Answers what came last, with no more than a status if there is nothing to say.
sub answer {
    my ($self, $text) = @_;
    my $connection = delete $self->{connection};
    print $connection $text // "HTTP/1.0 204 No Content\r\n\r\n";
    close $connection;
}

1;
