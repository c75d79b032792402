# Guessing at the token API of two instances with one Redis is slowed down as if they were one.
use lib 't/lib';
use Social::Test;

use Social::Test::Gateway;
use Social::Test::TokenApi qw($REALIP authenticate json_of login_bytes users_file);

my $PASSWORD = $Social::Test::Gateway::PASSWORD;
my %good     = (email => 'owner@mysite.example', password => $PASSWORD, siteId => '169');
my $MANY     = 'Too many attempts, please try again later';

my $t     = Social::Test->new(sandbox => 0, redis  => 1,  workers => 2);
my $other = Social::Test->new(sandbox => 0, beside => $t, workers => 2);
my @both  = ($t, $other);
my $users = $t->secret_file('users',
    users_file(169, '$6$rounds=1000$sandboxsalt$', map {"$_\@mysite.example"} 'owner', 'a' .. 'e'));
for (@both) {
    $_->secret($PASSWORD)->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
    $_->gateway(
        providers => [],
        site      => {users        => $users},
        social    => {social_store => $t->redis->url . ' timeout=300ms'},
        http      => $REALIP
    )->start;
}

sub authenticate_at ($at, %with) { return authenticate($at, %good, %with) }

subtest 'failures of one user are counted over both' => sub {
    my %guess   = (email => 'a@mysite.example', password => 'a guess of mine');
    my @answers = map { authenticate_at($both[$_ % 2], %guess, from => "10.2.0.$_") } 1 .. 10;
    is_deeply([map { $_->status } @answers], [(401) x 10], 'ten may fail, in turns at one and the other');
    for (@both) {
        my $next = authenticate_at($_, %guess, from => '10.2.1.1');
        is_envelope($next, 429, $MANY, 'the next one has to wait, at either');
        like($next->header('Retry-After'), qr/^(?:29\d|300)$/, 'Retry-After is the rest of five minutes');
        is(authenticate_at($_, email => 'a@mysite.example', from => '10.2.1.2')->status,
            429, 'the right password does not help');
        is(authenticate_at($_, from => '10.2.1.3')->status, 200, 'other users are not throttled');
    }
};

subtest 'failures of one address are counted over both' => sub {
    my %guess = (password => 'a guess of mine', from => '10.3.0.1');
    is(authenticate_at($both[$_ % 2], %guess, email => "user$_\@mysite.example")->status, 401, "attempt $_")
        for 1 .. 20;
    is_envelope(authenticate_at($_, from => '10.3.0.1'), 429, $MANY, 'the twenty-first has to wait, at either')
        for @both;
    is(authenticate_at($_, from => '10.3.0.2')->status, 200, 'another address is not throttled') for @both;
};

subtest 'success at one is known at the other' => sub {
    my %guess = (email => 'b@mysite.example', password => 'a guess of mine');
    for my $round (1 .. 3) {
        is(authenticate_at($t, %guess, from => "10.4.$round.$_")->status, 401, 'a failure here') for 1 .. 9;
        is(authenticate_at($other, email => 'b@mysite.example', from => "10.4.$round.1")->status,
            200, 'a success at the other instance resets the failures');
    }
};

subtest 'many at once at both' => sub {
    my %wrong = (email => 'c@mysite.example', password => 'a guess of mine');
    my $sent  = sub ($number, %with) {
        my $wire = $both[$number % 2]->wire;
        $wire->put(login_bytes(%good, %with));
        return $wire;
    };
    my %count;
    $count{$_->read_response->status}++ for map { $sent->($_, %wrong, from => "10.5.1.$_") } 1 .. 60;
    is_deeply(\%count, {401 => 10, 429 => 50}, 'of sixty parallel guesses ten are checked');
    my @right = map { $_->read_response } map { $sent->($_, email => 'd@mysite.example', from => '10.5.0.1') } 1 .. 60;
    is_deeply([map { $_->status } @right], [(200) x 60], 'sixty parallel logins with the right password succeed');
    for my $at (@both) {
        $at->secret(map { $_->json->{token} } @right);
    }
};

subtest 'Redis has no address and no user in the clear, and forgets both' => sub {
    my @keys = $t->redis->keys('social:a:*');
    cmp_ok(@keys, '>', 20, 'the guesses have counters in Redis');
    is_deeply([grep { !/^social:a:[0-9a-f]+$/ } @keys], [], 'the counters have digests as keys');
    is_deeply([grep { my $left = $t->redis->command('PTTL', $_); $left <= 0 || $left > 300_000 } @keys],
        [], 'the counters live five minutes at most');
};

subtest 'a throttled address makes no keys, and a login that succeeds leaves none' => sub {
    my %guess = (password => 'a guess of mine', from => '10.7.0.1');
    authenticate_at($t, %guess, email => "name$_\@mysite.example") for 1 .. 20;
    is(authenticate_at($t, %guess, email => 'name21@mysite.example')->status, 429, 'an address is throttled');
    my $counters = sub { scalar @{[$t->redis->keys('social:a:*')]} };
    my $before;
    ok($t->wait_for(sub { my $last = $before // -1; $before = $counters->(); $before == $last }),
        'no attempt is under way');
    my %status;
    $status{authenticate_at($both[$_ % 2], %guess, email => "fresh$_\@mysite.example")->status}++ for 1 .. 200;
    is_deeply(\%status, {429 => 200}, 'a throttled address is refused for each name');
    is($counters->(),                                   $before, 'refused names make no key');
    is(authenticate_at($_, from => '10.7.1.1')->status, 200,     'a login succeeds') for @both;
    ok($t->wait_for(sub { $counters->() == $before }), 'a successful login leaves no key');
};

subtest 'while Redis does not answer nobody can guess' => sub {
    $t->redis->crash;
    for (@both) {
        my $answer = authenticate_at($_, email => 'e@mysite.example', from => '10.6.0.1');
        is_envelope($answer, 503, 'Sessions are unavailable, please try again', 'a login without Redis is a 503');
        ok($answer->header('Retry-After'), 'a login without Redis gets Retry-After');
    }
    $t->redis->start;
    for my $at (@both) {
        my $good = 0;
        my $let  = sub { authenticate_at($at, email => 'e@mysite.example', from => '10.6.0.2')->status == 200 };
        ok($t->wait_for(sub { $good = $let->() ? $good + 1 : 0; $good == 10 }),
            'logins work in both workers after the outage');
    }
    my %guess = (email => 'e@mysite.example', password => 'a guess of mine');
    is(authenticate_at($both[$_ % 2], %guess, from => "10.6.1.$_")->status,
        401, 'failures are counted again after the outage')
        for 1 .. 10;
    is(authenticate_at($_, %guess, from => '10.6.2.1')->status, 429, 'a user is throttled after the outage') for @both;
};

done_testing;
