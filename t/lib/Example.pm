package Example;

# A configuration of nginx-conf/, copied as a user would and started: only its ports, and the
# socket of fcgiwrap, are others.

use strict;
use warnings;

use Exporter 'import';
use Nginx 'free_port';

our @EXPORT = qw(example contents free_port);

# example('demo.conf', '8080' => $port, ...): started, with each text of it replaced.
sub example {
    my ($name, %replaced) = @_;
    my $configuration = contents($name);
    for my $text (keys %replaced) {
        $configuration =~ s/\Q$text\E/$replaced{$text}/g or die "no $text in $name";
    }
    my @included = $configuration =~ /^\s*include (\w+);$/mg;
    my $nginx = Nginx->new($configuration, map { $_ => contents($_) } @included);
    # What Debian's package puts there.
    if (-e $nginx->path('modules/ngx_stream_module.so')) {
        mkdir $nginx->path('conf/modules-enabled') or die "mkdir: $!";
        $nginx->write('conf/modules-enabled/50-mod-stream.conf',
            "load_module modules/ngx_stream_module.so;\n");
    }
    $nginx->write('html/index.html', 'welcome');
    return $nginx->start;
}

sub contents {
    my ($name) = @_;
    open my $in, '<', "nginx-conf/$name" or die "$name: $!";
    local $/;
    return <$in>;
}

1;
