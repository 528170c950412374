# `$tcpfp_host_*`, of the client and of the address that `tcpfp_host` names.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use JSON::PP 'decode_json';
use Tcpfp;

# Every variable by its name, for those that are there.
our @names = qw(first_seen last_seen conn_count uptime uptime_mod nat nat_time change_time score
    reasons);
our $show = q(') . join('|', map {"$_=\$tcpfp_host_$_"} @names) . q(|$tcpfp_host_json');
our $zone = 'tcpfp_zone hosts:1m;';
our $two_systems = <<'_EOC_';
>>> ../conf/own.fp
classes = win,unix,other
[tcp:request]
label = s:unix:Ours:one
sig = *:64:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
label = s:win:Theirs:two
sig = *:128:0:1300:*,*:mss,sok,ts,nop,ws:df,id+:0
_EOC_

# What was shown: the variables that are there, and the JSON by itself.
sub shown {
    my @fields = split /\|/, $_[0], -1;
    my $json = pop @fields;
    my %is = map { /^(\w+)=(.+)/ ? ($1 => $2) : () } @fields;
    return \%is, $json eq '' ? undef : decode_json($json);
}

sub connect_to { client($ENV{TEST_NGINX_SERVER_PORT}, @_) }

# So many connections from an address, of which nginx knows; the last of them.
sub connections {
    my ($count, $address) = @_;
    my @clients = map { connect_to(from => $address) } 1 .. $count;
    $_->get('/') for @clients;
    return $clients[-1];
}

# What a new connection from an address is shown.
sub visit { (shown(connect_to(from => @_)->get('/')))[0] }

our $count = 'return 200 $tcpfp_host_conn_count;';

# A server of stream with a zone of this name.
sub stream {
    my ($zone) = @_;
    return "stream { tcpfp_zone $zone:1m; server { listen \$TEST_NGINX_RAND_PORT_1;"
        . ' return $tcpfp_host_conn_count; } }';
}

our $count_of_ipv6 = q(
    listen [::1]:$TEST_NGINX_SERVER_PORT;
    location / { return 200 $tcpfp_host_json; }
    location /of { tcpfp_host $arg_ip; return 200 '$tcpfp_host_conn_count'; }
);

# A connection from ::1 counts for this address, and these are then known so often.
sub counts_for {
    my ($address, %known) = @_;
    my $client = connect_to(host => '::1');
    like($client->get('/'), qr/^\{"address":"$address",.*"conn_count":1,/, "for $address");
    is($client->get("/of?ip=$_"), $known{$_}, "known of $_: '$known{$_}'") for sort keys %known;
}

run_tests();

__DATA__

=== TEST 1: the first connections of a client
--- http_config eval: $::zone
--- config eval: "return 200 $::show;"
--- client
    my $begin = time;
    my $first = visit('127.0.0.2');
    cmp_ok($first->{first_seen}, '>=', $begin, 'first seen now');
    cmp_ok($first->{first_seen}, '<=', time, 'and not later');
    is_deeply($first, {first_seen => $first->{first_seen}, conn_count => 1, nat => 0, score => 0},
        'and before never; nothing is strange');
    sleep 2;
    my $second = visit('127.0.0.2');
    is_deeply([@$second{qw(first_seen last_seen conn_count)}],
        [@$first{qw(first_seen first_seen)}, 2], 'last seen then');
    my $third = visit('127.0.0.2');
    is($third->{conn_count}, 3, 'the third');
    is($third->{first_seen}, $first->{first_seen}, 'since the first');
    cmp_ok($third->{last_seen}, '>=', $first->{first_seen} + 2, 'last seen with the second');
    is(visit('127.0.0.3')->{conn_count}, 1, 'another client');
--- no_error_log
[error]

=== TEST 2: the same for every request of a connection
--- http_config eval: $::zone
--- config eval: "return 200 $::show;"
--- client
    my $client = connect_to(from => '127.0.0.2');
    my $first = $client->get('/');
    sleep 2;
    visit('127.0.0.2') for 1 .. 3;
    is($client->get('/'), $first, 'whatever came meanwhile');
    my $next = visit('127.0.0.2');
    is($next->{conn_count}, 5, 'requests are not counted');
    cmp_ok($next->{last_seen}, '>=', (shown($first))[0]{first_seen} + 2, 'only connections are');
--- no_error_log
[error]

=== TEST 3: without a zone
--- config eval: "return 200 $::show;"
--- client
    is_deeply([shown(connect_to()->get('/'))], [{}, undef], 'nothing');
    is_deeply([shown(connect_to()->get('/'))], [{}, undef], 'for nobody');
--- no_error_log
[error]

=== TEST 4: the JSON holds the variables, and more
--- http_config eval: $::zone
--- config eval: "return 200 $::show;"
--- client
    for my $visit (1 .. 3) {
        my $client = connect_to(from => '127.0.0.2', ttl => 60 + $visit, mss => 1400);
        my ($is, $json) = shown($client->get('/'));
        my %others = map { $_ => delete $json->{$_} } qw(address p0f os family confidence event);
        is_deeply($json, $is, "every variable, and nothing that is absent: visit $visit");
        is($others{address}, '127.0.0.2', 'of this address');
        like($others{p0f}, qr/^4:@{[60 + $visit]}\+@{[4 - $visit]}:0:1400:/, 'its SYN');
        like($others{os}, qr/^Linux/, 'its system');
        is($others{family}, 'Linux', 'its family');
        like($others{confidence}, qr/^\d+$/, 'and how sure that is');
        is($others{event}, $visit > 1 ? 'host change' : undef, 'what came to light');
    }
    my ($raw) = connect_to(from => '127.0.0.2')->get('/') =~ /\|(\{.*)/;
    like($raw, qr/"conn_count":4,/, 'numbers are numbers');
    is(scalar(() = $raw =~ /"address"/g), 1, 'each key once');
--- no_error_log
[error]

=== TEST 5: a client that changes
--- http_config
    tcpfp_zone hosts:1m;
    tcpfp_database own.fp;
--- user_files eval: $::two_systems
--- config eval: "return 200 $::show;"
--- client
    my @ours = (from => '127.0.0.2', mss => 1400);
    my @theirs = (from => '127.0.0.2', mss => 1300, ttl => 128);
    my ($is, $json) = shown(connect_to(@ours)->get('/'));
    is("$is->{score} $is->{nat} $json->{os}", '0 0 Ours one', 'the one system');
    ($is, $json) = shown(connect_to(@theirs)->get('/'));
    cmp_ok($is->{score}, '>=', 8, 'the other: a score');
    like($is->{reasons}, qr/\bos_diff\b/, 'with its reasons');
    is_deeply([split / /, $is->{reasons}], $json->{reasons} && [split / /, $json->{reasons}],
        'in the JSON, too');
    is("$is->{nat} $json->{event} $json->{os}", '0 host change Theirs two', 'a change, and no sharing');
    cmp_ok($is->{change_time}, '>=', $is->{first_seen}, 'that happened now');
    ok(!exists $is->{nat_time}, 'sharing never did');
    my $visits = 2;
    until ($is->{nat}) {
        die "not seen in $visits connections" if $visits > 10;
        ($is, $json) = shown(connect_to($visits++ % 2 ? @theirs : @ours)->get('/'));
    }
    is($json->{event}, 'ip sharing', "sharing, after $visits connections");
    cmp_ok($is->{nat_time}, '>=', $is->{change_time}, 'that happened now');
    my $later = visit(@ours[1 .. $#ours]);
    is($later->{nat}, 1, 'the address is shared from then on');
    is($later->{nat_time}, $is->{nat_time}, 'since then');
--- no_error_log
[error]

=== TEST 6: sharing is over when it was not seen for as long as `inactive`
--- http_config
    tcpfp_zone hosts:1m inactive=3s;
    tcpfp_database own.fp;
--- user_files eval: $::two_systems
--- config eval: "return 200 $::show;"
--- client
    my $is = {nat => 0};
    for (my $visits = 0; !$is->{nat} && $visits < 10; $visits++) {
        visit('127.0.0.2', mss => 1400);
        $is = visit('127.0.0.2', mss => 1300, ttl => 128);
    }
    is($is->{nat}, 1, 'shared');
    my $time = $is->{nat_time};
    while (time <= $time + 4) {
        sleep 1;
        $is = visit('127.0.0.2', mss => 1300, ttl => 128);
    }
    is("$is->{nat} $is->{nat_time}", "0 $time", 'not any more, and when it was is known');
--- no_error_log
[error]

=== TEST 7: `tcpfp_host`, where it is said and where not
--- http_config
    tcpfp_zone hosts:1m;
    tcpfp_host 127.0.0.2;
    server {
        listen $TEST_NGINX_RAND_PORT_1;
        location / { return 200 '$tcpfp_host_conn_count'; }
        location /here { tcpfp_host 127.0.0.4; return 200 '$tcpfp_host_conn_count'; }
    }
--- config
    tcpfp_host 127.0.0.3;
    location / { return 200 '$tcpfp_host_conn_count'; }
    location /here { tcpfp_host 127.0.0.4; return 200 '$tcpfp_host_conn_count';
        location /here/in { return 200 '$tcpfp_host_conn_count'; } }
    location /arg { tcpfp_host $arg_ip; return 200 '$tcpfp_host_conn_count'; }
    location /parts { tcpfp_host $arg_a.0.0.$arg_d; return 200 '$tcpfp_host_conn_count'; }
    location /client { tcpfp_host $remote_addr; return 200 '$tcpfp_host_conn_count'; }
--- client
    my %client = map { $_ => connections($_, "127.0.0.$_") } 1 .. 5;
    my $other = client($TEST_NGINX_RAND_PORT_1, from => '127.0.0.9');
    is($other->get('/'), 2, "http's");
    is($other->get('/here'), 4, "a location's");
    my $client = $client{1};
    is($client->get('/'), 3, "the server's");
    is($client->get('/here'), 4, "a location's");
    is($client->get('/here/in'), 4, 'and inherited from it');
    is($client->get('/arg?ip=127.0.0.5'), 5, 'a variable');
    is($client->get("/arg?ip=127.0.0.$_"), $_, "127.0.0.$_") for 1 .. 5;
    is($client->get('/arg?ip=::ffff:127.0.0.5'), 5, 'an IPv4 address in an IPv6 one');
    is($client->get('/arg?ip=[::ffff:127.0.0.5]'), 5, 'in brackets');
    is($client->get('/parts?a=127&d=2'), 2, 'several variables');
    is($client->get('/arg?ip=127.0.0.9'), 1, 'the other one');
    is($client->get('/arg?ip=127.0.0.10'), '', 'an address that never came');
    is($client->get('/arg?ip=2001:db8::1'), '', 'one of IPv6');
    is($client{5}->get('/arg'), 5, 'none: the client');
    is($client{5}->get('/arg?ip='), 5, 'an empty one: the client');
    is($client{3}->get('/client'), 3, 'one that is always there');
    is($client{1}->status, 200, 'nothing was refused');
--- no_error_log
[error]

=== TEST 8: what is no address
--- http_config eval: $::zone
--- config
    location / { tcpfp_host $arg_ip; return 200 '$tcpfp_host_json'; }
    location /file { tcpfp_host $arg_ip; alias $TEST_NGINX_HTML_DIR/; }
    location /other { return 200 other; }
--- client
    my $client = connect_to();
    for my $wrong ('localhost', '127.0.0.256', '127.0.1', '127.0.0.1:80', '127.0.0.1/8', '%20',
        '127.0.0.1%00', '%31', '[127.0.0.1', '127.0.0.1]', '[]', ':', '1::2::3', 'fe80::1%25lo',
        '%ff%fe', '0177.0.0.1', ' ', 'x' x 2000) {
        (my $path = "/?ip=$wrong") =~ s/ /+/g;
        is($client->get($path), '{"error":"not an IP address"}', substr $wrong, 0, 20);
        is($client->status, 400, 'is refused');
    }
    $client->get('/file/?ip=nobody');
    is($client->status, 400, 'before a file is looked for, too');
    is($client->get('/other?ip=nobody'), 'other', 'a location that does not ask does not mind');
    my $head = curl('-I', "http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?ip=nobody");
    like($head, qr{^HTTP/1.1 400 .*^Content-Type: application/json\r$}ms, 'as JSON');
    like(curl('-d', 'x' x 10000, "http://127.0.0.1:$TEST_NGINX_SERVER_PORT/?ip=nobody"),
        qr/^\{"error"/, 'a request with a body');
    is($client->get('/?ip=127.0.0.77'), '', 'an address that is unknown is not refused');
    is($client->status, 200, 'but absent');
--- no_error_log
[error]

=== TEST 9: of another address, the last connection is the last one
--- http_config eval: $::zone
--- config eval
"location / { return 200 $::show; }
location /of { tcpfp_host \$arg_ip; return 200 $::show; }"
--- client
    my $begin = time;
    my $client = connect_to(from => '127.0.0.2');
    my ($own) = shown($client->get('/'));
    ok(!exists $own->{last_seen}, 'the client: none before');
    my ($of, $json) = shown(connect_to()->get('/of?ip=127.0.0.2'));
    is($of->{last_seen}, $own->{first_seen}, 'for others: this one');
    is($json->{address}, '127.0.0.2', 'of that address');
    visit('127.0.0.2');
    is((shown($client->get('/of?ip=127.0.0.2')))[0]{conn_count}, 2, 'what is known now');
    is((shown($client->get('/')))[0]{conn_count}, 1, 'what was known of the client at accept');
--- no_error_log
[error]

=== TEST 10: in stream
--- http_config eval: $::zone
--- config eval: "return 200 $::show;"
--- main_config eval
"stream {
    tcpfp_zone hosts:1m;
    log_format seen escape=none '<\$tcpfp_host_conn_count \$tcpfp_host_json>';
    access_log logs/access.log seen;
    server { listen \$TEST_NGINX_RAND_PORT_1; return $::show; }
}"
--- client
    visit('127.0.0.2');
    my ($is, $json) = shown(client($TEST_NGINX_RAND_PORT_1, from => '127.0.0.2')->rest);
    is("$is->{conn_count} $json->{address}", '2 127.0.0.2', 'the session of a known client');
    is($is->{last_seen}, $is->{first_seen}, 'last seen by http') or diag explain $is;
    is(visit('127.0.0.2')->{conn_count}, 3, 'counted for http');
    my ($logged) = logged(qr/^<(.*)>$/, 1);
    like($logged, qr/^2 \{.*"conn_count":2,/, 'in the log of the session');
--- no_error_log
[error]

=== TEST 11: in maps, headers, limits and logs
--- http_config
    tcpfp_zone hosts:1m;
    map $tcpfp_host_conn_count $kind { default regular; "" unknown; ~^[12]$ new; }
    log_format seen '<$remote_addr $tcpfp_host_conn_count $tcpfp_host_last_seen>';
    access_log logs/access.log seen;
--- config
    add_header X-Kind $kind;
    add_header X-Nat-Time "$tcpfp_host_nat_time";
    if ($tcpfp_host_conn_count = 4) { return 403; }
    location / { return 200 "$kind"; }
--- client
    my @said = map { connect_to(from => '127.0.0.2')->get('/') } 1 .. 3;
    is("@said", 'new new regular', 'a map');
    my $client = connect_to(from => '127.0.0.2');
    $client->get('/');
    is($client->status, 403, 'an if');
    my @logged = logged(qr/^<(127.0.0.2 .*)>$/, 4);
    like("@logged", qr/^127.0.0.2 1 - 127.0.0.2 2 \d+ 127.0.0.2 3 \d+ 127.0.0.2 4 \d+$/, 'a log');
--- no_error_log
[error]

=== TEST 12: behind a proxy that names the client, the record is the proxy's
--- http_config
    tcpfp_zone hosts:1m;
    set_real_ip_from 127.0.0.0/8;
    real_ip_header X-Forwarded-For;
--- config
    location / { return 200 '$remote_addr $tcpfp_host_conn_count $tcpfp_host_json'; }
    location /real { tcpfp_host $remote_addr; return 200 '$tcpfp_host_conn_count'; }
--- client
    my $client = connect_to(from => '127.0.0.2');
    connections(2, '127.0.0.3');
    my ($address, $count, $json) = split / /, $client->get('/', 'X-Forwarded-For' => '127.0.0.3'), 3;
    is("$address $count", '127.0.0.3 1', 'the count is of the one who connected');
    is(decode_json($json)->{address}, '127.0.0.2', 'and so is the address');
    is($client->get('/real', 'X-Forwarded-For' => '127.0.0.3'), 2, 'the other can be asked for');
    is($client->get('/real', 'X-Forwarded-For' => '192.0.2.1'), '', 'if it ever came');
--- no_error_log
[error]

=== TEST 13: without a SYN a connection is not counted
--- http_config
    tcpfp_zone hosts:1m;
    server { listen $TEST_NGINX_RAND_PORT_1; tcpfp info; return 200 '$tcpfp_host_conn_count'; }
    server { listen $TEST_NGINX_RAND_PORT_2; tcpfp off; return 200 '$tcpfp_host_conn_count'; }
    server { listen unix:$TEST_NGINX_HTML_DIR/nginx.sock; return 200 '<$tcpfp_host_conn_count>'; }
--- config
    return 200 '$tcpfp_host_conn_count';
--- client
    is(client($TEST_NGINX_RAND_PORT_1)->get('/'), '', 'tcpfp info');
    is(client($TEST_NGINX_RAND_PORT_2)->get('/'), '', 'tcpfp off');
    is(client("$TEST_NGINX_HTML_DIR/nginx.sock")->get('/'), '<>', 'a unix socket');
    is(connect_to()->get('/'), 1, 'a SYN');
    is(client($TEST_NGINX_RAND_PORT_1)->get('/'), 1, 'but what is known is told');
    is(connect_to()->get('/'), 2, 'the second');
--- no_error_log
[error]

=== TEST 14: a request that comes to several locations is told in each what that asks for
--- http_config eval: $::zone
--- config
    location = /page.html { ssi on; default_type text/html; root $TEST_NGINX_HTML_DIR; }
    location = / { return 200 known; }
    location /of { tcpfp_host $arg_ip; return 200 '$tcpfp_host_conn_count'; }
    location /redirected { set $before $tcpfp_host_conn_count; rewrite ^ /after?ip=127.0.0.2? last; }
    location /after { tcpfp_host $arg_ip; return 200 '$before $tcpfp_host_conn_count'; }
    location /json { set $before $tcpfp_json; rewrite ^ /json_after?ip=127.0.0.2? last; }
    location /json_after { tcpfp_host $arg_ip; return 200 $tcpfp_json; }
--- user_files
>>> page.html
<!--# echo var="tcpfp_host_conn_count" -->, <!--# include virtual="/of?ip=127.0.0.2" -->, <!--# include virtual="/of?ip=127.0.0.3" -->
--- client
    connections($_, "127.0.0.$_") for 2, 3;
    my $client = connect_to(from => '127.0.0.4');
    is($client->get('/redirected'), '1 2', 'a rewritten request');
    is(decode_json($client->get('/json'))->{host_conn_count}, 2, 'and its JSON');
    is(curl('--interface', '127.0.0.5', "http://127.0.0.1:$TEST_NGINX_SERVER_PORT/page.html"),
        "1, 2, 3\n", 'parts of a page');
--- no_error_log
[error]

=== TEST 15: http and stream with one zone
--- http_config eval: $::zone
--- config eval: $::count
--- main_config eval: ::stream('hosts')
--- client
    is(connect_to(from => '127.0.0.2')->get('/'), 1, 'http');
    is(client($TEST_NGINX_RAND_PORT_1, from => '127.0.0.2')->rest, 2, 'stream knows of it');
    is(connect_to(from => '127.0.0.2')->get('/'), 3, 'and http of stream');
    is(connect_to(from => '127.0.0.3')->get('/'), 1, 'another address is another client');
--- no_error_log
[error]

=== TEST 16: zones of their own
--- http_config eval: $::zone
--- config eval: $::count
--- main_config eval: ::stream('sessions')
--- client
    is(connect_to(from => '127.0.0.2')->get('/'), 1, 'http');
    is(client($TEST_NGINX_RAND_PORT_1, from => '127.0.0.2')->rest, 1, 'stream knows nothing of it');
    is(connect_to(from => '127.0.0.2')->get('/'), 2, 'nor http of stream');
--- no_error_log
[error]

=== TEST 17: an IPv6 client is its prefix
--- http_config eval: $::zone
--- config eval: $::count_of_ipv6
--- client
    counts_for('::', '::1' => 1, '::2' => 1, '::ffff:ffff:ffff:ffff' => 1, '0:0:0:1::1' => '');
--- no_error_log
[error]

=== TEST 18: a shorter prefix
--- http_config
    tcpfp_zone hosts:1m ipv6_prefix=48;
--- config eval: $::count_of_ipv6
--- client
    counts_for('::', '::1' => 1, '::2' => 1, '0:0:0:1::1' => 1, '0:0:1::1' => '');
--- no_error_log
[error]

=== TEST 19: the whole address
--- http_config
    tcpfp_zone hosts:1m ipv6_prefix=128;
--- config eval: $::count_of_ipv6
--- client
    counts_for('::1', '::1' => 1, '::2' => '', '::ffff:ffff:ffff:ffff' => '', '0:0:0:1::1' => '');
--- no_error_log
[error]
