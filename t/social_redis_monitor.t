# What Redis is told, read with MONITOR: nobody's token, name, address or session id is in it, and
# no key or value stays for ever.
use lib 't/lib';
use Social::Test;

use IO::Select;
use IO::Socket::INET;
use Social::Test::TokenExpiry;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(authenticate);
use Time::HiRes            qw(sleep);

my $t       = Social::Test->new(redis  => 1,  workers => 2);
my $other   = Social::Test->new(beside => $t, workers => 2);
my %gateway = (
    providers => ['facebook', 'twitter', 'twitter_oauth2', 'oidc'],
    site      => {quota => 'limit=1000 per=user'},
    server    => <<~'CONF',
        location /app/ {
            social_bearer on;
            social_credential twitter app;
            proxy_set_header Authorization $social_authorization;
            proxy_pass %%SANDBOX%%/twitter/;
        }
        CONF
);
$_->secret($Social::Test::Gateway::PASSWORD)->gateway(%gateway)->start for $t, $other;

# All that Redis is told while this is done.
sub told ($act) {
    my $monitor = IO::Socket::INET->new(PeerAddr => $t->redis->address) or die "no Redis: $!";
    print {$monitor} "MONITOR\r\n";
    $monitor->flush;
    my $said = '';
    sysread($monitor, $said, 64) while $said !~ /^\+OK/;
    $act->();
    while (IO::Select->new($monitor)->can_read(0.3)) {
        sysread($monitor, $said, 65_536, length $said) or last;
    }
    return $said;
}

# Without what was said in the report of a failure: it may be long, and not be text.
sub saw ($said, $pattern, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return ok($said =~ $pattern, $name);
}

# None of these, and nothing that the providers have ever handed out.
sub is_not_in ($said, %clear) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for my $what (sort keys %clear) {
        my $value = $clear{$what} // '';
        ok(length $value >= 4 && index($said, $value) < 0, "$what is not in it");
    }
    my @secrets = grep { length >= 12 } $t->sandbox->secrets;
    cmp_ok(@secrets, '>', 0, 'the providers have secrets');
    is(scalar(grep { index($said, $_) >= 0 } @secrets), 0, 'no secret of a provider appears in the commands');
    return;
}

# The same of a session, whose bearer token is `$bearer`.
sub session_is_not_in ($said, $id, $session, $bearer, %clear) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $profile = $session->{profile};
    is_not_in(
        $said,
        'the session id'   => $id,
        'its inner text'   => $session->{session},
        'the bearer token' => $bearer,
        'its signature'    => $bearer =~ s/.*\.//r,
        (defined $session->{token} ? ('the token' => $session->{token}) : ()),
        (   map  { ("$_ of the profile" => $profile->{$_}) }
            grep { !ref $profile->{$_} && length $profile->{$_} >= 4 } keys %$profile
        ),
        %clear,
    );
    return;
}

# A login and two reads: (what Redis is told, id, session, bearer token).
sub login_and_read ($provider) {
    my ($id, $session, $bearer) = (undef, undef, $t->bearer(sub => 'reader@mysite.example'));
    my $said = told(
        sub {
            $id      = $t->login($provider);
            $session = $t->api(GET => "/api/$provider/session/$id", token => $bearer)->json;
            $other->api(GET => "/api/session/$id", token => $bearer);
        }
    );
    saw($said, qr/"SET" "social:s:[0-9a-f]{64}"/,                       'a session is stored, under a digest');
    saw($said, qr/"EVALSHA" "[0-9a-f]{40}" "1" "social:f:[0-9a-f]{2}"/, 'the commands mark the login as used');
    saw($said, qr/"social:q:[0-9a-f]+"/,                                'the commands count the quota');
    return ($said, $id, $session, $bearer, 'the reader' => 'reader@mysite.example');
}

# A user's sessions and their revocation are of one slot.
my $KEY = qr/^social:(?:d|[slfqa]:[0-9a-f]+|[or]:\{[0-9a-f]+\})$/;

subtest 'a login at Facebook' => sub {
    my @seen = login_and_read('facebook');
    session_is_not_in(
        @seen,
        'a page token' => $seen[2]{accounts}[0]{access_token},
        'a page'       => $seen[2]{accounts}[0]{name}
    );
};

subtest 'a login at X' => sub {
    my ($said, $id, $session, @more) = login_and_read('twitter');
    ok(length $session->{profile}{oauth_token_secret}, 'the profile has tokens');
    session_is_not_in($said, $id, $session, @more);
};

subtest 'a login at X with OAuth 2.0' => sub {
    my ($said, $id, $session, @more) = login_and_read('twitter_oauth2');
    saw($said, qr/"social:d"/, 'its refresh is planned');
    session_is_not_in($said, $id, $session, @more);
};

subtest 'a login with OpenID Connect' => sub {
    my ($said, $id, $session, @more) = login_and_read('oidc');
    is($session->{profile}{email}, 'ovan@example.com', 'the profile has an address');
    session_is_not_in($said, $id, $session, @more);
};

subtest 'a refresh' => sub {
    my $expiry = Social::Test::TokenExpiry->new($t);
    my ($id, $old, $answer);
    my $said = told(
        sub {
            $id  = $expiry->login_for(1);
            $old = $expiry->get($id)->json;
            sleep 1.05;
            $answer = $expiry->get($id);
        }
    );
    $expiry->is_refreshed($answer, 'a token is refreshed');
    isnt($answer->json->{token}, $old->{token}, 'the refreshed token is another one');
    is($expiry->refreshes(), 1, 'the refresh uses one refresh token');
    saw($said, qr/"social:l:[0-9a-f]+"/,                         'the commands take a lease');
    saw($said, qr/"EVAL(?:SHA)?" [^\n]*"social:s:[0-9a-f]{64}"/, 'the refreshed session replaces the stored one');
    session_is_not_in($said, $id, $answer->json, $t->bearer, 'the old token' => $old->{token});
};

subtest 'the end of a session' => sub {
    my ($id, $bearer) = ($t->login('twitter_oauth2'), $t->bearer);
    my $session = $t->session('twitter_oauth2', $id);
    my $said = told(sub { is($t->api(DELETE => "/api/session/$id", token => $bearer)->status, 204, 'it is deleted') });
    saw($said, qr/"DEL" "social:s:[0-9a-f]{64}"/, 'the commands delete the session by its digest');
    session_is_not_in($said, $id, $session, $bearer);
};

subtest 'a login at the token API' => sub {
    my %who = (email => 'owner@mysite.example', siteId => '169');
    my @answers;
    my $said = told(
        sub {
            @answers = map { authenticate($t, %who, password => $_) } 'a guess of mine',
                $Social::Test::Gateway::PASSWORD;
        }
    );
    is_deeply([map { $_->status } @answers], [401, 200], 'a wrong password, and the right one');
    saw($said, qr/"social:a:[0-9a-f]+"/, 'the commands count the attempts');
    my $token = $answers[1]->json->{token};
    is_not_in(
        $said,
        'the address'      => $who{email},
        'its name'         => 'owner',
        'the host of it'   => 'mysite',
        'the client'       => '127.0.0.1:' . $t->port,
        'the password'     => $Social::Test::Gateway::PASSWORD,
        'the guess'        => 'a guess of mine',
        'the bearer token' => $token,
        'its claims'       => (split /\./, $token)[1],
        'its jti'          => Social::Test::Token->read($token)->{claims}{jti},
    );
};

subtest 'the token of the application' => sub {
    my $answer;
    my $said = told(sub { $answer = $t->api(GET => '/app/2/tweets/search/recent?query=nginx', token => $t->bearer) });
    is($answer->status,                         200, 'a call with an app token succeeds');
    is($t->sandbox->calls('twitter.app_token'), 1,   'the app token is fetched once');
    saw($said, qr/"SET" "social:s:[0-9a-f]{64}"/, 'the commands store the session');
    is_not_in($said);
};

# Nothing of it may get into a key or a command, so most of it is not even asked for.
subtest 'what strangers send' => sub {
    my @odd   = ('*', '%7btag%7d', '%0d%0aFLUSHALL%0d%0a', 'a%20b', '%00', '%25s%25n', '%c3%a9', 'x' x 92, '..%2f');
    my $state = 'a' x 22 . '.' . 'b' x 22;
    my $id    = $t->login('facebook');
    $t->tolerate(qr/client sent/);
    my $said = told(
        sub {
            for my $text (@odd) {
                $t->get("/facebook/auth?redirectUrl=$_")
                    for grep { length $text < 40 } $text, "https://mysite.example%2f$text";
                $t->get("/facebook/callback?code=x&state=$_") for $text, "$state$text";
                $t->get("/facebook/callback?error=access_denied&state=$text");
                $t->get("/facebook/session?sessionId=$text");
                $t->api($_  => "/api/facebook/session/$text") for qw(GET DELETE);
                $t->api(GET => "/api/session/$text", token => Social::Test::Token->mint(key => 'x' x 32));
            }
            $t->api(GET => "/api/facebook/session/$id", token => $t->bearer(exp  => time - 1));
            $t->api(GET => "/api/facebook/session/$id", token => $t->bearer(site => '999'));
        }
    );

    # The list of what is due is looked at all the time.
    is_deeply([grep { /^\+\d/ && !/"(?:social:d|PING)"/ } split /\r\n/, $said], [], 'reaches Redis in no way');

    $said = told(
        sub {
            $t->api(GET => "/api/facebook/session/$_", token => $t->bearer) for grep { !/%00/ } @odd;
        }
    );
    my @keys = $said =~ /"(social:[^"]*)"/g;
    is_deeply([grep { !/$KEY/ } @keys], [], 'ids with a good token appear in no key');
    unlike($said, qr/"social:s:/, 'malformed ids look up no session');
    saw($said, qr/^(?!.*(?:FLUSHALL|tag|\.\.\/))/s, 'whatever the path says');
};

subtest 'what lies in Redis' => sub {
    my @keys = $t->redis->keys;
    cmp_ok(@keys, '>', 10, 'Redis has keys');
    is_deeply([grep { !/$KEY/ } @keys],                            [], 'keys are letters and digests');
    is_deeply([grep { $t->redis->command('PTTL', $_) < 0 } @keys], [], 'each key has a time to live');
};

done_testing;
