# What happens to providers and to Redis in a soak: for some seconds, until the other disturbances
# of that time are over.
package Soak::Disturbances::Services;
use v5.36;

use Carp qw(croak);
use Social::Test::Port;
use Time::HiRes qw(sleep);

# Seconds.
my ($SHORTEST, $LONGEST) = (0.5, 4);

# Some failures of Redis in a long soak are longer than a client waits for an answer.
my ($OUTAGE, $LONG_SOAK, $CHANCE) = (18, 300, 0.2);

# Endpoints of the sandbox that the gateway calls.
my @ENDPOINTS = qw(
    facebook.access_token facebook.exchange facebook.me facebook.accounts facebook.revoke
    instagram.access_token instagram.exchange instagram.me
    twitter.request_token twitter.access_token twitter.token twitter.refresh twitter.me twitter.revoke
    twitter.verify_credentials twitter.search_recent twitter.app_token
    oidc.token oidc.refresh oidc.userinfo oidc.jwks oidc.discovery oidc.revoke
    oauth1.request_token oauth1.access_token oauth1.me
);

# Slower than usual, and within the gateway's time-out.
sub slow_provider ($run, $meanwhile) {
    my $delay = 200 + int rand 600;
    return _misbehave($run, $meanwhile, "$delay ms", delay => $delay);
}

my @FAILURES = (
    [status   => 500, body => 'down'],
    [status   => 503, body => 'down', headers => {'Retry-After' => '1'}],
    [close    => 'before'],
    [garbage  => 1],
    [truncate => 20],
    [hang     => 1],
);

# Nothing was done at the provider when it answers so, but for garbage and what is cut off.
sub failing_provider ($run, $meanwhile) {
    my %how  = @{$FAILURES[rand @FAILURES]};
    my $name = join ' ', map {"$_ $how{$_}"} grep { !ref $how{$_} } sort keys %how;
    return _misbehave($run, $meanwhile, $name, %how);
}

# What was asked for is done, and the gateway does not learn it.
sub lost_answers ($run, $meanwhile) { return _misbehave($run, $meanwhile, 'close after', close => 'after') }

sub stopped_redis ($run, $meanwhile) {
    $run->test->redis->pause or croak 'Redis cannot be stopped';
    _wait_long($run, $meanwhile);
    $run->test->redis->resume;
    return;
}

# What Redis has acknowledged is in its file when it starts again.
sub killed_redis ($run, $meanwhile) {
    $run->test->redis->crash or croak 'Redis does not end';
    _wait($meanwhile);
    $run->test->redis->start;
    return;
}

my %READ_ONLY = (
    'a replica without a primary' =>
        [[REPLICAOF => '127.0.0.1', Social::Test::Port::free()], [REPLICAOF => 'NO', 'ONE']],
    'out of memory'         => [[CONFIG => 'SET', maxmemory => 1], [CONFIG => 'SET', maxmemory => 0]],
    'too few good replicas' =>
        [[CONFIG => 'SET', 'min-replicas-to-write' => 1], [CONFIG => 'SET', 'min-replicas-to-write' => 0]],
);

sub read_only_redis ($run, $meanwhile) {
    my $name = (sort keys %READ_ONLY)[rand keys %READ_ONLY];
    my ($break, $mend) = @{$READ_ONLY{$name}};
    $run->test->redis->command(@$break);
    _wait_long($run, $meanwhile);
    $run->test->redis->command(@$mend);
    return (detail => $name);
}

sub _misbehave ($run, $meanwhile, $name, %how) {
    my $box = $run->test->sandbox;

    # One mount, or all of them.
    my $mount = (qw(facebook instagram twitter oidc oauth1), '', '')[rand 7];
    $box->behave($_, %how) for grep {/^$mount/} @ENDPOINTS;
    _wait($meanwhile);
    $box->forgive;
    return (detail => join ' ', $mount || 'all', $name);
}

sub _wait_long ($run, $meanwhile) {
    return _wait($meanwhile, $run->seconds >= $LONG_SOAK && rand() < $CHANCE ? $OUTAGE : ());
}

sub _wait ($meanwhile, $seconds = $SHORTEST + rand($LONGEST - $SHORTEST)) {
    sleep $seconds / 2;
    $meanwhile->();
    sleep $seconds / 2;
    return;
}

1;
