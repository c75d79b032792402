# The sandbox provider itself: its signatures against published examples, and how it
# misbehaves when a test wants that.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use Social::Test;
use Social::Sandbox::Facebook::Proof;
use Social::Sandbox::OAuth1Signature;
use Social::Sandbox::Pkce;
use Social::Sandbox::Request;
use Time::HiRes qw(time);

subtest 'OAuth 1.0a signatures are those of the published examples' => sub {
    my $sign         = \&Social::Sandbox::OAuth1Signature::authorization;
    my $signature_of = sub (%arg) {
        my ($oauth) = Social::Sandbox::OAuth1Signature::parse_header($sign->(%arg));
        return $oauth->{oauth_signature};
    };
    my %tweet = (
        method => 'POST',
        form   => [[status => 'Hello Ladies + Gentlemen, a signed OAuth request!']],
        oauth  => {
            oauth_consumer_key => 'xvz1evFS4wEEPTGEFPHBog',
            oauth_nonce        => 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
            oauth_timestamp    => 1318622958,
            oauth_token        => '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
        },
        consumer_secret => 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
        token_secret    => 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    );
    my %published = (
        'https://api.x.com/1.1/statuses/update.json?include_entities=true'       => 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4=',
        'https://api.twitter.com/1.1/statuses/update.json?include_entities=true' => 'hCtSmYh+iHYCEqBWrE7C7hYmtUk=',
        'https://api.twitter.com/1/statuses/update.json?include_entities=true'   => 'tnnArxj06cWHq44gCs1OSKk/jLY=',
    );
    is $signature_of->(%tweet, url => $_), $published{$_}, $_ for sort keys %published;

    is $signature_of->(
        method => 'POST',
        url    => 'https://api.twitter.com/oauth/request_token',
        oauth  => {
            oauth_callback     => 'http://localhost/sign-in-with-twitter/',
            oauth_consumer_key => 'cChZNFj6T5R0TigYB9yd1w',
            oauth_nonce        => 'ea9ec8429b68d6b77cd5600adbbb0456',
            oauth_timestamp    => 1318467427,
        },
        consumer_secret => 'L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg',
        ),
        'F1Li3tvehgcraF8DMJ7OyxO4w9Y=', 'a request token';

    is $signature_of->(
        method => 'GET',
        url    => 'http://photos.example.net/photos?file=vacation.jpg&size=original',
        oauth  => {
            oauth_consumer_key => 'dpf43f3p2l4k3l03',
            oauth_token        => 'nnch734d00sl2jdk',
            oauth_nonce        => 'chapoH',
            oauth_timestamp    => 137131202,
            oauth_version      => undef,
        },
        consumer_secret => 'kd94hf93k423kf44',
        token_secret    => 'pfkkdhi9sl3r4s00',
        ),
        'MdpQcU8iPSUjWoN/UDMsK2sui9I=', 'RFC 5849 section 1.2';

    my $pairs = Social::Sandbox::Request::parse_form('b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2&a3=2+q');
    push @$pairs, map { [@$_] } [oauth_consumer_key => '9djdj82h48djs9d2'], [oauth_token => 'kkk9d7dh3k39sjv7'],
        [oauth_signature_method => 'HMAC-SHA1'], [oauth_timestamp => '137131201'], [oauth_nonce => '7d8f3e4a'];
    my $base = Social::Sandbox::OAuth1Signature::base_string('POST', 'http://EXAMPLE.com:80/request', $pairs);
    is $base,
        'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D'
            . '%253D%25253D%26c%2540%3D%26c2%3D%26'
            . 'oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26'
            . 'oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
        'the base string of RFC 5849 section 3.4.1.1';
    is Social::Sandbox::OAuth1Signature::signature($base, 'j49sk3j29djd', 'dh893hdasih9'),
        'r6/TJjbCOr97/+UU0NsvSne7s5g=', 'the signature of the RFC 5849 base string matches';
};

subtest 'PKCE, signed_request and appsecret_proof are those of the published examples' => sub {
    is Social::Sandbox::Pkce::challenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
        'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', 'RFC 7636 appendix B';
    my $php
        = 'U0_O1MqqNKUt32633zAkdd2Ce-jGVgRgJeRauyx_zC8=.'
        . 'eyJvYXV0aF90b2tlbiI6ImZvb190b2tlbiIsImFsZ29yaXRobSI6IkhNQUMtU0hBMjU2IiwiaXNzdWVkX2F0IjozMjEs'
        . 'ImNvZGUiOiJmb29fY29kZSIsInN0YXRlIjoiZm9vX3N0YXRlIiwidXNlcl9pZCI6MTIzLCJmb28iOiJiYXIifQ==';
    is Social::Sandbox::Facebook::Proof::open_signed('foo_app_secret', $php)->{user_id}, 123,
        'a signed_request with padding';
    is Social::Sandbox::Facebook::Proof::open_signed('foo_app_secreT', $php), undef, 'not with another secret';
    my $own
        = 'omXFKIOfZWc46lpOqqs_opCLTGhRfi3WbJDpLlblMoU.'
        . 'eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjEyOTE4NDA0MDAsImlzc3VlZF9hdCI6MTI5MTgzNjgwMCwidXNlcl9pZCI6IjIxODQ3MSJ9';
    my $secret = '0123456789abcdef0123456789abcdef';
    is Social::Sandbox::Facebook::Proof::open_signed($secret, $own)->{user_id}, '218471',
        'a signed_request without padding';
    is Social::Sandbox::Facebook::Proof::sign(
        $secret, {algorithm => 'HMAC-SHA256', expires => 1291840400, issued_at => 1291836800, user_id => '218471'}
        ),
        $own, 'the sandbox signs a signed_request as the example does';
    is Social::Sandbox::Facebook::Proof::proof('foo_secret', 'foo_token'),
        'df4256903ba4e23636cc142117aa632133d75c642bd2a68955be1443bd14deb9', 'a plain appsecret_proof';
    is Social::Sandbox::Facebook::Proof::proof($secret, 'EAABtesttoken123', 1700000000),
        'e57f1433d17a64d396cf3fc3c4b65396d5abc79abffa2c13cece5fce2fad3495', 'a timed appsecret_proof';
};

subtest 'on a socket it misbehaves as told' => sub {
    my $t       = Social::Test->new(module => undef);
    my $sandbox = $t->sandbox;
    my $me      = sub { $t->browser(base => $sandbox->url)->get('/facebook/v26.0/me', may_fail => 1) };
    my $told    = sub (%how) { $sandbox->behave('facebook.me', times => 1, %how); $me->() };
    is $me->()->status,                                      400,       'well, as long as nobody asks for more';
    is $told->(status => 503, json => {a => 1})->body,       '{"a":1}', 'another answer';
    is $told->(error => {code => 4})->json->{error}{code},   4,         'an error of the provider';
    is $told->(redirect => 'http://127.0.0.1:1/')->location, 'http://127.0.0.1:1/', 'a redirect';
    is $told->(garbage => 1)->json,                          undef,                 'garbage';
    is length $told->(pad => 2_000_000)->body,               2_000_000,             'a huge answer';
    ok $told->(truncate => 10)->truncated, 'a truncated one';
    is $told->(drip     => 1)->status, 400,   'a dripping one';
    is $told->(close    => $_),        undef, "closing: $_" for qw(before after headers);
    my $before = time;
    $told->(delay => 200);
    cmp_ok time - $before, '>=', 0.2, 'late';
    is $told->(type  => 'text/html')->header('Content-Type'), 'text/html',     'another type';
    is $told->(patch => {error => 'x'})->body,                '{"error":"x"}', 'changed members';
    is $sandbox->calls('facebook.me'), 14, 'the sandbox counts its calls';
    like eval { $sandbox->behave('facebook.me', bogus => 1); 1 } ? '' : $@, qr/unknown behavior 'bogus'/,
        'it refuses what it cannot do';
};

done_testing;
