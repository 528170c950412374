# Every configuration of nginx-conf/ alone, in Debian's own nginx.conf, and all of them together there:
# nginx starts and has nothing to say.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Backend 'socket_path';
use Nginx;
use Example qw($ALONE contents free_port layout recipe recipes);

my $DEBIAN = '/etc/nginx';

# Debian's nginx.conf, with the folders of a test.
sub of_debian {
    open my $in, '<', "$DEBIAN/nginx.conf" or return;
    my $main = do { local $/; <$in> };
    return $main =~ m{modules-enabled/} && $main =~ s{$DEBIAN/}{}gr =~ s{/run/}{}gr =~ s{/var/log/nginx}{logs}gr;
}

# What a user must have beside.
sub certificate {
    my ($nginx) = @_;
    my ($key, $certificate) = map { $nginx->path("conf/$_.pem") } qw(key certificate);
    system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            . " -subj /CN=localhost -keyout $key -out $certificate 2>/dev/null") == 0 or die 'openssl';
}

# The files of one, where nobody else listens.
sub on_free_ports {
    my ($name) = @_;
    my $text = contents($name);
    my %other = map { $_ => free_port() } $text =~ /^\s*listen (?:\S+:)?(\d+)/mg;
    $other{$_} = socket_path() for $text =~ /^\s*listen unix:([^;]+)/mg;
    return recipe($name, %other);
}

sub starts {
    my ($what, $main, %files) = @_;
    my $nginx = layout($main, %files);
    certificate($nginx);
    my ($accepted, $said) = $nginx->check;
    ok $accepted, "$what: accepted";
    # What Debian's logrotate knows: /var/log/nginx/*.log.
    my @logs = map { /^\s*(?:access|error)_log\s+(\S*[^\s;])/mg } values %files;
    is "@{[grep { $_ ne 'off' && !/\.log$/ } @logs]}", '', "$what: logs that are rotated";
    unlike $said, qr/\[(?:warn|alert|crit|emerg)\]/, "$what: without a warning";
    return if !$accepted;
    ok $nginx->start->stop, "$what: starts and ends";
    is $nginx->read('logs/error.log') =~ s/^.*\[(?:notice|info)\].*\n//mgr, '', "$what: nginx is content";
}

my @recipes = grep { Nginx->keeps_tlvs || contents($_) !~ /needs? nginx 1\.23\.2/ } recipes();

starts("$_ alone", $ALONE, on_free_ports($_)) for @recipes;

SKIP: {
    my $main = of_debian() or skip "no nginx.conf of Debian's", 1;
    open my $in, '<', "$DEBIAN/mime.types" or die "mime.types: $!";
    my @types = ('mime.types' => do { local $/; <$in> });
    starts("$_ in Debian's nginx.conf", $main, @types, on_free_ports($_)) for @recipes;
    starts("all of them in Debian's nginx.conf", $main, @types, map { on_free_ports($_) } @recipes);
}

done_testing;
