package Build;

# Builds as a user does, and starts what was built.

use strict;
use warnings;

use Cwd 'abs_path';
use Exporter 'import';
use File::Basename 'dirname';
use File::Temp 'tempdir';
use IO::Socket::INET;
use Test::More;
use Time::HiRes 'sleep';

our @EXPORT = qw(ROOT run make trees tree nginx_test answer);

use constant ROOT => abs_path(dirname(__FILE__) . '/../..');

# What the make that runs this was asked is not for the makes that this runs.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL NGINX NGINX_SOURCE_DIR NGINX_BUILD_DIR FEATURES)};
chdir ROOT or die "chdir: $!";

# run(@command): its exit status, and what it wrote to either output.
sub run {
    my $pid = open(my $output, '-|') // die "fork: $!";
    if (!$pid) {
        open(STDERR, '>&', \*STDOUT);
        exec @_ or die "$_[0]: $!";
    }
    my $text = do { local $/; <$output> } // '';
    close $output;
    return ($? >> 8, $text);
}

# make(@arguments): that must succeed.
sub make {
    my ($status, $output) = run('make', '--silent', '--no-print-directory', @_);
    is $status, 0, "make @_" or diag $output;
    return $output;
}

# The trees that this machine can build for.
sub trees {
    chomp(my $chosen = qx(build/nginx.sh choose));
    return $chosen eq 'system' ? qw(system vendored) : 'vendored';
}

# tree($name): where its source and its nginx are, as build/nginx.sh has found.
sub tree {
    my ($name) = @_;
    make("objs/$name/nginx.env");
    my @names = qw(NGINX_SOURCE_DIR NGINX_BUILD_DIR NGINX_BINARY NGINX_STREAM_MODULE);
    my ($status, $output)
        = run('bash', '-c', ". objs/$name/nginx.env; printf '%s\\n' " . join ' ', map "\"\$$_\"", @names);
    my %tree;
    @tree{@names} = split /\n/, $output, -1;
    return \%tree;
}

my $CONFIG = <<'_EOC_';
    pid nginx.pid;
    error_log stderr;
    events { }
    http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        server { listen 127.0.0.1:HTTP; return 200 "http $tcpfp_ttl"; }
    }
    stream {
        server { listen 127.0.0.1:STREAM; return "stream $tcpfp_ttl"; }
    }
_EOC_

# nginx_test($tree, @modules): status and output of `nginx -t` with these to load.
sub nginx_test {
    my ($tree, @modules) = @_;
    return run(command($tree, [free_port(), free_port()], @modules), '-t');
}

# answer($tree, @modules): what a server of each protocol says of a client's TTL.
sub answer {
    my ($tree, @modules) = @_;
    my @ports = (free_port(), free_port());
    my ($pid, $log) = (fork // die("fork: $!"));
    if (!$pid) {
        exec command($tree, \@ports, @modules), '-g', 'daemon off;' or die "exec: $!";
    }
    my @answers = map { ask($_) } @ports;
    kill TERM => $pid;
    waitpid $pid, 0;
    return map { /((?:http|stream) \d+)/ ? $1 : $_ } @answers;
}

sub command {
    my ($tree, $ports, @modules) = @_;
    my $prefix = tempdir(CLEANUP => 1);
    mkdir "$prefix/logs";
    my $config = join '', map { "load_module $_;\n" } grep { $_ } $tree->{NGINX_STREAM_MODULE}, @modules;
    $config .= $CONFIG =~ s/HTTP/$ports->[0]/r =~ s/STREAM/$ports->[1]/r;
    open(my $file, '>', "$prefix/nginx.conf") or die "nginx.conf: $!";
    print $file $config;
    close $file;
    return ($tree->{NGINX_BINARY}, '-p', "$prefix/", '-c', "$prefix/nginx.conf");
}

sub free_port {
    return IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
}

sub ask {
    my ($port) = @_;
    for (1 .. 200) {
        if (my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5)) {
            print $socket "GET / HTTP/1.0\r\n\r\n";
            return join '', <$socket>;
        }
        sleep 0.05;
    }
    return 'no answer';
}

1;
