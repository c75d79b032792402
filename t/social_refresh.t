# The tokens of sessions are kept good: refreshed ahead of their end, once, whoever asks.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep time);

my $t = Social::Test->new(workers => 2)->gateway(
    providers => ['twitter_oauth2', 'facebook', 'instagram'],
    provider  => {twitter_oauth2 => {timeout => '20s'}},
)->start;
$t->tolerate(qr/exited on signal 9/);
my $sandbox = $t->sandbox;
my $many    = 100;

sub path_of      ($id) { return "/api/session/$id" }
sub read_session ($id) { return $t->api(GET => path_of($id), token => $t->bearer) }
sub headers            { return {Authorization => 'Bearer ' . $t->bearer} }

# A login with a token that lives so many seconds; later ones live long again.
sub login_for ($seconds, $provider = 'twitter_oauth2') {
    my %setting = (twitter_oauth2 => ['twitter', 'access_ttl'], map { $_ => [$_, 'long_ttl'] } qw(facebook instagram));
    my ($mount, $name) = @{$setting{$provider}};
    $sandbox->configure($mount, $name => $seconds);
    my $id = $t->login($provider);
    $sandbox->configure($mount, $name => 7200);
    $sandbox->reset_calls;
    return $id;
}

# A session whose token has just run out; how the provider answers refreshes of it is told
# ahead, since nginx may not wait for anybody to ask.
sub run_out (%behavior) {
    my $id = login_for(1);
    $sandbox->behave('twitter.refresh', times => 1, %behavior) if %behavior;
    sleep 1.05;
    return $id;
}

# A read whose answer comes later.
sub begin_read ($id) {
    my $wire = $t->wire;
    $wire->put(
        Social::Test::Wire->format_request(
            method    => 'GET',
            target    => path_of($id),
            authority => 'gateway',
            headers   => headers(),
        )
    );
    return $wire;
}

sub refreshes ($provider = 'twitter.refresh') { return $sandbox->calls($provider) }

sub is_refreshed ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $left = $response->status == 200 ? $response->json->{expires_at} - time : 0;
    return cmp_ok($left, '>', 7000, $name) || diag($response->status . ' ' . substr $response->body, 0, 200);
}

# ---- Once, whoever asks ----

subtest 'a token that is fresh is left alone' => sub {
    my $id    = login_for(7200);
    my $first = read_session($id);
    like(
        $first->body,
        qr/^\{"session":"[^"]+","profile":\{"id":"\d+","name":"[^"]+","username":"\w+"\},"token":"\w+","expires_at":\d+,"scope":"[^"]+"\}$/,
        'a session of X has the documented members in their order'
    );
    is(read_session($id)->body, $first->body, 'a second read answers the same');
    is(refreshes(),             0,            'nothing was refreshed');
};

subtest "$many reads at once of a token that has just run out are one refresh" => sub {
    my $id     = login_for(1);
    my $before = read_session($id);
    sleep 1.05;
    my @answers = $t->together(map { [GET => path_of($id), headers => headers()] } 1 .. $many);
    my %bodies  = map { ($_->status . ' ' . $_->body) => 1 } @answers;
    is(keys %bodies, 1, 'all of them answer the same');
    is_refreshed($answers[0], 'with a token that is good for long');
    isnt($answers[0]->json->{token}, $before->json->{token}, 'which is another than before');
    is(refreshes(), 1, 'the provider was asked once');
    (my $expected = $before->body) =~ s/"token":"\w+","expires_at":\d+/"token":"…","expires_at":…/;
    (my $got = $answers[0]->body)  =~ s/"token":"\w+","expires_at":\d+/"token":"…","expires_at":…/;
    is($got, $expected, 'all other members are as before, in the same order');
};

subtest 'nor are they more when the provider takes longer than any lease' => sub {
    my $id = run_out(delay => ($ENV{SOCIAL_SLOW} ? 15_000 : 5_000));
    my @wires   = map { begin_read($id) } 1 .. $many;
    my @answers = map { $_->read_response(timeout => 30) } @wires;
    my %bodies  = map { ($_ ? $_->status . ' ' . $_->body : 'none') => 1 } @answers;
    is(keys %bodies, 1, 'all of them answer the same');
    is_refreshed($answers[0], 'with a token that is good for long');
    is(refreshes(), 1, 'the provider was asked once');
};

# Begins a read of a session whose token has just run out, in one worker, while the other one
# stands still: the session's id, the wire of the answer, and the pid of that worker.
sub begin_read_in_one_worker (%behavior) {
    my $id = login_for(1);
    my ($busy, $still) = $t->nginx->workers;
    kill STOP => $still;
    $sandbox->behave('twitter.refresh', times => 1, %behavior);
    sleep 1.05;
    my $wire  = begin_read($id);
    my $asked = $t->wait_for(sub { refreshes() == 1 });
    kill CONT => $still;
    ok($asked, 'one of the workers asks the provider');
    return ($id, $wire, $busy);
}

subtest 'a worker that is killed in the middle leaves the refresh to the others' => sub {
    my ($id, $first, $busy) = begin_read_in_one_worker(hang => 1);
    my @wires = map { begin_read($id) } 2 .. $many;
    sleep 0.3;
    $t->nginx->kill_worker($busy);
    my @answers = grep {defined} map { $_->read_response(timeout => 15) } @wires;
    my %bodies  = map { ($_->status . ' ' . $_->body) => 1 } @answers;
    is($first->read_response(timeout => 5), undef, 'the reader in the worker that was killed has no answer');
    cmp_ok(scalar @answers, '>', 0, 'readers in the other worker have one');
    is(keys %bodies, 1, 'and all the same');
    is_refreshed($answers[0], 'with a token that is good for long');
    is(refreshes(), 2, 'the provider was asked once more');
};

subtest 'tokens that are lost with a worker end the session after one more try' => sub {
    my ($id, undef, $busy) = begin_read_in_one_worker(delay => 10_000);
    $t->nginx->kill_worker($busy);
    is_envelope(read_session($id), 404, 'Session not found', 'the old refresh token is refused: the session has ended');
    is_envelope(read_session($id), 404, 'Session not found', 'for good');
    is(refreshes(), 2, 'the provider was asked once more and never again');
};

subtest 'a client that leaves does not take the refresh with it' => sub {
    my $id = run_out(delay => 500);
    my $wire = begin_read($id);
    ok($t->wait_for(sub { refreshes() == 1 }), 'the provider is asked');
    $wire->hang_up;
    is_refreshed(read_session($id), 'the next reader has the new token');
    is(refreshes(), 1, 'of that one refresh');
};

subtest 'a reload in the middle does not disturb a refresh' => sub {
    my $id = run_out(delay => 1500);
    my $wire = begin_read($id);
    ok($t->wait_for(sub { refreshes() == 1 }), 'the provider is asked');
    ok($t->reload,                             'nginx reloads');
    my $there = read_session($id);
    my $here  = $wire->read_response(timeout => 10);
    is($here->body, $there->body, 'readers in old and new workers get the same');
    is_refreshed($there, 'the new token');
    is(refreshes(), 1, 'of one refresh');
};

subtest 'a refresh does not bring back a session that is deleted meanwhile' => sub {
    my $id = run_out(delay => 1000);
    my $wire = begin_read($id);
    ok($t->wait_for(sub { refreshes() == 1 }), 'the provider is asked');
    is($t->api(DELETE => path_of($id), token => $t->bearer)->status, 204, 'the session is deleted');
    is_envelope($wire->read_response(timeout => 10), 404, 'Session not found', 'the reader finds it no more');
    ok($t->wait_for(sub { $sandbox->calls('twitter.revoke') == 4 }), 'the new tokens are given back like the old ones');
    is_envelope(read_session($id), 404, 'Session not found', 'the session stays deleted');
};

# ---- When the provider does not renew ----

my $dead = 'Value passed for the token was invalid.';
for my $case (
    ['invalid_grant'                => (error => 'invalid_grant')],
    ['what X says in its place'     => (error => 'invalid_request', error_description => $dead)],
    )
{
    my ($what, %error) = @$case;
    my $id = run_out(status => 400, json => \%error);
    is_envelope(read_session($id), 404, 'Session not found', "$what ends the session");
    is_envelope(read_session($id), 404, 'Session not found', 'for good');
    is(refreshes(), 1, 'the provider is not asked again');
}

for my $case (
    ['another invalid_request'       => (status => 400, json => {error => 'invalid_request'})],
    ['a server error'                => (status => 503, body => 'oops')],
    ['a server error with bad words' => (status => 500, json => {error => 'invalid_grant'})],
    ['garbage'                       => (status => 200, body => '<html>')],
    ['a connection that is closed'   => (close => 'before')],
    )
{
    my ($what, %how) = @$case;
    my $id = run_out(%how);
    is_refreshed(read_session($id), "$what is followed by another try");
    is(refreshes(), 2, 'which succeeds');
    $sandbox->forgive;
}

subtest 'a reply that is lost costs the session only where the provider rotates for good' => sub {
    my $id = run_out(close => 'after');
    is_envelope(read_session($id), 404, 'Session not found', 'X does: its refresh tokens are good for once');
    is(refreshes(), 2, 'which the second try has told');
};

subtest 'a provider that is down is asked less and less often' => sub {
    my $id = login_for(1);
    $sandbox->behave('twitter.refresh', status => 503, body => 'down');
    sleep 1.05;
    my $message = 'twitter_oauth2 is not answering, please try again';
    is_envelope(read_session($id), 502, $message, devMessage => 'the provider did not renew the token', 'a read says so');
    my $tries = refreshes();
    my $begin = time;
    my @answers = $t->together(map { [GET => path_of($id), headers => headers()] } 1 .. $many);
    is_deeply([map { $_->status } @answers], [(502) x $many], "so do $many more");
    cmp_ok(time - $begin, '<', 5, 'soon');
    cmp_ok(refreshes(), '<', $tries + 3, 'and without the provider');
    $sandbox->forgive;
    ok($t->wait_for(sub { read_session($id)->status == 200 }, 20), 'once the provider is back the session is, too');
};

subtest 'Retry-After is obeyed, and a token that is still good is good enough' => sub {
    my $id = login_for(8);
    $sandbox->behave('twitter.refresh', status => 429, json => {title => 'Too Many Requests'},
        headers => {'Retry-After' => 30});
    my $token = read_session($id)->json->{token};
    sleep 6.2;
    my @answers = map { read_session($id) } 1 .. 5;
    is_deeply([map { $_->status } @answers],        [(200) x 5],      'reads are answered');
    is_deeply([map { $_->json->{token} } @answers], [($token) x 5],   'with the token that is there');
    is(refreshes(), 1, 'the provider was asked once');
    sleep 2;
    is(read_session($id)->status, 502, 'once the token has ended, reads fail');
    is(refreshes(),               1,   'and the provider is still left alone');
    $sandbox->forgive;
};

# ---- When nobody asks ----

subtest 'a session that nobody reads outlives its tokens' => sub {
    $sandbox->configure('twitter', access_ttl => 2);
    my $id = $t->login('twitter_oauth2');
    $sandbox->reset_calls;
    ok($t->wait_for(sub { refreshes() >= 3 }, 15), 'three lifetimes of its token go by');
    $sandbox->configure('twitter', access_ttl => 7200);
    ok($t->wait_for(sub { read_session($id)->json->{expires_at} > time + 7000 }, 10), 'it is alive and well');
};

# ---- Providers without refresh tokens ----

subtest 'the token of Facebook is exchanged for another while it is good' => sub {
    my $id     = login_for(4, 'facebook');
    my $before = read_session($id);
    sleep 3.1;
    my $after = read_session($id);
    is($after->status, 200, 'the session is there');
    isnt($after->json->{token}, $before->json->{token}, 'with another token');
    (my $expected = $before->body) =~ s/"token":"\w+"/"token":"…"/;
    (my $got      = $after->body)  =~ s/"token":"\w+"/"token":"…"/;
    is($got,                          $expected, 'and all else as it was');
    is(refreshes('facebook.exchange'), 1,         'the provider was asked once');
};

subtest 'a token of Facebook that has run out cannot be exchanged' => sub {
    my $id     = login_for(2, 'facebook');
    my $before = read_session($id);
    $sandbox->behave('facebook.exchange', status => 500, body => 'oops');
    sleep 2.1;
    $sandbox->forgive;
    $sandbox->reset_calls;
    is(read_session($id)->body,        $before->body, 'the session stays as it is until its end');
    is(refreshes('facebook.exchange'), 0,             'nobody is asked');
};

subtest 'a dead token of Facebook ends the session' => sub {
    my $id = login_for(4, 'facebook');
    $sandbox->behave('facebook.exchange', error => {code => 190, subcode => 460});
    sleep 3.1;
    is_envelope(read_session($id), 404, 'Session not found');
    $sandbox->forgive;
};

subtest 'a token of Instagram is not renewed before it is a day old' => sub {
    my $id     = login_for(2, 'instagram');
    my $before = read_session($id);
    sleep 2.1;
    is(read_session($id)->body,         $before->body, 'the session stays as it is');
    is(refreshes('instagram.refresh'), 0,             'nobody is asked');
};

done_testing;
