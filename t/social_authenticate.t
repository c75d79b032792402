# POST /api/authenticate: who gets a token, who does not, and what everybody else is told.
use lib 't/lib';
use Social::Test;

use Social::Test::Gateway;
use Social::Test::TokenApi qw($REALIP $REFUSED authenticate json_of refused users_file post_login);
use Time::HiRes            qw(sleep);

my $PASSWORD = $Social::Test::Gateway::PASSWORD;
my @JSON     = ('Content-Type', 'application/json');

# One of each method that crypt(5) has and that is strong enough, at its least cost.
my %METHOD = (
    yescrypt => '$y$j75$abcdefgh./',
    bcrypt   => '$2b$04$abcdefghijklmnopqrstuu',
    sha512   => '$6$rounds=1000$sandboxsalt$',
    sha256   => '$5$rounds=1000$sandboxsalt$',
);

my $t = Social::Test->new;
$t->secret($PASSWORD);
my %site = (
    169 => {users => $t->secret_file('users', users(169, 'owner@mysite.example', keys %METHOD))},
    170 =>
        {users => $t->secret_file('users.170', users(170, 'other@mysite.example')), origin => 'https://other.example'},
    171 => {users => undef, origin => 'https://none.example'},
);
$t->gateway(
    sites  => \%site,
    http   => $REALIP,
    social => {social_token_issuer => 'gateway.example', social_token_audience => 'sites'}
)->start;

my %good = (email => 'owner@mysite.example', password => $PASSWORD, siteId => '169');

subtest 'a user with the right password gets a token' => sub {
    my $answer = authenticate($t, %good);
    is($answer->status, 200, 'a login answers 200');
    my ($token) = $answer->body =~ /^\{"response_code":"200","response_status":"Success","token":"([\w.-]+)"\}$/;
    ok($token, 'the body is what the API documents, to the byte');
    is($answer->header('Content-Type'),  'application/json; charset=utf-8', 'the answer of a login is JSON');
    is($answer->header('Cache-Control'), 'no-store',                        'the answer of a login is not stored');

    my $read = Social::Test::Token->read($token);
    my ($header, $claim) = @$read{qw(header claims)};
    is_deeply([@$header{qw(typ alg)}],        ['JWT', 'HS256'],                                     'its header');
    is_deeply([@$claim{qw(iss aud sub sid)}], [qw(gateway.example sites owner@mysite.example 169)], 'its claims');
    ok(abs($claim->{iat} - time) < 5 && $claim->{nbf} == $claim->{iat}, 'issued now');
    is($claim->{exp} - $claim->{iat}, 900, 'the token lives 15 minutes');
    like($claim->{jti}, qr/^[\w-]{22,}$/, 'jti has 128 random bits');
    ok(Social::Test::Token->is_signed_by($token, $t->token_key), 'signed with the first key');
    isnt(Social::Test::Token->read(token(%good))->{claims}{jti}, $claim->{jti}, 'two tokens are never the same');
};

subtest 'the shapes that a login may have' => sub {
    is(authenticate($t, %good, siteId => 169)->status,                    200, 'siteId as a number');
    is(authenticate($t, %good, email  => 'OWNER@mysite.Example')->status, 200, 'an address in another case');
    is(authenticate($t, %good, more   => [1, {a => 'b'}])->status,        200, 'members that nobody knows');
    is(send_form(%good)->status, 200, 'a form');
    is( post_login(
            $t,
            'email=owner%40mysite.example&password=' . ($PASSWORD =~ s/ /+/gr) . '&siteId=169&x=y',
            'Content-Type' => 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'
        )->status,
        200,
        'a form with a parameter to its type, in another case'
    );
    is(post_login($t, json_of(%good), 'Content-Type' => 'application/json ; charset="utf-8"')->status,
        200, 'a JSON type may have a parameter');
    is(authenticate($t, %good, email => $_)->status, 200, "a password hashed with $_") for sort keys %METHOD;
    is( $t->request(
            POST    => '/api/authenticate',
            headers => {@JSON, 'Transfer-Encoding' => 'chunked'},
            body    => Social::Test::RawConnection::chunked(json_of(%good), 7)
        )->status,
        200,
        'a body in chunks'
    );
};

subtest 'who is not let in' => sub {
    my $wrong = authenticate($t, %good, password => 'wrong password', from => '10.1.0.1');
    is_envelope($wrong, refused(169), 'a wrong password');
    is($wrong->header('WWW-Authenticate'), 'Bearer realm="social"', 'a refused login has the bare challenge');
    my @same = (
        authenticate($t, %good, email => 'nobody@mysite.example', from     => '10.1.0.1'),
        authenticate($t, %good, email => 'other@mysite.example',  password => 'wrong password', from => '10.1.0.1'),
    );
    is(lines_of($_), lines_of($wrong), 'an unknown user gets the same answer to the byte') for @same;
    is_envelope(authenticate($t, %good, siteId => '170', from => '10.1.0.1'), refused(170), 'a user of another site');
    is_envelope(authenticate($t, %good, siteId => '999', from => '10.1.0.2'), refused(999), 'an unknown site');
    is_envelope(authenticate($t, %good, siteId => '171', from => '10.1.0.2'), refused(171), 'a site without users');
    is_envelope(
        authenticate($t, %good, siteId => 9007199254740993, from => '10.1.0.2'),
        refused('9007199254740993'),
        'a large number'
    );
    is_envelope(authenticate($t, %good, password => $PASSWORD . 'x', from => '10.1.0.2'), refused(169), 'a longer one');
    is_envelope(authenticate($t, %good, password => 'x' x 7000,      from => '10.1.0.2'), refused(169), 'a huge one');
};

subtest 'a siteId comes back harmless' => sub {
    my $answer = authenticate($t, %good, siteId => qq(<script>"\\\r\n\x7f\x{2028}), from => '10.1.0.3');
    is($answer->status,                  401, 'a siteId with markup is refused');
    is($answer->body =~ tr/<>\r\n\x7f//, 0,   'the refusal escapes markup and control characters');
    is( $answer->json->{records}{userMessage},
        qq($REFUSED <script>"\\\r\n\x7f\x{2028}),
        'the message holds the whole siteId'
    );
    is_envelope(authenticate($t, %good, siteId => 'x' x 129), 400, 'siteId is too long');
    is(authenticate($t, %good, siteId => 'x' x 128, from => '10.1.0.3')->status, 401, 'up to 128 bytes');
};

subtest 'POST alone' => sub {
    for my $method (qw(GET HEAD PUT DELETE OPTIONS PATCH)) {
        my $answer = $t->api(
            $method => '/api/authenticate',
            $method eq 'PUT' ? (headers => {@JSON}, body => json_of(%good)) : ()
        );
        is($answer->status,          405,    "$method is not allowed");
        is($answer->header('Allow'), 'POST', "Allow names POST after a $method");
        is_envelope($answer, 405, 'Method not allowed') if $method ne 'HEAD';
    }
};

subtest 'what stands in the body does not become a claim' => sub {
    my $token = token(
        %good,
        iss       => 'me',
        exp       => 9999999999,
        sid       => '170',
        sub       => 'root',
        alg       => 'none',
        jti       => '1',
        token_ttl => 1e9
    );
    my $claim = Social::Test::Token->read($token)->{claims};
    is_deeply([@$claim{qw(iss sub sid)}], [qw(gateway.example owner@mysite.example 169)], 'the configuration decides');
    is($claim->{exp} - $claim->{iat}, 900, 'a claim in the body does not change the lifetime');
};

subtest 'the token works where its site may go' => sub {
    my $id = $t->login('facebook');
    is($t->api(GET => "/api/facebook/session/$id", token => token(%good))->status,
        200, 'the token opens a session of its site');
    my $other = token(email => 'other@mysite.example', password => $PASSWORD, siteId => 170);
    is_envelope(
        $t->api(GET => "/api/facebook/session/$id", token => $other),
        404,
        'Session not found',
        'the token opens no session of another site'
    );
};

subtest 'a reload reads the users again' => sub {
    my $path = $site{169}{users};
    $t->file('users', users(169, 'new@mysite.example'), 0600);
    is(authenticate($t, %good, email => 'new@mysite.example', from => '10.8.0.1')->status,
        401, 'a new user is unknown until then');
    ok($t->reload, 'the reload');
    is(authenticate($t, %good, email => 'new@mysite.example', from => '10.8.0.1')->status,
        200, 'a reload adds a new user');
    is(authenticate($t, %good, from => '10.8.0.1')->status, 401, 'a user who was removed is refused');
};

subtest 'a token expires' => sub {
    $t->gateway(sites => {%site, 170 => {%{$site{170}}, token_ttl => '2s'}}, http => $REALIP);
    ok($t->reload, 'a reload sets token_ttl');
    my $token = token(email => 'other@mysite.example', password => $PASSWORD, siteId => 170, from => '10.9.0.1');
    my $claim = Social::Test::Token->read($token)->{claims};
    is($claim->{exp} - $claim->{iat}, 2, 'the token lives as long as token_ttl says');
    ok(!exists $claim->{iss} && !exists $claim->{aud}, 'without issuer and audience the token has neither');
    is_envelope(
        $t->api(GET => '/api/facebook/session/x', token => $token),
        404,
        'Session not found',
        'a token without issuer and audience is good'
    );
    sleep 2.2;
    is_envelope($t->api(GET => '/api/facebook/session/x', token => $token), 401, 'Expired token');
};

subtest 'mistakes in the configuration' => sub {
    my $line  = users(169, 'a', 'b');
    my %fault = (
        "169:nobody\n"                                   => 'a line of a users file is siteId:email:hash',
        $line . "169:c:plain\n"                          => 'no password hash in crypt(5) form',
        $line . "169:c:" . crypt('x', '$1$salt$') . "\n" => 'too weak',
        $line . $line                                    => 'a user is there twice',
    );
    my $n = 0;
    for my $text (sort keys %fault) {
        my $path = $t->file('bad.' . ++$n, $text, 0600);
        my $said = $t->conf_error(site => {users => $path});
        like($said, qr/"users" .*\Q$fault{$text}\E/, $fault{$text});
        my $at = $text eq "169:nobody\n" ? 1 : 3;
        like($said, qr/line $at of \Q$path\E/, "the message names line $at of the file");
        unlike($said, qr/plain|\$1\$/, 'the message repeats nothing of the faulty line');
    }
    my $open = $t->file('users.open', $line, 0644);
    like(
        $t->conf_error(site => {users => $open}),
        qr/"users" .*everybody can read/,
        'a users file that everybody can read'
    );
    like(
        $t->conf_error(site => {users => '/nowhere'}),
        qr/"users" names a file that cannot be read/,
        'a missing users file is refused'
    );
    like($t->conf_error(site => {users => [$site{169}{users}, $site{169}{users}]}), qr/"users" is duplicate/, 'two');
    like($t->conf_error(site => {token_ttl => '0s'}), qr/"token_ttl" needs a time over zero/, 'token_ttl 0s');
    like(
        $t->conf_error(site => {token_ttl => 'soon'}),
        qr/"token_ttl" has a time that cannot be read.*soon/,
        'token_ttl soon'
    );
    like($t->conf_error(site => {token_ttl => ['1m', '2m']}), qr/"token_ttl" is duplicate/, 'token_ttl twice');
    like(
        $t->conf_error(social => {social_token_key => undef}),
        qr/"social_authenticate" gives out tokens, and no key can sign them/,
        'no token key'
    );
    my $server = sub ($location) { $t->conf_error(server => "location /t { $location }") };
    like($server->('social_authenticate; social_authenticate;'),
        qr/"social_authenticate" stands beside another handler/, 'twice');
    like($server->('social_authenticate check;'), qr/"social_authenticate" needs the uri of a location/,    'no path');
    like($server->('social_authenticate /a /b;'), qr/invalid number of arguments in "social_authenticate"/, 'two uris');
    is($server->('social_authenticate /check?x=y; } location = /check { return 204;'),
        undef, 'a uri with arguments is fine');
};

done_testing;

sub token (%with) { return authenticate($t, %with)->json->{token} // die 'no token' }

sub send_form (%with) {
    return $t->api(POST => '/api/authenticate', form => \%with);
}

sub lines_of ($answer) {
    return join "\n", (grep { !/^Date:/ } split /\r\n/, $answer->head), $answer->body;
}

# Lines of a users file: every user has the same password.
sub users ($site, @names) {
    return join '', map {
        my $method = $METHOD{$_} // $METHOD{sha512};
        users_file($site, $method, $_)
    } @names;
}
