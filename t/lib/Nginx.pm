package Nginx;

# An nginx of the test's own, with a whole configuration, in a folder of its own.

use strict;
use warnings;

use Exporter 'import';
use File::Temp 'tempdir';
use IO::Socket::INET;
use POSIX 'WNOHANG';
use Time::HiRes 'sleep';

our @EXPORT_OK = 'free_port';

my $BINARY = $ENV{TEST_NGINX_BINARY} || 'nginx';
my @MODULES = split ' ', $ENV{TEST_NGINX_LOAD_MODULES} // '';

# Nginx->new(configuration, file => content, ...): in a folder with these files, not started.
sub new {
    my ($class, $configuration, %files) = @_;
    my $self = bless { prefix => tempdir(CLEANUP => 1), binary => $BINARY }, $class;
    mkdir "$self->{prefix}/$_" or die "mkdir: $!" for qw(conf logs html modules);
    # The workers of a server that root starts are another user's.
    chmod 0755, $self->{prefix};
    for my $module (@MODULES) {
        my ($name) = $module =~ m{([^/]+)$};
        symlink $module, "$self->{prefix}/modules/$name" or die "symlink: $!";
    }
    $self->write("conf/$_", $files{$_}) for keys %files;
    $self->write('conf/nginx.conf', $configuration);
    return $self;
}

# The lines that load what the tests are given.
sub load_modules { join '', map {"load_module $_;\n"} @MODULES }

# Whether this nginx keeps the TLVs of the PROXY protocol: 1.23.2 was the first.
sub keeps_tlvs { qx($BINARY -v 2>&1) !~ m{nginx/1\.(?:1?\d|2[0-2])\.|nginx/1\.23\.[01]$}m }

# A file in the folder.
sub path { "$_[0]{prefix}/$_[1]" }

sub write {
    my ($self, $file, $content) = @_;
    open my $out, '>', $self->path($file) or die "$file: $!";
    print $out $content;
    close $out or die "$file: $!";
}

sub read {
    my ($self, $file) = @_;
    open my $in, '<', $self->path($file) or return '';
    local $/;
    return <$in>;
}

sub command { ($_[0]{binary}, '-p', "$_[0]{prefix}/", qw(-e logs/error.log -c conf/nginx.conf)) }

# What nginx -t says of the configuration, and whether it accepts it.
sub check {
    my ($self) = @_;
    my $said = `@{[$self->command, '-t']} 2>&1`;
    return wantarray ? ($? == 0, $said) : $? == 0;
}

sub start {
    my ($self) = @_;
    $self->{pid} = fork // die "fork: $!";
    if (!$self->{pid}) {
        open STDERR, '>', $self->path('logs/stderr');
        exec $self->command, '-g', 'daemon off;';
    }
    until ($self->read('nginx.pid')) {
        sleep 0.02;
        die 'nginx does not start: ' . $self->read('logs/stderr')
            if waitpid($self->{pid}, WNOHANG) && delete $self->{pid};
    }
    return $self;
}

# The first match in a file that nginx is about to write to.
sub read_when {
    my ($self, $file, $pattern) = @_;
    for (1 .. 100) {
        return $1 // $& if $self->read($file) =~ $pattern;
        sleep 0.05;
    }
    die "no $pattern in $file: " . $self->read($file);
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} // return;
    local ($?, $!);
    kill TERM => $pid and waitpid $pid, 0;
}

sub DESTROY { $_[0]->stop }

# A port that nobody listens on, nor will by chance: the kernel hands out those from 32768 on.
sub free_port {
    for (1 .. 1000) {
        my $port = 10_000 + int rand 20_000;
        return $port if IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1);
    }
    die "no free port: $!";
}

1;
