package P0f;

# A client of p0f's query protocol, from its description (docs/README of p0f, "API access"): 21
# bytes ask for an address, 232 answer, numbers in this machine's byte order.

use strict;
use warnings;

use Client;
use Exporter 'import';
use Socket qw(inet_pton AF_INET AF_INET6);

our @EXPORT = qw(p0f_question p0f_answer p0f_ask);

use constant { QUERY_MAGIC => 0x50304601, ANSWER_MAGIC => 0x50304602, ANSWER => 232 };

my @NAMES = qw(status first_seen last_seen total_conn uptime_min up_mod_days last_nat last_chg
    distance bad_sw os_match_q os_name os_flavor http_name http_flavor link_type language);

# The question for an address, or for whatever the options say.
sub p0f_question {
    my ($address, %options) = @_;
    my $type = $address =~ /:/ ? 6 : 4;
    my $bytes = inet_pton($type == 6 ? AF_INET6 : AF_INET, $address) // die "no address: $address";
    return pack 'LCa16', $options{magic} // QUERY_MAGIC, $options{type} // $type, $bytes;
}

# The next answer, by the names of its fields; the status as a word.
sub p0f_answer {
    my ($client) = @_;
    my ($magic, @values) = unpack 'L9sCC(a32)6', $client->bytes(ANSWER);
    die sprintf 'bad magic 0x%x', $magic if $magic != ANSWER_MAGIC;
    my %is;
    @is{@NAMES} = @values;
    $is{status} = {0x00 => 'bad query', 0x10 => 'ok', 0x20 => 'no match'}->{$is{status}};
    for (@NAMES[11 .. 16]) {
        $is{$_} =~ s/\0+\z// or die "$_ does not end: $is{$_}";
    }
    return \%is;
}

# What is answered to a question for an address.
sub p0f_ask {
    my ($client, @question) = @_;
    $client->write(p0f_question(@question));
    return p0f_answer($client);
}

1;
