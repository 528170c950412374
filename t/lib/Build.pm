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

our @EXPORT = qw(ROOT run make trees tree nginx_test answer serve free_port);

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
        HTTP
    }
    stream {
        STREAM
    }
_EOC_

# ttl_servers(@ports): for http and stream, each tells a client its TTL.
sub ttl_servers {
    my ($http, $stream) = @_;
    return [
        "server { listen 127.0.0.1:$http; return 200 'http \$tcpfp_ttl'; }",
        "server { listen 127.0.0.1:$stream; return 'stream \$tcpfp_ttl'; }",
    ];
}

# nginx_test($tree, @modules): status and output of `nginx -t` with these to load.
sub nginx_test {
    my ($tree, @modules) = @_;
    my $prefix = prefix($tree, ttl_servers(free_port(), free_port()), @modules);
    return run(command($tree, $prefix), '-t');
}

# answer($tree, @modules): what a server of each protocol says of a client's TTL.
sub answer {
    my ($tree, @modules) = @_;
    my @ports = (free_port(), free_port());
    my @answers;
    serve($tree, ttl_servers(@ports), \@modules, sub { @answers = map { ask($_) } @ports });
    return map { /((?:http|stream) \d+)/ ? $1 : $_ } @answers;
}

# serve($tree, [$http, $stream], \@modules, $code): runs the code while nginx serves these servers,
# with its folder and process, and gives the error log.
sub serve {
    my ($tree, $servers, $modules, $code) = @_;
    my $prefix = prefix($tree, $servers, @$modules);
    my $log = "$prefix/error.log";
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        exec command($tree, $prefix), '-g', "daemon off; error_log $log info;" or die "exec: $!";
    }
    for (1 .. 200) {
        last if -s "$prefix/nginx.pid";
        sleep 0.05;
    }
    $code->($prefix, $pid);
    kill TERM => $pid;
    waitpid $pid, 0;
    open(my $file, '<', $log) or die "error.log: $!";
    return do { local $/; <$file> };
}

# A folder with the configuration.
sub prefix {
    my ($tree, $servers, @modules) = @_;
    my $prefix = tempdir(CLEANUP => 1);
    mkdir "$prefix/logs";
    my $config = join '', map { "load_module $_;\n" } grep { $_ } $tree->{NGINX_STREAM_MODULE}, @modules;
    $config .= $CONFIG =~ s/HTTP/$servers->[0]/r =~ s/STREAM/$servers->[1]/r;
    open(my $file, '>', "$prefix/nginx.conf") or die "nginx.conf: $!";
    print $file $config;
    close $file;
    return $prefix;
}

sub command {
    my ($tree, $prefix) = @_;
    return ($tree->{NGINX_BINARY}, '-p', "$prefix/", '-c', "$prefix/nginx.conf");
}

sub free_port {
    return IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
}

sub ask {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5)
        or return 'no answer';
    print $socket "GET / HTTP/1.0\r\n\r\n";
    return join '', <$socket>;
}

1;
