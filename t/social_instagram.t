# Instagram through Facebook Login: the pages of a user with their Instagram accounts, under
# the documented names although Graph calls the fields otherwise today.
use lib 't/lib';
use Social::Test;

my $t   = Social::Test->new->gateway(providers => ['instagraph'])->start;
my $box = $t->sandbox;

sub body_of ($id) { return $t->api(GET => "/api/instagraph/session/$id", token => $t->bearer)->body }

subtest 'the session of a user with Instagram' => sub {
    my $response = $t->browser->login('instagraph', redirect => 'https://mysite.example/welcome');
    like($response->location, qr/\?sessionId=\w{92}#_=_$/, 'begins with the documented redirect');
    my $picture
        = quotemeta 'https://instagram.example/v/t51.2885-19/44884218_n.jpg?_nc_ht=instagram.example&oe=5F7E760F';
    like(
        body_of($response->session_id),
        qr/^\{"session":"[^"]{69}",
            "profile":\{"name":"Ovan[ ]Donnovan","id":"508654789659284"\},
            "token":"EAA\w+",
            "accounts":\[
                \{"access_token":"EAA\w+","name":"Jamku","id":"1903864646522191"\},
                \{"instagram_business_account":\{"id":"17841439754602482","name":"trycloudy","username":"trycloudy123"\},
                  "access_token":"EAA\w+","name":"TryalCloudy03","id":"241794770143249",
                  "instagram_accounts":\[\{"id":"4887037594655873","username":"trycloudy123",
                                          "has_profile_picture":false,"profile_pic":"$picture"\}\]\}
            \]\}$/x,
        'the session has the documented members in their order'
    );
};

subtest 'what Graph is asked' => sub {
    $box->reset_calls;
    $t->login('instagraph');
    my ($call) = $box->seen('facebook.accounts');
    is( $call->{params}{fields},
        'instagram_business_account{id,name,username},access_token,name,id,'
            . 'instagram_accounts{id,username,has_profile_pic,profile_picture_url}',
        'the request names the current fields'
    );
    is($box->calls('facebook.accounts'), 1, 'one call lists all pages');
};

subtest 'a user without pages' => sub {
    $box->configure('facebook', user => 'nobody');
    my $session = $t->session('instagraph', $t->login('instagraph'));
    is_deeply($session->{accounts}, [], 'a user without pages has an empty list');
    $box->configure('facebook', user => 'ovan');
};

subtest 'a user with more pages than fit one answer' => sub {
    $box->user('facebook', 'u77', pages => 230);
    $box->configure('facebook', user => 'u77');
    my $session = $t->session('instagraph', $t->login('instagraph'));
    is(scalar @{$session->{accounts}}, 230, 'all 230 accounts are in the list');
    is(scalar(grep { exists $_->{instagram_business_account} } @{$session->{accounts}}),
        115, 'half of them with an account');
    $box->configure('facebook', user => 'ovan');
};

subtest 'a user who declines what Instagram needs' => sub {
    $box->user('facebook', 'ovan', declines => ['instagram_basic']);
    my $browser  = $t->browser;
    my $response = $browser->get($browser->callback_of('instagraph'), headers => {Accept => 'application/json'});
    is_envelope(
        $response, 502,
        'instagraph is not answering, please try again',
        devMessage => 'the provider did not list the accounts: HTTP 403, code 10',
        'missing permissions are named'
    );
    $box->user('facebook', 'ovan', declines => []);
};

done_testing;
