# nginx without TLS, with its own OpenSSL and with one that nobody can see: the modules work in each,
# and $tcpfp_tls_rtt is there or the log says once why it is not.

use strict;
use warnings;

use lib 't/lib';
use Build;
use File::Temp 'tempdir';
use Test::More;

make('build', 'NGINX=vendored');
my $tree = tree('vendored');
my @for_tls = modules('vendored');

my $certificate = tempdir(CLEANUP => 1);
my ($status, $output) = run(
    qw(openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2),
    '-keyout', "$certificate/key", '-out', "$certificate/certificate"
);
is $status, 0, 'a certificate' or diag $output;

sub modules {
    my ($folder) = @_;
    return [map { ROOT . "/objs/$folder/ngx_${_}_tcpfp_module.so" } qw(http stream)];
}

# nginx($name, $libraries, @arguments): builds one from the vendored source, with other libraries
# than OpenSSL's shared ones.
sub nginx {
    my ($name, $libraries, @arguments) = @_;
    my $folder = ROOT . "/objs/own/$name";
    my ($status, $output) = run('bash', '-c', <<'_EOC_', 'build', $tree->{NGINX_SOURCE_DIR}, $folder, $libraries, @arguments);
        set -e
        mkdir -p "$2"
        cp -Ru "$1"/auto "$1"/src "$2"
        cd "$2"
        bash auto/configure --with-compat --with-stream "${@:4}"
        sed -i "s/-lssl -lcrypto/$3/" objs/Makefile
        make -j2 -f objs/Makefile binary
_EOC_
    is $status, 0, "an nginx: $name" or diag $output;
    return { %$tree, NGINX_SOURCE_DIR => $folder, NGINX_BUILD_DIR => "$folder/objs",
        NGINX_BINARY => "$folder/objs/nginx" };
}

# What clients see in http and stream: the TTL and the TLS round trip. And of the log, why that is
# not there.
sub shown {
    my ($tree, $modules, $is_tls) = @_;
    my @ports = (free_port(), free_port());
    my $ssl = $is_tls ? 'ssl' : '';
    my $tls = $is_tls ? "ssl_certificate $certificate/certificate; ssl_certificate_key $certificate/key;" : '';
    my $servers = [
        "server { listen 127.0.0.1:$ports[0] $ssl; $tls return 200 'ttl:\$tcpfp_ttl tls:\$tcpfp_tls_rtt'; }",
        "server { listen 127.0.0.1:$ports[1] $ssl; $tls return 'ttl:\$tcpfp_ttl tls:\$tcpfp_tls_rtt'; }",
    ];
    my $nginx = server($tree, $servers, @$modules)->start;
    my $scheme = $is_tls ? 'https' : 'http';
    my $ask = sub {
        map { (run(qw(curl -sk --http0.9), "$scheme://127.0.0.1:$_/"))[1] } @ports;
    };
    my @answers = $ask->();
    kill HUP => $nginx->{pid};
    sleep 1;
    push @answers, $ask->();
    $nginx->stop;
    my $log = $nginx->read('logs/error.log');
    return (\@answers, [$log =~ /\[info\].*tcpfp: (no .*)/g]);
}

my $without = nginx('without-tls', '');
make('modules', map { "$_=$without->{$_}" } qw(NGINX_SOURCE_DIR NGINX_BUILD_DIR));
my $for_none = modules('custom');
my ($for_tls) = @for_tls;

sub reasons {
    my ($reason) = @_;
    return [map { "no \$tcpfp_tls_rtt: ngx_${_}_ssl_module $reason" } qw(http stream)];
}

for my $case (
    ['no TLS', $without, $for_tls, 0, qr/^$/, reasons('is not in this nginx')],
    ['no TLS, and built for that', $without, $for_none, 0, qr/^$/, reasons('is not in this nginx')],
    ['TLS, and built for none', $tree, $for_none, 1, qr/^$/,
        reasons('was not in the nginx that tcpfp is built for')],
    ['TLS', $tree, $for_tls, 1, qr/^\d+$/, []],
) {
    check(@$case);
}

SKIP: {
    my $static = '-l:libssl.a -l:libcrypto.a';
    my ($status) = run('bash', '-c', "echo 'int main(){}' | cc -x c - $static -o /dev/null");
    skip 'no static OpenSSL here', 2 if $status != 0;
    my @ssl = qw(--with-http_ssl_module --with-stream_ssl_module);
    check('a static OpenSSL', nginx('static-tls', $static, @ssl), $for_tls, 1, qr/^\d+$/, []);
    my $hidden = nginx('hidden-tls', $static, @ssl,
        '--with-ld-opt=-Wl,--exclude-libs,libssl.a:libcrypto.a');
    check('a static OpenSSL that shows nothing', $hidden, $for_tls, 1, qr/^$/,
        reasons('has a TLS library whose functions tcpfp does not find'));
}

# check($name, $tree, \@modules, $is_tls, $value, \@reasons)
sub check {
    my ($name, $tree, $modules, $is_tls, $value, $reasons) = @_;
    my ($answers, $logged) = shown($tree, $modules, $is_tls);
    for my $answer (@$answers) {
        my ($ttl, $tls) = $answer =~ /^ttl:(\d*) tls:(.*)$/;
        is $ttl, 64, "$name: the modules work" or diag $answer;
        like $tls, $value, "$name: the TLS round trip";
    }
    is_deeply [sort @$logged], $reasons, "$name: said once, and only if it is absent";
}

done_testing;
