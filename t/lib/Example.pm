package Example;

# Configurations of nginx-conf/, copied as a user would and started. Only their ports, sockets and
# folders are others.

use strict;
use warnings;

use Exporter 'import';
use Nginx 'free_port';

our @EXPORT = qw(example contents free_port);
our @EXPORT_OK = qw($ALONE recipes recipe layout);

# As short as nginx.conf can be.
our $ALONE = <<'EOF_';
include modules-enabled/*.conf;
pid nginx.pid;
error_log logs/error.log;
events {}
http {
    access_log off;
    include conf.d/*.conf;
}
EOF_

# What must be added to any nginx.conf that has no stream.
my $STREAM = "stream { include stream.d/*.conf; }\n";

# example('demo.conf', '8080' => $port, ...): started, with each text of it replaced.
sub example {
    my ($name, %replaced) = @_;
    my $nginx = layout($ALONE, recipe($name, %replaced));
    $nginx->write('html/index.html', 'welcome');
    return $nginx->start;
}

# The names of all of them.
sub recipes { map { m{([^/]+)$} } glob 'nginx-conf/*.conf' }

# recipe($name, text => replacement, ...): the files of one and of what it says that it needs, each
# with the name that it has in the folder of nginx.conf.
sub recipe {
    my ($name, %replaced) = @_;
    my $text = contents($name);
    my @needed = $text =~ /^# .*\bPut (\w+\.conf) /m ? $1 : ();
    for my $old (keys %replaced) {
        $text =~ s/\Q$old\E/$replaced{$old}/g or die "no $old in $name";
    }
    my ($folder) = $text =~ m{^# Put this file into /etc/nginx/([\w.]+)/}m
        or die "$name does not say where it belongs";
    return (
        "$folder/$name" => $text,
        map({ $_ => contents($_) } $text =~ /^\s*include (\w+);$/mg),
        map { recipe($_) } @needed,
    );
}

# layout($main, name => text, ...): an nginx with this nginx.conf and these files beside, as Debian
# lays them out, not started.
sub layout {
    my ($main, %files) = @_;
    my $nginx = Nginx->new($main . $STREAM);
    mkdir $nginx->path("conf/$_") or die "mkdir: $!" for qw(modules-enabled conf.d sites-enabled stream.d);
    $nginx->write('conf/modules-enabled/50-tcpfp.conf', $nginx->load_modules);
    for my $name (keys %files) {
        my $logs = $nginx->path('logs');
        $nginx->write("conf/$name", $files{$name} =~ s{/var/log/nginx}{$logs}gr);
    }
    return $nginx;
}

sub contents {
    my ($name) = @_;
    open my $in, '<', "nginx-conf/$name" or die "$name: $!";
    local $/;
    return <$in>;
}

1;
