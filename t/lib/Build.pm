package Build;

# Builds as a user does, and starts what was built.

use strict;
use warnings;

use Cwd 'abs_path';
use Exporter 'import';
use File::Basename 'dirname';
use Client;
use Nginx 'free_port';
use Test::More;

our @EXPORT = qw(ROOT run make trees nginxes tree server nginx_test answer free_port);

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

# The trees that NGINX_TREES names, behind colons or spaces: folders of sources that were configured and
# made in their objs/. Without it, those of this machine.
sub nginxes {
    my @named = grep {$_} split /[:\s]+/, $ENV{NGINX_TREES} // '';
    return @named ? @named : trees();
}

# tree($name): where its source and its nginx are, as build/nginx.sh has found. It is one of trees(),
# or a folder.
sub tree {
    my ($name) = @_;
    my @folder = $name =~ m{/} ? "NGINX_SOURCE_DIR=$name" : ();
    $name = 'custom' if @folder;
    make("objs/$name/nginx.env", @folder);
    my @names = qw(NGINX_SOURCE_DIR NGINX_BUILD_DIR NGINX_BINARY NGINX_STREAM_MODULE);
    my ($status, $output)
        = run('bash', '-c', ". objs/$name/nginx.env; printf '%s\\n' " . join ' ', map "\"\$$_\"", @names);
    my %tree;
    @tree{@names} = split /\n/, $output, -1;
    return \%tree;
}

my $CONFIG = <<'_EOC_';
    pid nginx.pid;
    error_log logs/error.log info;
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

# nginx_test($tree, @modules): whether nginx -t accepts these to load, and what it says.
sub nginx_test {
    my ($tree, @modules) = @_;
    return server($tree, ttl_servers(free_port(), free_port()), @modules)->check;
}

# answer($tree, @modules): what a server of each protocol says of a client's TTL.
sub answer {
    my ($tree, @modules) = @_;
    my @ports = (free_port(), free_port());
    my $nginx = server($tree, ttl_servers(@ports), @modules)->start;
    return map { ask($_) =~ /((?:http|stream) \d+)/ ? $1 : 'no answer' } @ports;
}

# server($tree, [$http, $stream], @modules): with these servers, not started.
sub server {
    my ($tree, $servers, @modules) = @_;
    my $load = join '', map {"load_module $_;\n"} grep {$_} $tree->{NGINX_STREAM_MODULE}, @modules;
    my $nginx = Nginx->new($load . $CONFIG =~ s/HTTP/$servers->[0]/r =~ s/STREAM/$servers->[1]/r);
    $nginx->{binary} = $tree->{NGINX_BINARY};
    return $nginx;
}

# All that a server of either protocol says.
sub ask {
    my $client = client($_[0]);
    $client->write("GET / HTTP/1.0\r\n\r\n");
    return $client->rest;
}

1;
