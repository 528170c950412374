# Conversations by p0f's protocol while nginx reads its configuration anew.

use strict;
use warnings;

use lib 't/lib';
use Test::More;
use Backend 'socket_path';
use Client;
use Example 'free_port';
use Nginx;
use P0f;

my ($port, $path) = (free_port(), socket_path());
my $configuration = Nginx->load_modules . "pid nginx.pid; error_log logs/error.log notice;\n"
    . "events {}\nhttp { access_log off; tcpfp_zone hosts:1m;\n"
    . "  server { listen 127.0.0.1:$port; return 200 \$pid; } }\n"
    . "stream { server { listen unix:$path; tcpfp_p0f_api hosts; } }\n";
my $nginx = Nginx->new($configuration)->start;
my $worker = client($port, from => '127.0.0.2')->get('/');

my %client = map { $_ => client($path) } qw(new idle part busy);
is(p0f_ask($client{$_}, '127.0.0.2')->{total_conn}, 1, "$_: an answer before") for qw(idle part);
$client{part}->write(substr p0f_question('127.0.0.2'), 0, 10);
# It reads nothing, so that nginx has to wait until it does.
my $questions = 20_000;
my $writer = fork // die "fork: $!";
if (!$writer) {
    eval { $client{busy}->write((p0f_question('127.0.0.2')) x $questions) };
    require POSIX;
    POSIX::_exit($@ ? 1 : 0);
}
# The worker has taken what there is of them.
select undef, undef, undef, 0.5;

ok($nginx->reload($configuration), 'reload');
is($client{$_}->rest, '', "$_: who asks nothing is told that it is over") for qw(new idle);
is(p0f_ask(client($path), '127.0.0.2')->{total_conn}, 1, 'the new worker answers');

$client{part}->write(substr p0f_question('127.0.0.2'), 10);
is(p0f_answer($client{part})->{total_conn}, 1, 'the rest of a question is waited for');
is($client{part}->rest, '', 'and then it is over');

my $wrong = grep { p0f_answer($client{busy})->{total_conn} != 1 } 1 .. $questions;
is($wrong, 0, 'every question is answered that was on its way');
waitpid $writer, 0;
is($?, 0, 'and was taken');
is($client{busy}->rest, '', 'and then it is over');

$nginx->read_when('logs/error.log', qr/worker process $worker exited with code 0/);
pass('nobody keeps the old worker');
is($nginx->read('logs/error.log') =~ s/^.*\[notice\].*\n//mgr, '', 'nginx is content');

done_testing();
