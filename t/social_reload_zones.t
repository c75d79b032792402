# Shared memory over reloads: each zone keeps what it has as long as its use is the same, whatever other
# configuration nginx reads meanwhile, takes over or refuses.
use lib 't/lib';
use Social::Test;

use IO::Socket::INET;
use POSIX ();
use Social::Test::TokenExpiry;
use Social::Test::Callback qw(answered is_finished);
use Social::Test::TokenApi qw(authenticate);
use Time::HiRes            qw(sleep time);

my $taken  = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $@\n";
my $SITE   = {quota => 'limit=1000000'};
my $t      = Social::Test->new(workers => 2, redis => 1);
my $expiry = Social::Test::TokenExpiry->new($t);
my $redis  = $t->redis->url;

# Each with the options of the gateway that differ.
my %use = (
    'memory'                => {social => {social_store => 'memory size=8m'}},
    'memory of other size'  => {social => {social_store => 'memory size=9m'}},
    'copies'                => {social => {social_store => "$redis cache=8m"}},
    'no copies'             => {social => {social_store => "$redis cache=off"}},
    'copies of another'     => {social => {social_store => "$redis cache=8m prefix=other:"}},
    'memory, more to count' =>
        {social => {social_store => 'memory size=8m'}, providers => ['facebook', 'twitter_oauth2', 'instagraph']},
);

sub configure ($name, $refused = 0) {
    my $listen = $refused ? 'listen 127.0.0.1:' . $taken->sockport . ';' : '';
    $t->gateway(
        providers => ['facebook', 'twitter_oauth2'],
        provider  => {twitter_oauth2 => {timeout => '20s'}},
        site      => $SITE,
        server    => "$listen location = /status { social_status json; }",
        %{$use{$name}},
    );
    return;
}

# ---- What every zone holds ----

# Something of each kind. The user "guessed" is throttled.
sub fill () {
    authenticate($t, email => 'guessed@mysite.example', password => 'wrong', siteId => '169') for 1 .. 12;
    my ($browser, $callback) = answered($t);
    my %cookies = %{$browser->cookies};
    my $id      = is_finished($browser->get($callback), 'a login ends');
    my %filled  = (id => $id, used => $callback, cookies => \%cookies);
    $t->read_session($filled{id}, provider => 'facebook');
    $filled{left}    = left(\%filled);
    $filled{counted} = counted();
    return \%filled;
}

sub left ($filled) {
    return ($t->read_session($filled->{id}, provider => 'facebook')->header('RateLimit') // '') =~ /r=(\d+)/
        ? $1
        : undef;
}

# Requests for a session that found one.
sub counted () {
    my ($found)
        = $t->get('/status')->body =~ /"social_requests_total".*?"provider":"facebook","result":"session"\D*?(\d+)/s;
    return $found // 0;
}

# The sessions, the used logins, the quotas, the attempts and the figures.
sub is_kept ($filled, $name, $counts = 1) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @lost;
    push @lost, 'the session' if $t->read_session($filled->{id}, provider => 'facebook')->status != 200;
    my $again = $t->browser;
    $again->set_cookie(%{$filled->{cookies}});
    push @lost, 'the used login' if $again->get($filled->{used})->status != 400;
    my $left = left($filled) // 1e9;
    push @lost, "the quota ($left)" if $left >= $filled->{left} || $left < $filled->{left} - 100_000;
    push @lost, 'the attempts'
        if authenticate($t, email => 'guessed@mysite.example', password => 'wrong', siteId => '169')->status != 429;
    push @lost, 'the figures' if $counts && counted() <= $filled->{counted};
    return is("@lost", '', $name);
}

# ---- The leases ----

# Seconds: longer than a lease lasts, and half a second after it was renewed last.
my $SLOW = 6.5;

# A refresh that goes on for that time, under a lease: the session, and the wires of those who wait for it.
# The new token lives for a second.
sub begin_slow_refresh () {
    my %slow = (id => $expiry->login_for(3), wires => []);
    $t->sandbox->configure('twitter', access_ttl => 1);
    $t->sandbox->behave('twitter.refresh', times => 1, delay => 1000 * $SLOW);
    sleep 3.05;
    read_slowly(\%slow);
    ok($t->wait_for(sub { $expiry->refreshes == 1 }), 'a slow refresh begins under a lease');
    return \%slow;
}

# Several reads, so that each worker has one.
sub read_slowly ($slow) {
    push @{$slow->{wires}}, map { $expiry->begin_read($slow->{id}) } 1 .. 4;
    return;
}

# No refresh of the session began before the one in front of it was answered.
sub is_refreshed_alone ($slow, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    read_slowly($slow);
    sleep 0.3;
    my @calls = sort { $a->{began} <=> $b->{began} } $t->sandbox->seen('twitter.refresh');
    my @early = grep { !$calls[$_ - 1]{ended} || $calls[$_ - 1]{ended} > $calls[$_]{began} } 1 .. $#calls;
    return is("@early", '', $name);
}

# A lease that is left behind ends 2 to 3 seconds after the refresh.
sub is_lease_free ($slow, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @answers = map { $_->read_response(timeout => $SLOW + 10) } @{$slow->{wires}};
    is(scalar(grep { !$_ || $_->status != 200 } @answers), 0, 'all waiting readers get the session');
    $t->sandbox->configure('twitter', access_ttl => 7200);
    sleep 1.05;
    my $from = time;
    $expiry->is_refreshed($expiry->get($slow->{id}), 'the next refresh is done');
    return cmp_ok(time - $from, '<', 0.9, $name);
}

# ---- Traffic ----

# Logins and reads, in a process of their own: the pid, and the file with what was not as it should be.
sub begin_traffic () {
    my $file = $t->dir . '/traffic';
    unlink $file, "$file.end";
    my $pid = fork // die "fork: $!\n";
    return ($pid, $file) if $pid;
    my $rounds = 0;
    open my $out, '>', $file or POSIX::_exit(1);
    until (-e "$file.end") {
        my $wrong = eval {
            my ($browser, $callback) = answered($t);
            my %cookies = %{$browser->cookies};
            my $first   = $browser->get($callback);
            my $id      = $first->session_id or return 'a login: ' . $first->status;
            my $read    = $t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status;
            my $again   = $t->browser;
            $again->set_cookie(%cookies);
            my $second = $again->get($callback)->status;
            $rounds++;
            $read != 200 ? "a read: $read" : $second != 400 ? "a used login: $second" : '';
        } // "an exception: $@";
        print {$out} "$wrong\n" if $wrong;
        sleep 0.05;
    }
    print {$out} "rounds: $rounds\n";
    close $out;
    POSIX::_exit(0);
}

sub end_traffic ($pid, $file) {
    open my $end, '>', "$file.end" or die "$file.end: $!\n";
    close $end;
    waitpid $pid, 0;
    open my $in, '<', $file or return ('no traffic');
    return grep { !/^rounds: [1-9]/ } map {s/\n//r} readline $in;
}

# ---- The pairs ----

configure('memory');
$t->start;
$t->tolerate(qr/\[emerg\].*(?:bind\(\) to|could not bind)/);

for my $from ('memory', 'copies') {
    subtest "$from, and what does not come" => sub {
        configure($from);
        ok($t->reload(drained => 1), "nginx runs with $from");
        my $filled  = fill();
        my @others  = grep { $_ ne $from } sort keys %use;
        my @traffic = begin_traffic();
        for my $to (@others) {
            my $due = $expiry->login_for(3);
            configure($to, 1);
            ok(!$t->reload,                                       "$to is refused, since a port is taken");
            ok($t->wait_for(sub { $expiry->refreshes == 1 }, 20), 'a refused reload refreshes a due session');
            is($expiry->get($due)->status, 200, 'a refused reload keeps the due session readable');
            is_kept($filled, 'a refused reload keeps everything else');
        }
        my $slow = begin_slow_refresh();
        for my $to (@others) {
            configure($to, 1);
            ok(!$t->reload, "$to is refused again");
            is_refreshed_alone($slow, 'a second refused reload keeps the lease');
        }
        is_lease_free($slow, 'a refused reload frees the lease at its end');
        is(join(', ', end_traffic(@traffic)), '', 'the traffic meets no error');
    };
}

# In this order each configuration follows one of another use, and one of the same.
subtest 'from one use to another' => sub {
    my ($name, $filled) = 'copies';
    for my $next ('no copies', 'copies of another', 'copies', 'memory', 'memory, more to count', 'memory of other size')
    {
        $filled = fill();
        configure($next);
        ok($t->reload(drained => 1), "$name, then $next");
        is_kept($filled, "$next: the reload keeps everything but the figures", 0) if $next eq 'memory, more to count';
        is($t->read_session($filled->{id}, provider => 'facebook')->status,
            200, "$next: the reload keeps the sessions of Redis")
            if "$name, $next" =~ /^(?:copies, no copies|no copies, copies)$/;
        is($t->read_session($filled->{id}, provider => 'facebook')->status, 404, "$next: the reload has other sessions")
            if $next =~ /another|^memory$|size/ || $name =~ /another/;
        is_kept(fill(), "$next: the gateway works after the reload");
        $name = $next;
    }
};

# Old workers hold the lease until the refresh is done, and new ones look at it.
for my $pair (['memory', 'memory, more to count'], ['copies', 'no copies'], ['no copies', 'copies']) {
    my ($from, $to) = @$pair;
    subtest "a lease, from $from to $to" => sub {
        configure($from);
        ok($t->reload(drained => 1), "nginx runs with $from");
        my $slow = begin_slow_refresh();
        configure($to);
        ok($t->reload, "$to is accepted");
        is_refreshed_alone($slow, 'an accepted reload keeps the lease');
        is_lease_free($slow, 'an accepted reload frees the lease at its end');
    };
}

subtest 'the key that is made at start' => sub {
    my $own  = Social::Test->new(workers => 2);
    my @conf = (providers => ['facebook'], site => $SITE);
    my $set  = sub ($store, @more) {
        $own->gateway(@conf, social => {social_keyring => undef, social_store => $store}, @more);
    };
    $set->('memory size=8m');
    $own->start;
    my $id = $own->login('facebook');
    my ($browser, $callback) = answered($own);
    $own->tolerate(qr/\[emerg\].*(?:bind\(\) to|could not bind)/);
    $set->('memory size=9m', server => 'listen 127.0.0.1:' . $taken->sockport . ';');
    ok(!$own->reload, 'a refused reload keeps the size of the store');
    is($own->api(GET => "/api/facebook/session/$id", token => $own->bearer)->status, 200, 'its sessions are there');
    $own->nginx->kill_worker if $own->tolerate(qr/exited on signal 9/);
    is($own->api(GET => "/api/facebook/session/$id", token => $own->bearer)->status,
        200, 'a new worker has the sessions');
    $set->('memory size=9m');
    ok($own->reload(drained => 1), 'a reload changes the size of the store');
    is_finished($browser->get($callback), 'a login that was begun before ends');
    is($own->api(GET => "/api/facebook/session/$id", token => $own->bearer)->status, 404, 'sessions are gone');
    like(
        $own->log->text,
        qr/\[warn\].*social: the sessions in memory are dropped, since "social_store" has another type or size/,
        'the log warns that sessions in memory are dropped'
    );
};

done_testing;
