# Tokens are renewed in each provider's own way, and also when nobody reads the session.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Time::HiRes qw(sleep time);

my $t       = Social::Test->new(workers => 2)->gateway(providers => ['twitter_oauth2', 'facebook', 'instagram'])->start;
my $sandbox = $t->sandbox;
my $expiry  = Social::Test::TokenExpiry->new($t);

# ---- When nobody asks ----

subtest 'a session that nobody reads outlives its tokens' => sub {
    $sandbox->configure('twitter', access_ttl => 2);
    my $id = $t->login('twitter_oauth2');
    $sandbox->reset_calls;
    ok($t->wait_for(sub { $expiry->refreshes() >= 3 }, 15), 'three lifetimes of its token go by');
    $sandbox->configure('twitter', access_ttl => 7200);
    ok($t->wait_for(sub { $expiry->get($id)->json->{expires_at} > time + 7000 }, 10), 'an unread session is refreshed');
};

# ---- Providers without refresh tokens ----

subtest 'the token of Facebook is exchanged for another while it is good' => sub {
    my $id     = $expiry->login_for(4, 'facebook');
    my $before = $expiry->get($id);
    sleep 3.1;
    my $after = $expiry->get($id);
    is($after->status, 200, 'the session is there');
    isnt($after->json->{token}, $before->json->{token}, 'the unread session has another token');
    (my $expected = $before->body) =~ s/"token":"\w+"/"token":"…"/;
    (my $got      = $after->body)  =~ s/"token":"\w+"/"token":"…"/;
    is($got,                                    $expected, 'the refresh changes nothing but the token');
    is($expiry->refreshes('facebook.exchange'), 1,         'the provider was asked once');
};

subtest 'a token of Facebook that has run out cannot be exchanged' => sub {
    my $id     = $expiry->login_for(2, 'facebook');
    my $before = $expiry->get($id);
    $sandbox->behave('facebook.exchange', status => 500, body => 'oops');
    sleep 2.1;
    $sandbox->forgive;
    $sandbox->reset_calls;
    is($expiry->get($id)->body,                 $before->body, 'the session stays as it is until its end');
    is($expiry->refreshes('facebook.exchange'), 0,             'Facebook is not asked for an unread session');
};

subtest 'a dead token of Facebook ends the session' => sub {
    my $id = $expiry->login_for(4, 'facebook');
    $sandbox->behave('facebook.exchange', error => {code => 190, subcode => 460});
    sleep 3.1;
    is_envelope($expiry->get($id), 404, 'Session not found');
    $sandbox->forgive;
};

subtest 'a token of Instagram is not renewed before it is a day old' => sub {
    my $id     = $expiry->login_for(2, 'instagram');
    my $before = $expiry->get($id);
    sleep 2.1;
    is($expiry->get($id)->body,                 $before->body, 'the session stays as it is');
    is($expiry->refreshes('instagram.refresh'), 0,             'Instagram is not asked for an unread session');
};

done_testing;
