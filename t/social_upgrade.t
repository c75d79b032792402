# The binary is exchanged while nginx serves: USR2, WINCH and QUIT. Nobody who asks meanwhile is
# left without an answer; what lies in shared memory is not taken along, what lies in Redis is there.
use lib 't/lib';
use Social::Test;

use POSIX ();
use Social::Test::TokenExpiry;
use Social::Test::Callback qw(answered in_progress is_finished);
use Social::Test::RawConnection;
use Time::HiRes qw(sleep);

my $PLAIN = 'location = /plain { return 200 "plain"; }';

# A process of its own asks for this all the time, over a new connection each: a sub that ends it
# and gives the answers, {status => count}.
sub status_probe ($t, $target) {
    my $file  = $t->dir . '/status_probe.' . rand;
    my $bytes = Social::Test::RawConnection->format_request(
        method    => 'GET',
        target    => $target,
        authority => 'gateway',
        headers   => {Authorization => 'Bearer ' . $t->bearer},
    );
    my $test = $$;
    my $pid  = fork // die "fork: $!";
    if (!$pid) {
        my %count;
        while (!-e "$file.enough" && getppid == $test) {
            my $wire     = eval { $t->wire };
            my $response = $wire && $wire->put($bytes) && $wire->read_response(timeout => 5);
            $count{$response ? $response->status : $wire ? 'no answer' : 'no connection'}++;
            sleep 0.002;
        }
        open my $out, '>', $file or POSIX::_exit(1);
        print {$out} map {"$_=$count{$_}\n"} keys %count;
        close $out;
        POSIX::_exit(0);
    }
    return sub {
        open my $enough, '>', "$file.enough" or die "no file: $!";
        waitpid $pid, 0;
        open my $in, '<', $file or die "no file: $!";
        return {map { split /=|\n/ } readline $in};
    };
}

sub upgrades ($t) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return ok($t->nginx->begin_upgrade && $t->nginx->wind_down && $t->nginx->end_upgrade, 'nginx is upgraded');
}

subtest 'sessions in memory end with the old binary' => sub {
    my $t = Social::Test->new(redis => 0, workers => 2, daemon => 1);
    $t->gateway(server => $PLAIN, site => {quota => 'limit=1000 per=user'})->start;
    my $earlier = $t->login('facebook');
    like($t->read_session($earlier, sub => 'reader')->header('RateLimit'), qr/;r=999;/, 'a session is there');
    my ($open, $callback) = answered($t);
    my ($third, $used, $waiting) = in_progress($t);
    my %cookies = %{$third->cookies};
    my $old     = $t->nginx->master;
    my $answers = status_probe($t, '/plain');

    ok($t->nginx->begin_upgrade, 'a new master begins');
    isnt($t->nginx->master, $old, 'beside the old one');
    my ($between, $between_callback) = answered($t);
    sleep 0.2;
    ok($t->nginx->wind_down, 'the old workers take no requests any more');
    is($t->session_status($earlier, sub => 'reader'), 404, 'the session is not there for the new ones');
    my $id = is_finished(scalar $waiting->read_response, 'the callback that was waiting is answered');
    is($t->session_status($id, sub => 'reader'), 404, 'the session of the old binary ends with it');
    ok($t->nginx->end_upgrade, 'the old master goes by itself');
    sleep 0.2;
    my $seen = $answers->();
    is_deeply([keys %$seen], ['200'], 'all requests during the upgrade are answered');
    cmp_ok($seen->{200}, '>', 50, 'many requests were answered during the upgrade');

    my $new = is_finished($open->get($callback), 'a login that was begun before ends after');
    like($t->read_session($new, sub => 'reader')->header('RateLimit'),
        qr/;r=997;/, 'its session is there, and quotas are counted anew');
    is_finished($between->get($between_callback), 'a login from during the upgrade is finished');
    $third->set_cookie(%cookies);
    my $again = $third->get($used);
    ok($again->status >= 400 && !defined $again->session_id, 'a finished login is not finished again');
    ok($t->reload(drained => 1),                             'the new master reloads');
    is($t->session_status($new, sub => 'reader'), 200, 'the new binary keeps its sessions after a reload');
};

subtest 'sessions in Redis are there' => sub {
    my $t = Social::Test->new(redis => 1, workers => 2, daemon => 1);
    $t->gateway(
        providers => ['facebook', 'twitter_oauth2'],
        server    => $PLAIN,
        site      => {quota => 'limit=100000 per=user'}
    )->start;
    my $earlier = $t->login('facebook');
    my ($open, $callback) = answered($t);
    my ($third, $used, $waiting) = in_progress($t);
    my %cookies = %{$third->cookies};
    my @answers = map { status_probe($t, $_) } '/plain', "/api/session/$earlier";
    like($t->read_session($earlier, sub => 'reader')->header('RateLimit'), qr/;r=99999;/, 'a session is there');

    ok($t->nginx->begin_upgrade, 'a new master begins');
    sleep 0.2;
    is_deeply(
        [map { $t->session_status($earlier, sub => 'reader') } 1 .. 20],
        [(200) x 20],
        'the session is there while both serve'
    );
    ok($t->nginx->wind_down, 'the old workers take no requests any more');
    is($t->session_status($earlier, sub => 'reader'), 200, 'the new binary has the sessions in Redis');
    my $id = is_finished(scalar $waiting->read_response, 'the callback that was waiting is answered');
    is($t->session_status($id, sub => 'reader'), 200, 'the new binary finds the session of the waiting callback');
    ok($t->nginx->end_upgrade, 'the old master goes by itself');
    sleep 0.2;

    for my $seen (map { $_->() } @answers) {
        is_deeply([keys %$seen], ['200'], 'all reads during the upgrade find the session');
        cmp_ok($seen->{200}, '>', 50, 'many reads succeeded while both binaries served');
    }

    like($t->read_session($earlier, sub => 'reader')->header('RateLimit'), qr/;r=99976;/, 'the quota counts on');
    is_finished($open->get($callback), 'a login that was begun before ends after');
    $third->set_cookie(%cookies);
    is($third->get($used)->status, 400, 'a used state stays used');
};

subtest 'a refresh that the old binary has begun is the only one' => sub {
    my $t = Social::Test->new(redis => 1, workers => 2, daemon => 1);
    $t->gateway(providers => ['twitter_oauth2'])->start;
    my $expiry = Social::Test::TokenExpiry->new($t);
    my $id     = $expiry->run_out(delay => 1_500);
    my $wire   = $expiry->begin_read($id);
    ok($t->wait_for(sub { $expiry->refreshes == 1 }), 'the provider is asked');
    upgrades($t);
    my $there = $expiry->get($id);
    $expiry->is_refreshed($there, 'the new binary has the new token');
    is($wire->read_response->body, $there->body, 'the waiting reader gets the refreshed token');
    is($expiry->refreshes,         1,            'both binaries refresh the token once');
};

subtest 'a key that was made at start ends with the old binary' => sub {
    my $t
        = Social::Test->new(redis => 0, workers => 2, daemon => 1)->gateway(social => {social_keyring => undef})->start;
    my ($open, $callback) = answered($t);
    upgrades($t);
    is($open->get($callback)->status,                              400, 'a login from before the upgrade is refused');
    is($t->session_status($t->login('facebook'), sub => 'reader'), 200, 'a login after the upgrade gets a session');
};

subtest 'who goes back to the old binary finds its sessions' => sub {
    my $t = Social::Test->new(redis => 0, workers => 2, daemon => 1)->gateway(server => $PLAIN)->start;
    my ($id, $old) = ($t->login('facebook'), $t->nginx->master);
    my $answers = status_probe($t, '/plain');
    ok($t->nginx->begin_upgrade, 'a new master begins');
    ok($t->nginx->wind_down,     'the old workers take no requests any more');
    my $lost = $t->login('facebook');
    is($t->session_status($lost, sub => 'reader'), 200, 'a login at the new one');
    ok($t->nginx->go_back, 'the new one goes');
    is($t->nginx->master, $old, 'the old one is there');
    is($t->session_status($id,   sub => 'reader'), 200, 'the old binary keeps its sessions');
    is($t->session_status($lost, sub => 'reader'), 404, 'the old binary has no session of the new one');
    is_deeply([keys %{$answers->()}], ['200'], 'all requests during the failed upgrade are answered');
    upgrades($t);
};

subtest 'a secret in the environment has to be handed on' => sub {
    my $t    = Social::Test->new(redis => 0, daemon => 1)->gateway->tolerate(qr/environment variable that is not set/);
    my $path = $t->dir . '/conf/facebook.secret';
    open my $in, '<', $path or die "no secret: $!";
    local $ENV{FACEBOOK_SECRET} = readline($in) =~ s/\n//r;
    my %gateway = (provider => {facebook => {client_secret => 'env:FACEBOOK_SECRET'}});
    $t->gateway(%gateway)->start;
    my $id = $t->login('facebook');
    ok($t->reload(drained => 1), 'a reload has it');
    my $old = $t->nginx->master;
    ok(!$t->nginx->begin_upgrade, 'a new binary has not, and does not start');
    is($t->nginx->master,                        $old, 'the old one goes on');
    is($t->session_status($id, sub => 'reader'), 200,  'the old binary goes on with its sessions');
    $t->gateway(%gateway, main => 'env FACEBOOK_SECRET;');
    ok($t->reload(drained => 1), 'with the directive "env"');
    upgrades($t);
    like($t->login('facebook'), qr/^\w{92}$/, 'logins work after the upgrade');
};

done_testing;
