# Guessing passwords at the token API: slowed down per user and per address, and no use
# from the time that an answer takes.
use lib 't/lib';
use Social::Test;

use Social::Test::Gateway;
use Social::Test::TokenApi qw($REALIP authenticate json_of login_bytes users_file);
use Time::HiRes            qw(clock_gettime);

my $t = Social::Test->new(sandbox => 0, workers => 2);
$t->secret($Social::Test::Gateway::PASSWORD);
my $users = $t->secret_file('users',
    users_file(169, '$6$rounds=1000$sandboxsalt$', map {"$_\@mysite.example"} 'owner', 'a' .. 'f'));
$t->gateway(providers => [], site => {users => $users}, http => $REALIP)->start;

my $PASSWORD = $Social::Test::Gateway::PASSWORD;
my %good     = (email => 'owner@mysite.example', password => $PASSWORD, siteId => '169');

subtest 'failures of one user are counted' => sub {
    my %guess   = (%good, email => 'a@mysite.example', password => 'a guess of mine');
    my @answers = map { authenticate($t, %guess, from => "10.2.0.$_") } 1 .. 10;
    is_deeply([map { $_->status } @answers], [(401) x 10], 'ten may fail');
    my $next = authenticate($t, %guess, from => '10.2.0.11');
    is_envelope($next, 429, 'Too many attempts, please try again later', 'the next one has to wait, from wherever');
    like($next->header('Retry-After'), qr/^(?:29\d|300)$/, 'Retry-After is the rest of five minutes');
    is(authenticate($t, %guess, email => 'A@MySite.example', from => '10.2.0.12')->status, 429, 'case does not help');
    is(authenticate($t, %guess, email => 'a@mysite.example', password => $PASSWORD, from => '10.2.0.13')->status,
        429, 'the right password does not help a throttled user');
    is(authenticate($t, %good, from => '10.2.0.1')->status, 200, 'other users are not throttled');
    is(authenticate($t, %guess, email => 'ghost@mysite.example', from => '10.2.1.' . $_)->status,
        401, 'a user who is not there')
        for 1 .. 10;
    is(authenticate($t, %guess, email => 'ghost@mysite.example', from => '10.2.1.11')->status,
        429, 'attempts at an unknown user are throttled');
};

subtest 'failures of one address are counted' => sub {
    my %guess = (%good, password => 'a guess of mine', from => '10.3.0.1');
    is(authenticate($t, %guess, email => "user$_\@mysite.example")->status, 401, "attempt $_") for 1 .. 20;
    is(authenticate($t, %guess, email => 'user21@mysite.example')->status,  429, 'the twenty-first has to wait');
    is(authenticate($t, %good,  from  => '10.3.0.1')->status, 429, 'a throttled address has to wait for any user');
    is(authenticate($t, %good,  from  => '10.3.0.2')->status, 200, 'another address is not throttled');
    for my $name ('X-Forwarded-For', 'Forwarded', 'X-Client-IP', 'True-Client-IP') {
        my $value  = ($name eq 'Forwarded' ? 'for=' : '') . '10.3.9.9';
        my $answer = $t->api(
            POST    => '/api/authenticate',
            json    => \%good,
            headers => {'Content-Type' => 'application/json', 'X-Real-IP' => '10.3.0.1', $name => $value}
        );
        is($answer->status, 429, "$name does not change the address");
    }
    is(authenticate($t, %guess, email => "user$_\@mysite.example", from => sprintf '2001:db8:0:1::%x', $_)->status,
        401, 'IPv6')
        for 31 .. 50;
    is(authenticate($t, %good, from => '2001:db8:0:1:ffff::1')->status, 429, 'an IPv6 network of /64 is one address');
    is(authenticate($t, %good, from => '2001:db8:0:2::1')->status,      200, 'another IPv6 network is not throttled');
    is(authenticate($t, %good, from => '::ffff:10.3.0.1')->status, 429, 'an IPv4 address is one in IPv6 form, too');
};

subtest 'who succeeds is not slowed down' => sub {
    is(authenticate($t, %good, password => 'wrong password', from => '10.4.0.1')->status, 401, 'a failure') for 1 .. 9;
    is(authenticate($t, %good, from     => '10.4.0.1')->status, 200, 'a success resets the failures') for 1 .. 30;
    is(authenticate($t, %good, password => 'wrong password', from => '10.4.0.1')->status,
        401, 'failures count from zero after a success')
        for 1 .. 9;
    is(authenticate($t, %good, from => '10.4.0.1')->status, 200, 'failures before a success do not count for the user');
    is(authenticate($t, %good, password => 'wrong password', from => '10.4.0.1')->status,
        401, 'failures before a success count for the address')
        for 1 .. 2;
    is(authenticate($t, %good, from => '10.4.0.1')->status, 429, 'an address with twenty failures has to wait');
};

subtest 'many at once' => sub {
    my $form = sub (%with) {
        [   POST    => '/api/authenticate',
            headers => {'Content-Type' => 'application/json', 'X-Real-IP' => delete $with{from}},
            body    => json_of(%with)
        ]
    };
    my @right = $t->together(map { $form->(%good, email => 'b@mysite.example', from => '10.5.0.1') } 1 .. 60);
    is_deeply([map { $_->status } @right], [(200) x 60], 'sixty parallel logins with the right password succeed');
    $t->secret(map { $_->json->{token} } @right);
    my @wrong
        = $t->together(
        map { $form->(%good, email => 'c@mysite.example', password => 'a guess of mine', from => "10.5.1.$_") }
            1 .. 60);
    my %count;
    $count{$_->status}++ for @wrong;
    is_deeply(\%count, {401 => 10, 429 => 50}, 'of sixty parallel guesses ten are checked');
};

subtest 'a client that leaves learns nothing, and frees nothing' => sub {
    for my $from (1 .. 10) {
        my $wire = $t->wire;
        $wire->put(
            login_bytes(%good, email => 'd@mysite.example', password => 'a guess of mine', from => "10.6.0.$from"));
        $wire->hang_up;
    }
    $t->wait_for(
        sub {
            grep({/^10\.6\.0\./} $t->log->lines('access.log')) == 10;
        }
    );
    is(authenticate($t, %good, email => 'd@mysite.example', from => '10.6.1.1')->status, 429, 'its attempts count');
    my $half = $t->wire;
    $half->put(
        "POST /api/authenticate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            . "Content-Length: 100\r\n\r\n{\"email"
    );
    $half->hang_up;
    is(authenticate($t, %good, from => '10.6.2.1')->status, 200, 'a client that leaves in its body harms no other');
};

subtest 'no name or address makes another counter be forgotten' => sub {
    my $small = Social::Test->new(sandbox => 0);
    $small->secret($PASSWORD)->gateway(
        providers => [],
        site      => {users => $users},
        http      => "$REALIP keepalive_requests 100000;",
        social    => {social_store => 'memory size=1m'}
    )->start;
    my $wire = $small->wire;
    my $try  = sub ($from, $email) {
        $wire->put(login_bytes(%good, email => $email, password => 'a guess of mine', from => $from));
        return $wire->read_response->status;
    };
    my %victim = map { $try->("10.2.0.$_", 'a@mysite.example') => 1 } 1 .. 11;
    is_deeply([sort keys %victim], [401, 429], 'a user is throttled');
    my @guesses = map { $try->('10.3.0.1', "user$_\@mysite.example") } 1 .. 1000;
    is_deeply([grep { $_ == 401 } @guesses], [(401) x 20], 'an address has twenty guesses, whatever users it names');
    is($try->('10.3.0.2', 'a@mysite.example'), 429, 'guesses of one address release no throttled user');
    my %spread;
    $spread{$try->("10.4.$_.1", "other$_\@mysite.example")}++ for 1 .. 250;
    is_deeply(\%spread, {401 => 250}, 'guesses of many addresses at many users are counted');
    is($try->('10.3.0.3', 'a@mysite.example'), 429, 'guesses of many addresses release no throttled user');
    is($try->('10.3.0.1', 'b@mysite.example'), 429, 'guesses of many addresses release no throttled address');
    is(authenticate($small, %good, from => '10.5.0.1')->status, 200, 'somebody else logs in');
};

subtest 'what was counted stays counted over a reload' => sub {
    ok($t->reload, 'the reload');
    is(authenticate($t, %good, email => 'a@mysite.example', from => '10.8.0.3')->status,
        429, 'the user still has to wait');
};

subtest 'no answer is faster than that to a wrong password' => sub {
    my $slow
        = $t->file('users.slow',
        users_file(169, '$6$rounds=40000$sandboxsalt$', 'owner@mysite.example', map {"u$_\@mysite.example"} 1 .. 9),
        0600);
    $t->gateway(providers => [], site => {users => $slow}, http => $REALIP);
    ok($t->reload(drained => 1), 'a reload sets a slow password hash');
    my %guess = (%good, password => 'wrong password');
    my %who   = (
        'a wrong password' => sub ($n) { (email  => "u$n\@mysite.example") },
        'an unknown user'  => sub ($n) { (email  => "nobody$n\@mysite.example") },
        'an unknown site'  => sub ($n) { (siteId => "17$n") },
    );
    my (%least, $number);
    for my $round (1 .. 9) {
        for my $who (sort keys %who) {
            my $work = work_for(%guess, $who{$who}->($round), from => '10.9.0.' . ++$number);
            $least{$who} = $work if $work < ($least{$who} // 'inf');
        }
    }
    my $wrong = delete $least{'a wrong password'};
    cmp_ok($wrong, '>', 0.001, 'a wrong password costs milliseconds');
    for my $who (sort keys %least) {
        note(
            sprintf 'of the CPU until the answer: a wrong password %.1f ms, %s %.1f ms',
            1000 * $wrong,
            $who, 1000 * $least{$who}
        );
        cmp_ok($least{$who}, '>', $wrong * 0.7, "$who costs as much before the answer is there");
        cmp_ok($least{$who}, '<', $wrong * 1.5, "$who costs no more CPU time than a wrong password");
    }
};

done_testing;

# The seconds of CPU that the workers take until a login is refused. How long that is by the clock on the
# wall depends on what else the machine does.
sub work_for (%with) {
    my $before = cpu_of_workers();
    my $answer = authenticate($t, %with);
    my $work   = cpu_of_workers() - $before;
    is($answer->status, 401, 'it is refused') if $answer->status != 401;
    return $work;
}

# The CPU clock of a process has its pid in its number (clock_getcpuclockid(3)).
sub cpu_of_workers () {
    my $sum = 0;
    $sum += clock_gettime(2 - 8 * ($_ + 1)) for $t->nginx->workers;
    return $sum;
}
