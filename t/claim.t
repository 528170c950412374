# What a request claims to be, held against the SYN. The client of these tests is a Linux;
# t/live/test_claim.py sends the SYNs of other systems; test_http2.py asks by streams at once.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP 'decode_json';
use Tcpfp;

our $config = <<'_EOC_';
    listen unix:$TEST_NGINX_HTML_DIR/nginx.sock;
    location / { return 200 "$tcpfp_ua_family/$tcpfp_os_mismatch"; }
    location /json { return 200 $tcpfp_json; }
_EOC_

our %agent = (
    windows => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
    linux => 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
    android => 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36',
    chromeos => 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36',
    mac => 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15',
    console => 'Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15',
    robot => 'Mozilla/5.0 (Linux; Android 6.0.1) (compatible; Googlebot/2.1)',
    curl => 'curl/7.88.1',
);
our %says = (
    windows => 'Windows/1', linux => 'Linux/0', android => 'Android/0', chromeos => 'Linux/0',
    mac => 'Apple/1', console => 'Other/', robot => '/', curl => '/',
);

sub connect_to { return client($ENV{TEST_NGINX_SERVER_PORT}, @_) }

run_tests();

__DATA__

=== TEST 1: every request of a connection has its own claim
--- config eval: $::config
--- client
    my $client = connect_to();
    for my $name (sort keys %::says) {
        is($client->get('/', 'User-Agent' => $::agent{$name}), $::says{$name}, $name);
    }
    is($client->get('/'), '/', 'none');
    is($client->get('/', 'User-Agent' => ''), '/', 'an empty one');
    my @names = sort keys %::says;
    $client->send_get('/', 'User-Agent' => $::agent{$_}) for @names;
    is_deeply([map { $client->body } @names], [@::says{@names}], 'pipelined');
--- no_error_log
[error]

=== TEST 2: how likely a lie is, and how the SYN came to be
--- config
    location / { return 200 "$tcpfp_os_mismatch_p"; }
    location /how { return 200 "$tcpfp_explanation"; }
    location /json { return 200 $tcpfp_json; }
--- client
    my $client = connect_to();
    my %likely = (windows => qr/^(99|100)$/, mac => qr/^(99|100)$/, linux => qr/^0$/, android => qr/^0$/,
        curl => qr/^$/, console => qr/^$/, robot => qr/^$/);
    like($client->get('/', 'User-Agent' => $::agent{$_}), $likely{$_}, $_) for sort keys %likely;
    my $how = $client->get('/how');
    like($how, qr/^Linux: Linux [^;]*; Android: /, 'the likeliest first');
    is(scalar(my @families = $how =~ /(\w+): /g), 7, 'every family');
    my $json = decode_json($client->get('/json', 'User-Agent' => $::agent{windows}));
    like($json->{os_mismatch_p}, $likely{windows}, 'in the JSON');
    ok(!exists $json->{explanation}, 'which has no words');
--- no_error_log
[error]

=== TEST 3: Sec-CH-UA-Platform goes first
--- config eval: $::config
--- client
    my $client = connect_to();
    for (
        ['"Windows"', linux => 'Windows/1'],
        ['"Linux"', windows => 'Linux/0'],
        ['"Android"', windows => 'Android/0'],
        ['"Chrome OS"', windows => 'Linux/0'],
        ['"macOS"', linux => 'Apple/1'],
        ['"Unknown"', mac => 'Apple/1'],
        ['Windows', linux => 'Linux/0'],
        ['"', linux => 'Linux/0'],
        ['"Android"', robot => '/'],
    ) {
        my ($platform, $name, $said) = @$_;
        for my $header (qw(Sec-CH-UA-Platform sec-ch-ua-platform SEC-CH-UA-PLATFORM)) {
            is($client->get('/', 'User-Agent' => $::agent{$name}, $header => $platform), $said,
                "$header: $platform, $name");
        }
    }
    # More headers than nginx keeps in one piece of its list.
    my %many = map { ("X-$_" => 'x') } 1 .. 60;
    is($client->get('/', %many, 'Sec-CH-UA-Platform' => '"macOS"'), 'Apple/1', 'among many');
--- no_error_log
[error]

=== TEST 4: in the JSON
--- config eval: $::config
--- client
    my $client = connect_to();
    for my $name (sort keys %::says) {
        my $json = decode_json($client->get('/json', 'User-Agent' => $::agent{$name}));
        my %is = map { exists $json->{$_} ? ($_ => $json->{$_}) : () } qw(ua_family os_mismatch);
        my %expected;
        @expected{qw(ua_family os_mismatch)} = split m{/}, $::says{$name};
        defined $expected{$_} && length $expected{$_} or delete $expected{$_} for keys %expected;
        is_deeply(\%is, \%expected, $name);
    }
--- no_error_log
[error]

=== TEST 5: in maps, logs, subrequests and redirects
--- http_config
    map $tcpfp_os_mismatch $verdict { 1 liar; 0 honest; default unknown; }
    log_format claim '<$tcpfp_ua_family $tcpfp_os_mismatch $verdict>';
    access_log logs/access.log claim;
--- config
    location /ssi { ssi on; ssi_types text/plain; root html; try_files /page.txt =404; }
    location /sub { return 200 "$tcpfp_ua_family $tcpfp_os_mismatch $verdict"; }
    location /moved { rewrite ^ /sub; }
--- client
    open my $page, '>', '$TEST_NGINX_HTML_DIR/page.txt' or die $!;
    print $page '<!--# include virtual="/sub" --><!--# echo var="tcpfp_ua_family" -->';
    close $page;
    my $client = connect_to();
    is($client->get('/moved', 'User-Agent' => $::agent{windows}), 'Windows 1 liar', 'redirected');
    is($client->get('/moved', 'User-Agent' => $::agent{linux}), 'Linux 0 honest', 'another');
    is($client->get('/moved', 'User-Agent' => $::agent{curl}), '  unknown', 'none');
    $client->write("GET /ssi HTTP/1.0\r\nUser-Agent: $::agent{mac}\r\n\r\n");
    like($client->rest, qr/\r\n\r\nApple 1 liarApple$/, 'a subrequest, and a name at run time');
    my @logged = logged(qr/^<(.*)>$/, 4);
    is_deeply(\@logged, ['Windows 1 liar', 'Linux 0 honest', '- - unknown', 'Apple 1 liar'],
        'logged');
--- no_error_log
[error]

=== TEST 6: a proxy's SYN, behind which any system may be
--- http_config
    tcpfp_database proxy.fp;
--- user_files
>>> ../conf/proxy.fp
classes = proxy
[tcp:request]
label = s:proxy:Full TCP proxy:
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
--- config
    location / { return 200 "$tcpfp_os_class/$tcpfp_ua_family/$tcpfp_os_mismatch"; }
    location /json { return 200 $tcpfp_json; }
--- client
    my $client = client($TEST_NGINX_SERVER_PORT, fresh => 1);
    for my $name (sort keys %::says) {
        (my $said = $::says{$name}) =~ s/\d$//;
        is($client->get('/', 'User-Agent' => $::agent{$name}), "proxy/$said", $name);
    }
    my $json = decode_json($client->get('/json', 'User-Agent' => $::agent{windows}));
    is($json->{os_class}, 'proxy', 'in the JSON');
    ok(!exists $json->{$_}, "which has no $_") for qw(os_mismatch os_mismatch_p);
--- no_error_log
[error]

=== TEST 7: without a SYN
--- config eval: "tcpfp info;\n$::config"
--- client
    for my $to ($TEST_NGINX_SERVER_PORT, '$TEST_NGINX_HTML_DIR/nginx.sock') {
        is(client($to)->get('/', 'User-Agent' => $::agent{windows}), 'Windows/',
            'the claim is there, and nothing to hold against it');
    }
--- no_error_log
[error]

=== TEST 8: rubbish
--- config eval: $::config
--- client
    my $client = connect_to();
    my $bytes = join '', map chr, grep { $_ != 10 && $_ != 13 } 1 .. 255;
    is($client->get('/', 'User-Agent' => $bytes), '/', 'every byte');
    is($client->get('/', 'User-Agent' => $::agent{windows} . $bytes), 'Windows/1', 'behind one');
    is($client->get('/', 'User-Agent' => 'x' x 8000), '/', 'a long word');
    is($client->get('/', 'User-Agent' => '(;' x 4000), '/', 'no words');
    is($client->get('/', 'User-Agent' => 'Win ' x 1900), 'Windows/', 'many words');
    is($client->get('/', 'Sec-CH-UA-Platform' => $bytes), '/', 'every byte as platform');
--- no_error_log
[error]
