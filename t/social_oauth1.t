# Any OAuth 1.0a provider from configuration alone.
use lib 't/lib';
use Social::Test;

my $t   = Social::Test->new->gateway(providers => ['oauth1'])->start;
my $box = $t->sandbox;

subtest 'the session' => sub {
    $box->reset_calls;
    my $id  = $t->login('oauth1');
    my $raw = $t->api(GET => "/api/oauth1/session/$id", token => $t->bearer)->body;
    like(
        $raw,
        qr/^\{"session":"[^"]{69}","profile":\{.*\},"token":"4711-\w+"\}$/,
        'the session has profile and token without an end'
    );
    is_deeply(
        $t->session('oauth1', $id)->{profile},
        {id => '4711', name => 'Ovan Donnovan', screen_name => 'ovan'},
        'the session has the profile of the profile URL'
    );
    is($box->calls('oauth1.me'), 1, 'a login makes one signed profile request');
    is($t->api(DELETE => "/api/oauth1/session/$id", token => $t->bearer)->status,
        204, 'a session without revocation can be deleted');
    is($t->api(GET => "/api/oauth1/session/$id", token => $t->bearer)->status, 404, 'a deleted session is gone');
};

subtest 'a provider that says no, in the words of OAuth 1.0a' => sub {
    my %why = (
        request_token => ['the provider began no login: HTTP 401, signature',              qr/auth/],
        access_token  => ['the provider gave no token: HTTP 401, signature',               qr/callback/],
        me            => ['the provider did not say who the user is: HTTP 401, signature', qr/callback/],
    );
    for my $endpoint (sort keys %why) {
        $box->behave("oauth1.$endpoint", error => {fault => 'signature'});
        my $browser = $t->browser;
        my $url
            = $endpoint eq 'request_token'
            ? '/oauth1/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F'
            : $browser->callback_of('oauth1');
        is_envelope(
            $browser->get($url, headers => {Accept => 'application/json'}), 502,
            'oauth1 is not answering, please try again',
            devMessage => $why{$endpoint}[0],
            $endpoint
        );
        $box->forgive;
    }
};

subtest 'a user who says no' => sub {
    $box->consent('deny');
    is_page($t->browser->login('oauth1', redirect => 'https://mysite.example/'),
        403, qr/oauth1/, 'a canceled OAuth 1.0a login gets its page');
    $box->consent('auto');
};

subtest 'another authority in the signature' => sub {
    my $url = $box->url('oauth1') =~ s/127\.0\.0\.1/LOCALHOST/r;
    $t->gateway(
        providers => ['oauth1'],
        provider  => {
            oauth1 =>
                {request_token_url => "$url/request_token", token_url => "$url/access_token", profile_url => "$url/me"}
        }
    );
    $t->reload;
    ok($t->login('oauth1'), 'oauth_ parameters in lower case are accepted (RFC 5849)');
};

subtest 'mistakes in a block' => sub {
    my $says = sub ($pattern, $name, %members) {
        like($t->conf_error(providers => ['oauth1'], provider => {oauth1 => \%members}) // 'no mistake',
            $pattern, $name);
    };
    for my $url (qw(request_token_url authorize_url token_url profile_url)) {
        $says->(qr/"social_provider" needs an? $url for its type: oauth1/, "$url is required", $url => undef);
    }
    my $pair = qr/needs access_token and access_token_secret together/;
    $says->($pair, 'access_token comes with its secret',                  access_token        => 'a');
    $says->($pair, 'access_token_secret needs access_token',              access_token_secret => 'a');
    $says->(qr/"access_token" is duplicate/,        'it stands once',     access_token        => [qw(a b)]);
    $says->(qr/"access_token_secret" is duplicate/, 'as does its secret', access_token_secret => [qw(a b)]);
    $says->(qr/no mistake/, 'both together are good', access_token => 'a', access_token_secret => 'b');
};

done_testing;
