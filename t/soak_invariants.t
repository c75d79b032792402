# The invariants of t/load/soak.pl fail: each is shown a history that keeps what README promises,
# and the same history with one answer that breaks it.
use v5.36;
use lib 't/lib', 't/load/lib';

use Soak::Answer;
use Soak::Documented;
use Soak::History;
use Soak::Invariants::Figures;
use Soak::Invariants::Guesses;
use Soak::Invariants::Log;
use Soak::Invariants::Logins;
use Soak::Invariants::Quotas;
use Soak::Invariants::Service;
use Soak::Invariants::Sessions;
use Social::Sandbox::Journal;
use Social::Sandbox::Request;
use Social::Test::Log;
use Social::Test::Response;
use File::Temp ();
use Test::More;

my %SETUP = (cache_ttl => 2, quotas => {small => {limit => 2}, each => {limit => 1, per => 'user'}});
my $GONE  = '404 Session not found';

# A request that took from `from` to half a second later.
sub request ($from, $action, $answer, %more) {
    return {from => $from, until => $from + 0.5, client => 1, action => $action, answer => $answer, %more};
}

sub disturbance ($from, $until, $kind) {
    return {
        from   => $from,
        until  => $until,
        client => 'conductor',
        action => 'disturbance',
        answer => 'done',
        kind   => $kind
    };
}

sub presented ($from, $until, %more) {
    return {from => $from, until => $until, client => 'conductor', action => 'presented', answer => 'again', %more};
}

my @LOGIN  = (request(10, finish => '302 connected', login => 'a', session => 'a', provider => 'facebook'));
my @READ   = (session => 'a', user => 'u1', provider => 'facebook');
my @DELETE = (request(20, delete => '204', @READ));

# keeps($invariant, 'name', store, records…) and breaks($invariant, 'name', store, qr/complaint/, records…)
sub complaints ($invariant, $store, @records) {
    return "Soak::$invariant"->can('complaints')->(Soak::History->of(@records), %SETUP, store => $store);
}

sub keeps ($invariant, $name, $store, @records) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply([complaints($invariant, $store, @records)], [], $name);
}

sub breaks ($invariant, $name, $store, $pattern, @records) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @complaints = complaints($invariant, $store, @records);
    is(scalar @complaints, 1, "$name: one complaint") || diag(join "\n", @complaints);
    return like($complaints[0] // '', $pattern, $name);
}

subtest 'a lost session' => sub {
    my $lost = request(30, read => $GONE, @READ);
    keeps('Invariants::Sessions', 'a session that is read', 'memory', @LOGIN,
        request(20, read => '200 session', @READ));
    keeps('Invariants::Sessions', 'a session that was deleted', 'memory', @LOGIN, @DELETE, $lost);
    breaks('Invariants::Sessions', 'a session that nobody deleted', 'memory', qr/^lost: /, @LOGIN, $lost);
    breaks('Invariants::Sessions', 'a DELETE that came later',
        'memory', qr/^lost: /, @LOGIN, $lost, request(40, delete => '204', @READ));
    breaks('Invariants::Sessions', 'a DELETE that was refused',
        'memory', qr/^lost: /, @LOGIN, request(20, delete => '401 Token required', @READ), $lost);
    breaks('Invariants::Sessions', 'a DELETE that finds no session',
        'memory', qr/^lost: /, @LOGIN, request(30, delete => $GONE, @READ));
    breaks('Invariants::Sessions', 'a session that no login has confirmed',
        'memory', qr/^unconfirmed/, request(30, read => '200 session', @READ));

    for my $answer ('204', '503 Sessions are unavailable, please try again', 'none', 'left') {
        keeps('Invariants::Sessions', "a DELETE that may have been done: $answer",
            'redis', @LOGIN, request(20, delete => $answer, @READ), $lost);
    }
    keeps('Invariants::Sessions', 'a user who is forgotten',
        'redis', @LOGIN, request(20, forget => '200', @READ), $lost);
    my $upgrade = disturbance(20, 21, 'binary upgraded');
    keeps('Invariants::Sessions', 'memory ends with the old binary', 'memory', @LOGIN, $upgrade, $lost);
    keeps('Invariants::Sessions', 'memory may lose a session of the ending binary',
        'memory', @LOGIN, disturbance(9, 10.4, 'binary upgraded'), $lost);
    breaks('Invariants::Sessions', 'Redis does not', 'redis', qr/^lost: /, @LOGIN, $upgrade, $lost);
    breaks('Invariants::Sessions', 'memory loses no session before an upgrade',
        'memory', qr/^lost: /, @LOGIN, disturbance(40, 41, 'binary upgraded'), $lost);
    breaks(
        'Invariants::Sessions', 'memory of the new binary loses no session',
        'memory', qr/^lost: /, disturbance(1, 2, 'binary upgraded'),
        @LOGIN,   $lost
    );

    for my $kind ('reload accepted', 'reload refused', 'worker killed', 'redis killed', 'redis stopped',
        'redis read-only')
    {
        breaks('Invariants::Sessions', "no reason: $kind",
            'redis', qr/^lost: /, @LOGIN, disturbance(20, 21, $kind), $lost);
    }
};

subtest 'a session whose refresh was lost' => sub {
    my $lost  = request(30, read => $GONE, @READ);
    my $again = presented(20, 25, endpoint => 'twitter.refresh', user => 'u1', what => 'refresh_token');
    breaks('Invariants::Sessions', 'X is asked twice for no reason', 'redis', qr/^lost: /, @LOGIN, $again, $lost);
    for my $kind ('provider loses answers', 'provider fails', 'worker killed') {
        keeps(
            'Invariants::Sessions', "X is asked twice: $kind",
            'redis', @LOGIN, disturbance(19, 22, $kind),
            $again,  $lost
        );
    }
    my $cause = disturbance(19, 22, 'provider loses answers');
    breaks('Invariants::Sessions', 'a read as another user breaks the invariant',
        'redis', qr/^lost: /, @LOGIN, $cause, {%$again, user => 'u2'}, $lost);
    breaks('Invariants::Sessions', 'a provider that takes a token twice',
        'redis', qr/^lost: /, @LOGIN, $cause, {%$again, endpoint => 'oidc.refresh'}, $lost);
    breaks('Invariants::Sessions', 'X refuses later',
        'redis', qr/^lost: /, @LOGIN, $cause, {%$again, until => 35}, $lost);
};

subtest 'a removed session that comes back' => sub {
    my $back = request(30, read => '200 session', @READ);
    breaks('Invariants::Sessions', 'after a DELETE', $_, qr/^back: /, @LOGIN, @DELETE, $back) for 'memory', 'redis';
    breaks('Invariants::Sessions', 'a read of a stale copy breaks the invariant',
        'redis', qr/^back: /, @LOGIN, @DELETE, {%$back, answer => '200 stale session'});
    keeps('Invariants::Sessions', 'a read that began before the DELETE was done',
        'memory', @LOGIN, @DELETE, {%$back, from => 20.4});
    my $both = disturbance(20, 40, 'binary upgraded');
    keeps('Invariants::Sessions', 'two binaries have two memories', 'memory', @LOGIN, @DELETE, $both, $back);
    keeps('Invariants::Sessions', 'two binaries have two caches', 'redis', @LOGIN, @DELETE, $both,
        {%$back, from => 22});
    breaks('Invariants::Sessions', 'for cache_ttl', 'redis', qr/^back: /, @LOGIN, @DELETE, $both, {%$back, from => 25});
    breaks(
        'Invariants::Sessions', 'two DELETE are done',
        'redis',                qr/^deleted twice/,
        @LOGIN,                 @DELETE, request(20.2, delete => '204', @READ)
    );
};

subtest 'a login that is finished twice' => sub {
    my $used = request(11, finish => '400 expired page', login => 'a', replay => 1);
    keeps('Invariants::Logins', 'a callback, and the same again', 'memory', @LOGIN, $used);
    breaks('Invariants::Logins', 'two sessions', 'memory', qr/^finished twice/,
        @LOGIN, request(11, finish => '302 connected', login => 'a', session => 'b'));
    breaks(
        'Invariants::Logins', 'a first callback that is refused as used',
        'memory',
        qr/^not used before/,
        {%$used, login => 'b'}
    );
    my $again = presented(10, 11, endpoint => 'facebook.access_token', user => 'u1', what => 'code');
    breaks('Invariants::Logins', 'a code that the provider gets twice', 'memory', qr/^exchanged twice/, @LOGIN, $again);
    keeps('Invariants::Logins', 'an upgrade forgets logins in memory',
        'memory', @LOGIN, disturbance(10.5, 10.8, 'binary upgraded'), $again);
    breaks(
        'Invariants::Logins', 'logins in Redis are not lost',
        'redis',              qr/^exchanged twice/,
        @LOGIN,               disturbance(10.5, 10.8, 'binary upgraded'), $again
    );
    keeps('Invariants::Logins', 'a connection that is closed in place of an answer',
        'redis', @LOGIN, disturbance(9, 12, 'provider loses answers'), $again);
};

subtest 'a quota that is exceeded' => sub {
    my %use      = (site => 'small', user => 'user');
    my @two      = map { request($_, use => '200 application', %use) } 10, 11;
    my $third    = request(12, use => '200 application', %use);
    my $refused  = request(12, use => '401 quota',       %use);
    my $upgrade  = disturbance(11.6, 11.9, 'binary upgraded');
    my $midnight = 86_400;
    keeps('Invariants::Quotas', 'two of two, and a refusal', 'memory', @two, $refused);
    breaks('Invariants::Quotas', 'three of two', $_, qr/quota of small exceeded: 3 of 2/, @two, $third) for 'redis';
    keeps('Invariants::Quotas', 'memory counts anew with a new binary', 'memory', @two, $upgrade, $third);
    breaks('Invariants::Quotas', 'Redis does not', 'redis', qr/exceeded/, @two, $upgrade, $third);
    breaks(
        'Invariants::Quotas', 'three of two behind an upgrade',
        'memory',
        qr/between upgrades/,
        disturbance(1, 2, 'binary upgraded'),
        @two, $third
    );
    keeps('Invariants::Quotas', 'another window resets a quota',
        'redis', @two, {%$third, from => $midnight + 1, until => $midnight + 2});
    keeps('Invariants::Quotas', 'an answer that comes in another window',
        'redis', @two, {%$third, until => $midnight + 1});
    breaks('Invariants::Quotas', 'a refusal of the second', 'memory', qr/refused after 1 of 2/, $two[0], $refused);
    keeps('Invariants::Quotas', 'a use may be counted without an answer',
        'memory', $two[0], request(11, use => 'none', %use), $refused);
    my @each = map { request($_, use => '200 application', site => 'each', user => "u$_") } 10, 11;
    keeps('Invariants::Quotas', 'one of one for each user', 'redis', @each);
    breaks(
        'Invariants::Quotas', 'two of one for one of them',
        'redis',              qr/quota of each u10 exceeded: 2 of 1/,
        @each, {%{$each[0]}, from => 12, until => 13}
    );
};

subtest 'passwords that are guessed past the limits' => sub {
    my $guess
        = sub ($at, $user, $address) { request($at, guess => '401 login refused', user => $user, address => $address) };
    my @user    = map { $guess->($_, 'victim', "10.0.0.$_") } 1 .. 10;
    my @address = map { $guess->($_, "user$_", '10.0.0.1') } 1 .. 20;
    keeps('Invariants::Guesses', 'ten of one user, twenty from one address', 'redis', @user, @address[1 .. 19]);
    breaks(
        'Invariants::Guesses', 'eleven of one user',
        'redis',               qr/of user victim: 11 of 10/,
        @user,                 $guess->(11, 'victim', '10.0.0.11')
    );
    breaks(
        'Invariants::Guesses', 'twenty-one from one address',
        'redis',               qr/of address 10.0.0.1: 21 of 20/,
        @address,              $guess->(21, 'other', '10.0.0.1')
    );
    keeps('Invariants::Guesses', 'the eleventh after five minutes',
        'redis', @user, $guess->(301, 'victim', '10.0.0.11'));
    keeps('Invariants::Guesses', 'a refusal tells nothing',
        'redis', @user, {%{$user[0]}, answer => '429 Too many attempts, please try again later'});
    keeps(
        'Invariants::Guesses', 'memory counts anew with a new binary',
        'memory',              @user,
        disturbance(10.6, 10.8, 'binary upgraded'),
        $guess->(11, 'victim', '10.0.0.11')
    );
};

subtest 'an answer that is not documented' => sub {
    my $down = '503 Sessions are unavailable, please try again';
    my %may  = (
        'redis stopped' =>
            [request(10, read => $down), request(10, finish => '503 unavailable page'), request(12, use => $down)],
        'provider fails' => [
            request(10, begin  => '502 page'),
            request(10, finish => '502 page'),
            request(14, read   => '502', refreshes => 1)
        ],
        'worker killed' => [request(10, read => 'none'), request(10, finish => 'none')],
    );
    for my $kind (sort keys %may) {
        for my $record (@{$may{$kind}}) {
            my $name = "$record->{action} $record->{answer}, $kind";
            keeps('Documented', $name, 'redis', disturbance(9, 10.2, $kind), $record);
            breaks(
                'Documented', "$name elsewhere",
                'redis',
                qr/not documented/,
                disturbance(9, 10.2, 'reload accepted'), $record
            );
            breaks('Documented', "$name long ago", 'redis', qr/not documented/, disturbance(-30, -20, $kind), $record);
        }
    }
    my $rejected = request(20.2, credential => 'upstream 401', @READ);
    keeps('Documented', 'a token that a DELETE revokes meanwhile', 'redis', @DELETE, $rejected);
    breaks(
        'Documented', 'a token that X rejects',
        'redis',      qr/not documented/,
        @DELETE, {%$rejected, from => 30, until => 31}
    );
    my $failing = disturbance(25, 29, 'provider fails');
    my $ending  = {%$rejected, from => 30, until => 31, refreshes => 1};
    keeps('Documented', 'a token that ends while its refresh fails', 'redis', $failing, $ending);
    delete $ending->{refreshes};
    breaks('Documented', 'one that needs no refresh', 'redis', qr/not documented/, $failing, $ending);
    keeps('Documented', 'a session', 'redis', request(10, read => '200 session'));
    breaks(
        'Documented', "the answer $_",
        'redis',
        qr/^not documented: /,
        disturbance(9, 12, 'redis stopped'),
        disturbance(9, 12, 'worker killed'),
        request(10, read => $_)
        )
        for '500', 'silence', '200 of somebody else', '200 with an expired token', 'undocumented: 503 has no envelope',
        'no connection';
    breaks('Documented', 'a client that died', 'redis', qr/^not documented: /,
        request(10, client => 'died: no reason'));
    breaks(
        'Documented', 'a 502 of a session that needs no refresh',
        'redis',
        qr/not documented/,
        disturbance(9, 12, 'provider fails'),
        request(10, read => '502')
    );
    my $at_once = request(10, finish => '502 page', at_once => 1);
    keeps('Documented', 'two callbacks at once that two binaries take',
        'memory', disturbance(9.5, 10.5, 'binary upgraded'), $at_once);
    breaks(
        'Documented', 'two callbacks at once behind an upgrade',
        'memory',
        qr/not documented/,
        disturbance(8, 9, 'binary upgraded'), $at_once
    );
    breaks(
        'Documented', 'two callbacks at once, where Redis knows of the first',
        'redis',
        qr/not documented/,
        disturbance(9.5, 10.5, 'binary upgraded'), $at_once
    );
    my $replay = request(10, finish => '502 page', replay => 1);
    keeps('Documented', 'a replay of a login that an upgrade has forgotten',
        'memory', disturbance(5, 6, 'binary upgraded'), $replay);
    breaks(
        'Documented', 'Redis forgets none',
        'redis',
        qr/not documented/,
        disturbance(5, 6, 'binary upgraded'), $replay
    );
};

# Each answer comes as late as it may, and a moment later.
subtest 'an answer after the end of a disturbance' => sub {
    my %outage = (
        once   => [disturbance(100, 100.5, 'provider fails')],
        soon   => [disturbance(100, 100.5, 'provider fails'), disturbance(104, 104.5, 'provider loses answers')],
        late   => [disturbance(100, 100.5, 'provider fails'), disturbance(140, 140.5, 'provider fails')],
        later  => [disturbance(100, 100.5, 'provider fails'), disturbance(190, 190.5, 'provider fails')],
        longer => [disturbance(100, 104,   'provider fails')],
        redis  => [disturbance(100, 100.5, 'redis stopped')],
        killed => [disturbance(100, 100.5, 'worker killed')],
    );
    my %session = (refreshes => 1, @READ);

    # An attempt takes 4 seconds, and up to 2, 4, 8 or 16 seconds of pause follow it.
    my @edges = (
        [once   => 108.5, application => '502'],
        [longer => 124,   application => '502'],
        [late   => 152.5, application => '502'],
        [once   => 108.5, read        => '502',          %session],
        [longer => 124,   credential  => '502',          %session],
        [soon   => 116.5, read        => '502',          %session],
        [later  => 198.5, read        => '502',          %session],
        [once   => 108.5, credential  => 'upstream 401', %session],
        [once   => 100.5, begin       => '502 page'],
        [once   => 100.5, application => 'upstream 503'],
        [once   => 114.5, begin       => '502 page', provider => 'oidc'],
        [once   => 114.5, finish      => '502 page', provider => 'oidc'],
        [redis  => 103.5, use         => '503 Sessions are unavailable, please try again'],
        [redis  => 103.5, application => '503 Sessions are unavailable, please try again'],
        [killed => 100.5, read        => 'none', %session],
    );
    for my $edge (@edges) {
        my ($kind, $last, $action, $answer, %more) = @$edge;
        my $record = request($last, $action => $answer, %more);
        my $name   = "$kind, $action, $answer, " . ($more{provider} // 'any') . ", $last";
        keeps('Documented', $name, 'redis', @{$outage{$kind}}, $record);
        breaks(
            'Documented', "$name and a moment later",
            'redis',      qr/not documented/,
            @{$outage{$kind}}, {%$record, from => $last + 0.001}
        );
    }

    my $failed = request(150, application => '502');
    my $served = request(120, application => '200 upstream');
    breaks(
        'Documented',     'a served application ends the failures',
        'redis',          qr/not documented/,
        @{$outage{late}}, $served, $failed
    );
    keeps('Documented', 'incidents of an old binary need no documentation',
        'memory', @{$outage{late}}, $served, disturbance(119, 121, 'binary upgraded'), $failed);
};

subtest 'a soak without clients' => sub {
    my %served = (
        finish       => '302 connected',
        refuse       => '403 refused page',
        read         => '200 session',
        delete       => '204',
        authenticate => '200 token',
        use          => '200 application',
    );
    my @records = map {
        my $action = $_;
        map { request($_, $action => $served{$action}) } 1 .. 20
    } sort keys %served;
    push @records, map { disturbance($_, $_ + 1, 'worker killed') } 1 .. 3;
    keeps('Invariants::Service', 'clients that are served', 'memory', @records);
    for my $action (sort keys %served) {
        my @others = grep { $_->{action} ne $action } @records;
        breaks('Invariants::Service', "nobody is served: $action", 'memory', qr/^$action: .* came 0 times/, @others);
    }
    breaks(
        'Invariants::Service', 'a soak without events breaks the invariant',
        'memory',
        qr/^1 disturbances are less/,
        @records[0 .. $#records - 2]
    );
};

subtest 'memory, descriptors and keys that grow' => sub {
    my $of = sub ($megabytes, $descriptors) { {anonymous => $megabytes * 1024 * 1024, descriptors => $descriptors} };
    my $before = {1 => $of->(8, 20), 2 => $of->(8, 20)};
    my $grown
        = sub ($size, %arg) {
        scalar Soak::Invariants::Figures::workers($before, {1 => $of->(8, 20), 2 => $size}, %arg);
        };
    my @flat = Soak::Invariants::Figures::workers($before, {1 => $of->(8.5, 22), 2 => $of->(8, 20)});
    is_deeply(\@flat, [], 'some kilobytes and a connection are nothing');
    my @more = Soak::Invariants::Figures::workers($before, {1 => $of->(8, 20), 2 => $of->(11, 20)});
    like("@more", qr/^worker 2 grows from 8388608 to 11534336 bytes/, 'three megabytes are a leak');
    @more = Soak::Invariants::Figures::workers($before, {1 => $of->(8, 20), 2 => $of->(11, 20)}, new_sessions => 500);
    is_deeply(\@more, [], 'unless there are 500 sessions more to remember');
    @more = Soak::Invariants::Figures::workers($before, {1 => $of->(8, 20), 2 => $of->(8, 50)});
    like("@more", qr/^worker 2 keeps descriptors: 20, then 50/, 'thirty descriptors are a leak');
    @more = Soak::Invariants::Figures::workers($before, {1 => $of->(8, 20), 3 => $of->(8, 20)});
    like("@more", qr/not the same/, 'figures of another worker are not compared');

    my %keys = (s => 1, o => 1, f => 10, due => 0, forever => 0, q => 30);
    is_deeply([Soak::Invariants::Figures::keys(\%keys, sessions => 1, logins => 10)],
        [], 'a session that is not in the journal is reported');
    for my $kind (qw(s o f due forever l)) {
        my @left = Soak::Invariants::Figures::keys({%keys, $kind => 11}, sessions => 1, logins => 10);
        like("@left", qr/^11 keys of the kind '$kind' are left/, "keys of the kind '$kind'");
    }
    my @users = Soak::Invariants::Figures::keys({%keys, o => 2}, sessions => 5, logins => 10);
    like("@users", qr/^2 keys of the kind 'o' are left, over 1/, 'a user without a session');
};

subtest 'a log with a line for each request' => sub {
    my $line
        = '2026/01/01 00:00:00 [error] 1#1: *1 social: Sessions are unavailable, '
        . 'please try again: Redis returned READONLY';
    is_deeply([Soak::Invariants::Log::store([($line) x 20], incidents => 1)], [], 'some lines of one incident');
    my @more = Soak::Invariants::Log::store([($line) x 21], incidents => 1);
    like(
        "@more",
        qr/^21 lines of a store that fails, over 20 of 1 incidents/,
        'a log line for each request is reported'
    );
};

subtest 'the name of an answer' => sub {
    my $envelope = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":404,'
        . '"userMessage":"Session not found","devMessage":null,"more":null,"applicationCode":null}}';
    my $name = sub ($status, $body, %headers) {
        %headers = ('Content-Type' => 'application/json; charset=utf-8', 'Cache-Control' => 'no-store', %headers);
        my $text = join "\r\n", "HTTP/1.1 $status Status",
            (map {"$_: $headers{$_}"} grep { defined $headers{$_} } sort keys %headers),
            'Content-Length: ' . length $body, '', $body;
        return Soak::Answer::name_of(Social::Test::Response->take(\$text));
    };
    is($name->(404, $envelope), $GONE, 'an envelope');
    my %bad = (
        'a space in it'             => [404, $envelope =~ s/:/: /r],
        'another order'             => [404, $envelope =~ s/("devMessage":null),("more":null)/$2,$1/r],
        'another status'            => [403, $envelope],
        'another message'           => [404, $envelope =~ s/Session/File/r],
        'a member that is not null' => [404, $envelope =~ s/"more":null/"more":""/r],
        'the page of nginx'         =>
            [404, '<html><head><title>404 Not Found</title></head></html>', 'Content-Type' => 'text/html'],
        'another type'              => [404, $envelope, 'Content-Type'  => 'application/json'],
        'a cache may keep it'       => [404, $envelope, 'Cache-Control' => undef],
        'a 401 without a challenge' => [401, $envelope =~ s/404/401/r =~ s/Session not found/Token required/r],
        'a 500'                     => [500, $envelope =~ s/404/500/r =~ s/Session not found/Internal server error/r],
    );
    like($name->(@{$bad{$_}}), qr/^undocumented: /, $_) for sort keys %bad;
    is(Soak::Answer::name_of(undef),              'none',    'no answer');
    is(Soak::Answer::name_of(undef, silent => 1), 'silence', 'no answer in time');
};

subtest 'a history in files' => sub {
    my $dir     = File::Temp->newdir;
    my $history = Soak::History->create("$dir/history.1", 1);
    $history->write(
        from      => 1,
        until     => 2,
        action    => 'read',
        answer    => '200 session',
        session   => 'a',
        refreshes => undef
    );
    $history->close;
    is_deeply(
        [Soak::History->read("$dir/history.1")->records],
        [   {   from    => '1.000000',
                until   => '2.000000',
                client  => 1,
                action  => 'read',
                answer  => '200 session',
                session => 'a'
            }
        ],
        'a record is read as it was written'
    );
};

subtest 'what the sandbox knows of codes' => sub {
    my $journal = Social::Sandbox::Journal->new;
    my $present = sub ($code, $accepted) {
        my $request = Social::Sandbox::Request->new(
            method  => 'POST',
            path    => '/token',
            headers => {'content-type' => ['application/x-www-form-urlencoded']},
            body    => "code=$code",
        );
        $journal->record('oidc.token', $request)->{accepted} = $accepted;
    };
    $present->('one', 1);
    $present->('two', 0) for 1, 2;
    is_deeply($journal->presented_again, [], 'the journal counts no code as presented again');
    $present->('one', 0);
    is(scalar @{$journal->presented_again}, 1, 'a code that was taken and comes again');
};

subtest 'a secret among many in a log' => sub {
    my $dir = File::Temp->newdir;
    mkdir "$dir/logs";
    my $log = Social::Test::Log->new(dir => "$dir")->secret(map {"secret-number-$_-of-many"} 1 .. 50_000);
    open my $out, '>', "$dir/logs/error.log" or die "no log: $!";
    print {$out}
        "nothing here\nsecret-number-x\nat the end: secret-number-49999-of-many, twice secret-number-1-of-many\n";
    close $out;
    is_deeply(
        [$log->leaks],
        ['error.log:3: at the end: <SECRET>, twice <SECRET>'],
        'the secret at the end is found and masked'
    );
};

done_testing;
