# What becomes of a session when the provider does not renew its token.
use lib 't/lib';
use Social::Test;

use Social::Test::Aging;
use Time::HiRes qw(sleep time);

my $t = Social::Test->new(workers => 2)->gateway(providers => ['twitter_oauth2'])->start;
my $sandbox = $t->sandbox;
my $aging   = Social::Test::Aging->new($t);
my $many    = 100;

my $dead = 'Value passed for the token was invalid.';
for my $case (
    ['invalid_grant'                => (error => 'invalid_grant')],
    ['what X says in its place'     => (error => 'invalid_request', error_description => $dead)],
    )
{
    my ($what, %error) = @$case;
    my $id = $aging->run_out(status => 400, json => \%error);
    is_envelope($aging->get($id), 404, 'Session not found', "$what ends the session");
    is_envelope($aging->get($id), 404, 'Session not found', 'for good');
    is($aging->refreshes(), 1, 'the provider is not asked again');
}

for my $case (
    ['another invalid_request'       => (status => 400, json => {error => 'invalid_request'})],
    ['a server error'                => (status => 503, body => 'oops')],
    ['a server error with bad words' => (status => 500, json => {error => 'invalid_grant'})],
    ['garbage'                       => (status => 200, body => '<html>')],
    ['a connection that is closed'   => (close => 'before')],
    )
{
    my ($what, %how) = @$case;
    my $id = $aging->run_out(%how);
    $aging->is_refreshed($aging->get($id), "$what is followed by another try");
    is($aging->refreshes(), 2, 'which succeeds');
    $sandbox->forgive;
}

subtest 'a reply that is lost costs the session only where the provider rotates for good' => sub {
    my $id = $aging->run_out(close => 'after');
    is_envelope($aging->get($id), 404, 'Session not found', 'X does: its refresh tokens are good for once');
    is($aging->refreshes(), 2, 'which the second try has told');
};

subtest 'a provider that is down is asked less and less often' => sub {
    my $id = $aging->login_for(1);
    $sandbox->behave('twitter.refresh', status => 503, body => 'down');
    sleep 1.05;
    my $message = 'twitter_oauth2 is not answering, please try again';
    is_envelope($aging->get($id), 502, $message, devMessage => 'the provider did not renew the token', 'a read says so');
    my $tries = $aging->refreshes();
    my $begin = time;
    my @answers = $t->together(map { $aging->request($id) } 1 .. $many);
    is_deeply([map { $_->status } @answers], [(502) x $many], "so do $many more");
    cmp_ok(time - $begin, '<', 5, 'soon');
    cmp_ok($aging->refreshes(), '<', $tries + 3, 'and without the provider');
    $sandbox->forgive;
    ok($t->wait_for(sub { $aging->get($id)->status == 200 }, 20), 'once the provider is back the session is, too');
};

subtest 'Retry-After is obeyed, and a token that is still good is good enough' => sub {
    my $id = $aging->login_for(8);
    $sandbox->behave('twitter.refresh', status => 429, json => {title => 'Too Many Requests'},
        headers => {'Retry-After' => 30});
    my $token = $aging->get($id)->json->{token};
    sleep 6.2;
    my @answers = map { $aging->get($id) } 1 .. 5;
    is_deeply([map { $_->status } @answers],        [(200) x 5],      'reads are answered');
    is_deeply([map { $_->json->{token} } @answers], [($token) x 5],   'with the token that is there');
    is($aging->refreshes(), 1, 'the provider was asked once');
    sleep 2;
    is($aging->get($id)->status, 502, 'once the token has ended, reads fail');
    is($aging->refreshes(),               1,   'and the provider is still left alone');
    $sandbox->forgive;
};

done_testing;
