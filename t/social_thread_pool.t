# A thread pool whose queue is full: a password that cannot be checked now is neither right nor
# wrong, and does not count as a guess.
use lib 't/lib';
use Social::Test;

use Mojo::JSON qw(encode_json);
use Social::Test::Gateway;
use Social::Test::TokenApi qw(users_file);

# A worker hands the pool as many passwords at once as there are processors.
plan(skip_all => 'there is one processor') if qx(nproc) < 2;

my $t = Social::Test->new(sandbox => 0, workers => 1)->tolerate(qr/thread pool "default" queue overflow/);
$t->secret($Social::Test::Gateway::PASSWORD);

# Hashes that take a while, some tenths of a second each.
my @emails = map {"user$_\@mysite.example"} 1 .. 8;
my $users  = $t->secret_file('users', users_file(169, '$6$rounds=400000$sandboxsalt$', @emails));
$t->gateway(
    providers => [],
    site      => {users => $users},

    # One task that runs, and none that waits.
    main => 'thread_pool default threads=1 max_queue=0;',
)->start;

sub login_request ($email, $password) {
    return [
        POST    => $t->url('/api/authenticate'),
        body    => encode_json({email => $email, password => $password, siteId => '169'}),
        headers => {'Content-Type' => 'application/json'},
    ];
}

my @answers = $t->together(map { login_request($_, $Social::Test::Gateway::PASSWORD) } @emails);
my %status;
push @{$status{$_->status}}, $_ for @answers;
is_deeply([sort keys %status], [200, 503], 'of many logins at once some get 503');
my $refused = $status{503}[0];
is_envelope($refused, 503, 'Sessions are unavailable, please try again', 'a login above the limit is a 503');
ok($refused->header('Retry-After'), 'a login above the limit gets Retry-After');
like($t->log->text, qr/the queue of the thread pool is full/, 'the log has the reason');

# Each user may fail ten times. What was not checked was no failure.
for my $round (1 .. 3) {
    my @guesses = $t->together(map { login_request('user1@mysite.example', 'a guess of mine') } 1 .. 8);
    is_deeply([grep { !/^(?:401|503)$/ } map { $_->status } @guesses], [], 'guesses are wrong or not checked');
}

# nginx hears of the end of a task a moment before the thread waits for the next one.
my $right;
$t->wait_for(
    sub {
        ($right) = $t->together(login_request('user1@mysite.example', $Social::Test::Gateway::PASSWORD));
        $right->status != 503;
    }
);
is($right->status, 200, 'the user is not locked out');

done_testing;
