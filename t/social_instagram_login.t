# Instagram without Facebook: a short-lived token in either of its two shapes, exchanged for
# the one that lives two months.
use lib 't/lib';
use Social::Test;

my $t   = Social::Test->new->gateway(providers => ['instagram'])->start;
my $box = $t->sandbox;

for my $wrapped (0, 1) {
    subtest 'the session, with a token answer that is ' . ($wrapped ? 'wrapped in data' : 'flat') => sub {
        $box->configure('instagram', wrapped => $wrapped);
        $box->reset_calls;
        my $response = $t->browser->login('instagram', redirect => 'https://mysite.example/');
        like($response->location, qr/\?sessionId=\w{92}#_=_$/, 'the fragment of Instagram does not stick to the site');
        my $raw     = $t->api(GET => '/api/instagram/session/' . $response->session_id, token => $t->bearer)->body;
        my $session = $t->session('instagram', $response->session_id);
        like(
            $raw,
            qr/^\{"session":"[^"]{69}","profile":\{.*\},"token":"IGAA\w+",
                "expires_at":\d+,"scope":"instagram_business_basic"\}$/x,
            'the documented members'
        );
        is_deeply(
            $session->{profile},
            {   id                  => '6204987654321098',
                user_id             => '17841439754602482',
                username            => 'trycloudy123',
                name                => 'trycloudy',
                account_type        => 'BUSINESS',
                profile_picture_url => 'https://instagram.example/trycloudy123.jpg',
            },
            'the profile as Instagram gave it'
        );
        my $left = $session->{expires_at} - time;
        ok($left > 5_183_900 && $left <= 5_183_944, 'the token lives two months');
        is($box->calls('instagram.exchange'), 1, 'the token is exchanged once');
    };
}

subtest "Instagram's own errors" => sub {
    my %why = (
        'instagram.access_token' => [{error => {}}, 'the provider gave no token: HTTP 400, OAuthException, code 400'],
        'instagram.exchange'     =>
            [{error => {code => 190, type => 'OAuthException'}}, 'the provider gave no token: HTTP 400, code 190'],
        'instagram.me' => [{error => {code => 190}}, 'the provider did not say who the user is: HTTP 400, code 190'],
    );
    for my $endpoint (sort keys %why) {
        my ($how, $detail) = @{$why{$endpoint}};
        $box->behave($endpoint, %$how);
        my $browser = $t->browser;
        is_envelope(
            $browser->get($browser->callback_of('instagram'), headers => {Accept => 'application/json'}), 502,
            'instagram is not answering, please try again',
            devMessage => $detail,
            $endpoint
        );
        $box->forgive;
    }
};

subtest 'a user who says no' => sub {
    $box->consent('deny');
    is_page($t->browser->login('instagram', redirect => 'https://mysite.example/'),
        403, qr/instagram/, 'a canceled Instagram login gets its page');
    $box->consent('auto');
};

done_testing;
