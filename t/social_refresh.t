# A token that runs out is refreshed once, however many ask for it, and whatever happens meanwhile.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Time::HiRes qw(sleep time);

my $t = Social::Test->new(workers => 2)->gateway(
    providers => ['twitter_oauth2'],
    provider  => {twitter_oauth2 => {timeout => '20s'}},
)->start;
my $sandbox = $t->sandbox;
my $expiry  = Social::Test::TokenExpiry->new($t);
my $many    = 100;
$t->tolerate(qr/exited on signal 9/);

subtest 'a token that is fresh is left alone' => sub {
    my $id    = $expiry->login_for(7200);
    my $first = $expiry->get($id);
    like(
        $first->body,
        qr/^\{"session":"[^"]+","profile":\{"id":"\d+","name":"[^"]+","username":"\w+"\},
            "token":"\w+","expires_at":\d+,"scope":"[^"]+"\}$/x,
        'a session of X has the documented members in their order'
    );
    is($expiry->get($id)->body, $first->body, 'a second read answers the same');
    is($expiry->refreshes(),    0,            'a good token is not refreshed');
};

subtest "$many reads at once of a token that has just run out are one refresh" => sub {
    my $id     = $expiry->login_for(1);
    my $before = $expiry->get($id);
    sleep 1.05;
    my @answers = $t->together(map { $expiry->request($id) } 1 .. $many);
    my %bodies  = map { ($_->status . ' ' . $_->body) => 1 } @answers;
    is(keys %bodies, 1, 'all readers at once get one body');
    $expiry->is_refreshed($answers[0], 'all readers at once get a fresh token');
    isnt($answers[0]->json->{token}, $before->json->{token}, 'the refreshed token is another one');
    is($expiry->refreshes(), 1, 'the provider was asked once');
    (my $expected = $before->body)     =~ s/"token":"\w+","expires_at":\d+/"token":"…","expires_at":…/;
    (my $got      = $answers[0]->body) =~ s/"token":"\w+","expires_at":\d+/"token":"…","expires_at":…/;
    is($got, $expected, 'the refresh changes token and expiry alone');
};

subtest 'a provider slower than the lease is asked once' => sub {
    my $id      = $expiry->run_out(delay => 15_000);
    my @wires   = map { $expiry->begin_read($id) } 1 .. $many;
    my @answers = map { $_->read_response(timeout => 30) } @wires;
    my %bodies  = map { ($_ ? $_->status . ' ' . $_->body : 'none') => 1 } @answers;
    is(keys %bodies, 1, 'all readers of a slow refresh get one body');
    $expiry->is_refreshed($answers[0], 'all readers of a slow refresh get a fresh token');
    is($expiry->refreshes(), 1, 'the provider was asked once');
};

# Begins a read of a session whose token has just run out, in one worker, while the other one
# stands still: the session's id, the wire of the answer, and the pid of that worker.
sub begin_read_in_one_worker (%behavior) {
    my $id = $expiry->login_for(1);
    my ($busy, $still) = $t->nginx->workers;
    kill STOP => $still;
    $sandbox->behave('twitter.refresh', times => 1, %behavior);
    sleep 1.05;
    my $wire  = $expiry->begin_read($id);
    my $asked = $t->wait_for(sub { $expiry->refreshes() == 1 });
    kill CONT => $still;
    ok($asked, 'one worker asks the provider');
    return ($id, $wire, $busy);
}

subtest 'a worker that is killed in the middle leaves the refresh to the others' => sub {
    my ($id, $first, $busy) = begin_read_in_one_worker(hang => 1);
    my @wires = map { $expiry->begin_read($id) } 2 .. $many;
    sleep 0.3;
    $t->nginx->kill_worker($busy);
    my @answers = grep {defined} map { $_->read_response(timeout => 15) } @wires;
    my %bodies  = map  { ($_->status . ' ' . $_->body) => 1 } @answers;
    is($first->read_response(timeout => 5), undef, 'the reader in the worker that was killed has no answer');
    cmp_ok(scalar @answers, '>', 0, 'readers in the other worker have one');
    is(keys %bodies, 1, 'all readers get one body');
    $expiry->is_refreshed($answers[0], 'readers of the other worker get a fresh token');
    is($expiry->refreshes(), 2, 'the provider was asked once more');
};

subtest 'tokens that are lost with a worker end the session after one more try' => sub {
    my ($id, undef, $busy) = begin_read_in_one_worker(delay => 10_000);
    $t->nginx->kill_worker($busy);
    is_envelope($expiry->get($id), 404, 'Session not found', 'the old refresh token is refused: the session has ended');
    is_envelope($expiry->get($id), 404, 'Session not found', 'a session with a refused refresh token stays gone');
    is($expiry->refreshes(), 2, 'the provider was asked once more and never again');
};

subtest 'a client that leaves does not take the refresh with it' => sub {
    my $id   = $expiry->run_out(delay => 500);
    my $wire = $expiry->begin_read($id);
    ok($t->wait_for(sub { $expiry->refreshes() == 1 }), 'the provider is asked');
    $wire->hang_up;
    $expiry->is_refreshed($expiry->get($id), 'the next reader has the new token');
    is($expiry->refreshes(), 1, 'the next reader causes no second refresh');
};

subtest 'a reload in the middle does not disturb a refresh' => sub {
    my $id   = $expiry->run_out(delay => 1500);
    my $wire = $expiry->begin_read($id);
    ok($t->wait_for(sub { $expiry->refreshes() == 1 }), 'the provider is asked');
    ok($t->reload,                                      'nginx reloads');
    my $there = $expiry->get($id);
    my $here  = $wire->read_response(timeout => 10);
    is($here->body, $there->body, 'readers in old and new workers get the same');
    $expiry->is_refreshed($there, 'the new token');
    is($expiry->refreshes(), 1, 'the restarted gateway causes no second refresh');
};

subtest 'a refresh does not bring back a session that is deleted meanwhile' => sub {
    my $id   = $expiry->run_out(delay => 1000);
    my $wire = $expiry->begin_read($id);
    ok($t->wait_for(sub { $expiry->refreshes() == 1 }), 'the provider is asked');
    is($t->api(DELETE => "/api/session/$id", token => $t->bearer)->status, 204, 'the session is deleted');
    is_envelope($wire->read_response(timeout => 10), 404, 'Session not found', 'the reader finds it no more');
    ok($t->wait_for(sub { $sandbox->calls('twitter.revoke') == 4 }), 'the new tokens are given back like the old ones');
    is_envelope($expiry->get($id), 404, 'Session not found', 'the session stays deleted');
};

done_testing;
