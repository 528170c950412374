package Http2;

# A client of HTTP/2 without TLS, which sends its requests at once, each on a stream of one
# connection (RFC 9113, and RFC 7541 as far as plain literals go). Of the answers it keeps the
# bodies.

use strict;
use warnings;

use Client;
use Exporter 'import';

our @EXPORT = qw(http2_get http2_ask http2_answers);

use constant { DATA => 0, HEADERS => 1, SETTINGS => 4, GOAWAY => 7, WINDOW_UPDATE => 8 };
use constant { END_STREAM => 1, ACK => 1, END_HEADERS => 4 };

# The bodies of the answers, in the order of the questions.
sub http2_get {
    my ($client, @questions) = @_;
    http2_ask($client, @questions);
    return http2_answers($client);
}

# A question is a path, or a path with headers, as they are: [path => name, value, ...].
sub http2_ask {
    my ($client, @questions) = @_;
    my $stream = 1;
    my $frames = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(SETTINGS, 0, 0, '');
    for (@questions) {
        my ($path, @headers) = ref ? @$_ : $_;
        $frames .= frame(HEADERS, END_STREAM | END_HEADERS, $stream, literals(':method' => 'GET',
            ':scheme' => 'http', ':path' => $path, ':authority' => 'localhost', @headers));
        push @{$client->{streams}}, $stream;
        $stream += 2;
    }
    $client->write($frames);
}

sub http2_answers {
    my ($client) = @_;
    my @streams = @{delete $client->{streams}};
    my %open = map { $_ => 1 } @streams;
    my %body = map { $_ => '' } @streams;
    while (%open) {
        my ($type, $flags, $stream, $payload) = next_frame($client);
        die 'the server gave up: ' . substr $payload, 8 if $type == GOAWAY;
        $client->write(frame(SETTINGS, ACK, 0, '')) if $type == SETTINGS && !($flags & ACK);
        if ($type == DATA && length $payload) {
            $body{$stream} .= $payload;
            # There is room for as much again, in the stream and in the connection.
            $client->write(map { frame(WINDOW_UPDATE, 0, $_, pack 'N', length $payload) }
                $stream, 0);
        }
        delete $open{$stream} if ($type == DATA || $type == HEADERS) && $flags & END_STREAM;
    }
    my @bodies = @body{@streams};
    return wantarray ? @bodies : $bodies[0];
}

sub frame {
    my ($type, $flags, $stream, $payload) = @_;
    return pack('CnCCN', length($payload) >> 16, length($payload) & 0xffff, $type, $flags, $stream)
        . $payload;
}

# Each a literal that is not indexed, with a new name; lengths below 127.
sub literals {
    my $block = '';
    while (my ($name, $value) = splice @_, 0, 2) {
        $block .= pack 'CC/aC/a', 0, $name, $value;
    }
    return $block;
}

sub next_frame {
    my ($client) = @_;
    my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $client->bytes(9);
    return ($type, $flags, $stream & 0x7fffffff, $client->bytes($high << 16 | $low));
}

1;
