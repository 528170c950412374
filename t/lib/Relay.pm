package Relay;

# A relay at layer 4 that holds back what the client says, as the way behind a proxy does.

use strict;
use warnings;

use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes 'sleep';

our @EXPORT = 'relay';

# relay($port, $first, $rest): in a process of its own, to a port of this machine. It holds the
# client's first words for so many seconds, and for others what follows.
sub relay {
    my ($port, $first, $rest) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5)
        or die "listen: $!";
    my $self = bless { port => $listener->sockport, pid => fork // die "fork: $!" };
    if (!$self->{pid}) {
        while (my $client = $listener->accept) {
            my $server = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or next;
            pass_on($client, $server, $first, $rest);
        }
        POSIX::_exit(0);
    }
    return $self;
}

# Until one of them closes.
sub pass_on {
    my ($client, $server, $hold, $rest) = @_;
    my $both = IO::Select->new($client, $server);
    while (1) {
        for my $from ($both->can_read) {
            sysread $from, my $data, 65536 or return;
            if ($from == $client) {
                sleep $hold;
                $hold = $rest;
            }
            syswrite $from == $client ? $server : $client, $data;
        }
    }
}

sub port { $_[0]{port} }

sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    kill KILL => $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
