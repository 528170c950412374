# `tcpfp_p0f_api`: the answers to p0f's queries.

use lib 't/lib';
use Test::Nginx::Socket 'no_plan';
use IO::Socket::UNIX;
use JSON::PP 'decode_json';
use P0f;
use Tcpfp;

our $main = q(stream {
    server { listen unix:$TEST_NGINX_HTML_DIR/p0f.sock; tcpfp_p0f_api hosts; }
});
our $http = q(
    tcpfp_zone hosts:1m;
    server { listen [::1]:$TEST_NGINX_RAND_PORT_1; return 200 $tcpfp_host_json; }
);
our $config = 'return 200 $tcpfp_host_json;';

sub p0f { client(html_dir() . '/p0f.sock') }

# A visit from an address, and what nginx says of it.
sub visit {
    my ($address, @options) = @_;
    return decode_json(
        client($ENV{TEST_NGINX_SERVER_PORT}, from => $address, @options)->get('/'));
}

# All that nothing is known of.
our %nothing = (first_seen => 0, last_seen => 0, total_conn => 0, uptime_min => 0, up_mod_days => 0,
    last_nat => 0, last_chg => 0, distance => 0, bad_sw => 0, os_match_q => 0,
    map { $_ => '' } qw(os_name os_flavor http_name http_flavor link_type language));

run_tests();

__DATA__

=== TEST 1: a client, in the words of the database of stream
--- main_config eval: $::main =~ s/\{/{ tcpfp_database own.fp;/r
--- http_config eval: $::http
--- user_files
>>> ../conf/own.fp
classes = win,unix,other
[tcp:request]
label = s:unix:Ours:one
sig = *:64:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
label = g:unix:General:
sig = *:64:0:1300:*,*:mss,sok,ts,nop,ws:df,id+:0
label = s:win:Theirs with a name that is too long:and a flavor that is too long
sig = *:128:0:1400:*,*:mss,sok,ts,nop,ws:df,id+:0
[mtu]
label = our link
sig = 1440
--- config eval: $::config
--- client
    my $p0f = p0f();
    my $begin = time;
    my $json = visit('127.0.0.2', mss => 1400, ttl => 61);
    my %is = (%::nothing, status => 'ok', first_seen => $json->{first_seen},
        last_seen => $json->{first_seen}, total_conn => 1, distance => 3, os_name => 'Ours',
        os_flavor => 'one', link_type => 'our link');
    is_deeply(p0f_ask($p0f, '127.0.0.2'), \%is, 'after its first connection');
    cmp_ok($is{first_seen}, '>=', $begin, 'which was now');
    sleep 2;
    visit('127.0.0.2', mss => 1400, ttl => 61);
    my $answer = p0f_ask($p0f, '127.0.0.2');
    is($answer->{first_seen}, $is{first_seen}, 'first seen then');
    cmp_ok($answer->{last_seen}, '>', $is{last_seen}, 'last seen later');
    is($answer->{total_conn}, 2, 'two connections');

    visit('127.0.0.3', mss => 1300);
    $answer = p0f_ask($p0f, '127.0.0.3');
    is("@$answer{qw(os_name os_flavor os_match_q link_type distance)}", 'General  2  0',
        'a generic match');
    visit('127.0.0.4', mss => 1300, ttl => 70);
    $answer = p0f_ask($p0f, '127.0.0.4');
    is("@$answer{qw(os_name os_match_q)}", 'General 3', 'a fuzzy one of a generic signature');
    visit('127.0.0.5', mss => 1400, ttl => 100);
    is(p0f_ask($p0f, '127.0.0.5')->{os_match_q}, 0, 'an exact one');
    $answer = p0f_ask($p0f, '127.0.0.5');
    is("@$answer{qw(os_name os_flavor distance)}", join(' ', substr('Theirs with a name that is too long', 0, 31),
        'and a flavor that is too long', 28), 'a name is cut in front of the last zero');
    visit('127.0.0.6', mss => 1200, ttl => 33);
    $answer = p0f_ask($p0f, '127.0.0.6');
    is_deeply([@$answer{qw(status os_name os_flavor os_match_q link_type distance)}],
        ['ok', '', '', 0, '', 31], 'no match');

    my $shared;
    for (1 .. 10) {
        visit('127.0.0.7', mss => 1400);
        $json = visit('127.0.0.7', mss => 1400, ttl => 128);
        last if $json->{nat};
    }
    $answer = p0f_ask($p0f, '127.0.0.7');
    is("@$answer{qw(last_nat last_chg)}", "@$json{qw(nat_time change_time)}",
        'when it was seen to be shared, and to change');
    cmp_ok($answer->{last_nat}, '>=', $begin, 'which was now');
--- no_error_log
[error]

=== TEST 2: IPv6
--- main_config eval: $::main
--- http_config eval: $::http
--- config eval: $::config
--- client
    my $json = decode_json(client($TEST_NGINX_RAND_PORT_1, host => '::1', hops => 60)->get('/'));
    my $answer = p0f_ask(p0f(), '::1');
    is_deeply([@$answer{qw(status total_conn first_seen distance)}],
        ['ok', 1, $json->{first_seen}, 4], 'the client');
    is(p0f_ask(p0f(), '::ffff:ffff:ffff:ffff')->{total_conn}, 1, 'another address of its prefix');
    is(p0f_ask(p0f(), '0:0:0:1::1')->{status}, 'no match', 'one of another');
    visit('127.0.0.2') for 1 .. 3;
    is(p0f_ask(p0f(), '::ffff:127.0.0.2')->{total_conn}, 3, 'an IPv4 address in an IPv6 one');
    is(p0f_ask(p0f(), '127.0.0.2')->{total_conn}, 3, 'is the same as by itself');
--- no_error_log
[error]

=== TEST 3: who is unknown, and what is no question
--- main_config eval: $::main
--- http_config eval: $::http
--- config eval: $::config
--- client
    visit('127.0.0.2');
    my $p0f = p0f();
    is_deeply(p0f_ask($p0f, '127.0.0.3'), {%::nothing, status => 'no match'}, 'unknown');
    is_deeply(p0f_ask($p0f, '2001:db8::1'), {%::nothing, status => 'no match'}, 'unknown, IPv6');
    my $bad = {%::nothing, status => 'bad query'};
    is_deeply(p0f_ask($p0f, '127.0.0.2', magic => $_), $bad, sprintf 'magic 0x%x', $_)
        for 0, 0x50304602, 0x01463050, 0xffffffff;
    is_deeply(p0f_ask($p0f, '127.0.0.2', type => $_), $bad, "address type $_")
        for 0, 1, 2, 5, 7, 10, 255;
    is(p0f_ask($p0f, '127.0.0.2')->{total_conn}, 1, 'and after all that a good one');
    $p0f->write('GET / HTTP/1.0', "\r\n" x 4);
    is(p0f_answer($p0f)->{status}, 'bad query', 'another protocol');
    # What is behind an address of IPv4 is not looked at.
    $p0f = p0f();
    $p0f->write(substr(p0f_question('127.0.0.2'), 0, 9) . "\xff" x 12);
    is(p0f_answer($p0f)->{total_conn}, 1, 'only four bytes are an address of IPv4');
--- no_error_log
[error]

=== TEST 4: questions at once, in parts, and without waiting for answers
--- main_config eval: $::main
--- http_config eval: $::http
--- config eval: $::config
--- client
    my @addresses = map {"127.0.0.$_"} 1 .. 20;
    visit($_) for map { my $n = $_; ($addresses[$n]) x ($n + 1) } 0 .. 19;
    my $p0f = p0f();
    $p0f->write(map { p0f_question($_) } @addresses);
    my @counts = map { p0f_answer($p0f)->{total_conn} } @addresses;
    is("@counts", join(' ', 1 .. 20), 'answers in the order of the questions');

    for my $size (1, 5, 20, 22, 100) {
        my $text = join '', map { p0f_question($_) } @addresses[0 .. 9];
        while (length $text) {
            $p0f->write(substr $text, 0, $size, '');
            select undef, undef, undef, 0.002;
        }
        @counts = map { p0f_answer($p0f)->{total_conn} } 1 .. 10;
        is("@counts", join(' ', 1 .. 10), "in parts of $size bytes");
    }

    # More than sockets hold: nginx has to wait until somebody reads.
    my $text = join '', map { p0f_question($addresses[$_ % 20]) } 0 .. 9999;
    my $greedy = p0f();
    my $writer = fork // die "fork: $!";
    if (!$writer) {
        eval { $greedy->write($text); shutdown $greedy->{socket}, 1 };
        require POSIX;
        POSIX::_exit($@ ? 1 : 0);
    }
    select undef, undef, undef, 0.5;
    is(p0f_ask(p0f(), '127.0.0.2')->{total_conn}, 2, 'others need not wait');
    my $wrong = grep { p0f_answer($greedy)->{total_conn} != $_ % 20 + 1 } 0 .. 9999;
    is($wrong, 0, 'ten thousand answers, each to its question');
    waitpid $writer, 0;
    is($?, 0, 'all questions were taken');
    is($greedy->rest, '', 'and then the server closes');
--- no_error_log
[error]

=== TEST 5: who has asked and says no more
--- main_config eval: $::main
--- http_config eval: $::http
--- config
    location / { return 200 '{"pid":$pid}'; }
    location /status { stub_status; }
--- client
    visit('127.0.0.2');
    my $half = p0f();
    $half->write(map { p0f_question('127.0.0.2') } 1 .. 3);
    shutdown $half->{socket}, 1;
    is(p0f_answer($half)->{total_conn}, 1, 'who closed one half is answered') for 1 .. 3;
    is($half->rest, '', 'and that is all');
    my $part = p0f();
    $part->write(substr p0f_question('127.0.0.2'), 0, 20);
    shutdown $part->{socket}, 1;
    is($part->rest, '', 'a part of a question is none');
    for (1 .. 50) {
        my $gone = p0f();
        $gone->write((p0f_question('127.0.0.2')) x ($_ * 10));
        $gone->bytes($_);
    }
    my $silent = p0f();
    is(p0f_ask(p0f(), '127.0.0.2')->{total_conn}, 1, 'others are answered');
    my $status = client($TEST_NGINX_SERVER_PORT);
    my $open;
    for (1 .. 50) {
        ($open) = $status->get('/status') =~ /^Active connections: (\d+)/;
        last if $open == 2;
        select undef, undef, undef, 0.1;
    }
    is($open, 2, 'of those who went away nothing is left');
    is(p0f_ask($silent, '127.0.0.2')->{total_conn}, 1, 'who was silent may still ask');
--- no_error_log
[error]
[alert]

=== TEST 6: over TCP, as nginx can also listen
--- main_config eval
'stream { allow 127.0.0.1; deny all;
    server { listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2; tcpfp_p0f_api hosts; tcpfp off; } }'
--- http_config eval: $::http
--- config eval: $::config
--- client
    visit('127.0.0.2');
    is(p0f_ask(client($TEST_NGINX_RAND_PORT_2), '127.0.0.2')->{total_conn}, 1, 'who is allowed');
    is(client($TEST_NGINX_RAND_PORT_2, from => '127.0.0.2')->rest, '', 'who is not');
--- no_error_log
[alert]

=== TEST 7: a zone of stream
--- main_config
    stream {
        tcpfp_zone sessions:1m;
        server { listen unix:$TEST_NGINX_HTML_DIR/p0f.sock; tcpfp_p0f_api sessions; }
        server { listen $TEST_NGINX_RAND_PORT_2; return $tcpfp_host_conn_count; }
    }
--- config
    return 200 http;
--- client
    is(client($TEST_NGINX_RAND_PORT_2, from => '127.0.0.2')->rest, $_, "session $_") for 1, 2;
    client($TEST_NGINX_SERVER_PORT, from => '127.0.0.3')->get('/');
    my $p0f = p0f();
    is(p0f_ask($p0f, '127.0.0.2')->{total_conn}, 2, 'sessions');
    is(p0f_ask($p0f, '127.0.0.3')->{status}, 'no match', 'and nothing of http');
--- no_error_log
[error]
