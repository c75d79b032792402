# What becomes of a session when the provider does not renew its token.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Time::HiRes qw(sleep time);

my $t       = Social::Test->new(workers => 2)->gateway(providers => ['twitter_oauth2'])->start;
my $sandbox = $t->sandbox;
my $expiry  = Social::Test::TokenExpiry->new($t);
my $many    = 100;

my $dead = 'Value passed for the token was invalid.';
for my $case (
    ['invalid_grant'            => (error => 'invalid_grant')],
    ['what X says in its place' => (error => 'invalid_request', error_description => $dead)],
    )
{
    my ($what, %error) = @$case;
    my $id = $expiry->run_out(status => 400, json => \%error);
    is_envelope($expiry->get($id), 404, 'Session not found', "$what ends the session");
    is_envelope($expiry->get($id), 404, 'Session not found', "$what keeps the session gone");
    is($expiry->refreshes(), 1, 'the provider is not asked again');
}

for my $case (
    ['another invalid_request'       => (status => 400, json => {error => 'invalid_request'})],
    ['a server error'                => (status => 503, body => 'oops')],
    ['a server error with bad words' => (status => 500, json => {error => 'invalid_grant'})],
    ['garbage'                       => (status => 200, body => '<html>')],
    ['a connection that is closed'   => (close  => 'before')],
    )
{
    my ($what, %how) = @$case;
    my $id = $expiry->run_out(%how);
    $expiry->is_refreshed($expiry->get($id), "$what is followed by another try");
    is($expiry->refreshes(), 2, "$what is retried once");
    $sandbox->forgive;
}

subtest 'a reply that is lost costs the session only where the provider rotates for good' => sub {
    my $id = $expiry->run_out(close => 'after');
    is_envelope($expiry->get($id), 404, 'Session not found', 'X does: its refresh tokens are good for once');
    is($expiry->refreshes(), 2, 'X refuses the lost refresh token at the second try');
};

subtest 'a provider that is down is asked less and less often' => sub {
    my $id = $expiry->login_for(1);
    $sandbox->behave('twitter.refresh', status => 503, body => 'down');
    sleep 1.05;
    my $message = 'twitter_oauth2 is not answering, please try again';
    is_envelope(
        $expiry->get($id), 502, $message,
        devMessage => 'the provider did not renew the token',
        'a read says so'
    );
    my $tries   = $expiry->refreshes();
    my $begin   = time;
    my @answers = $t->together(map { $expiry->request($id) } 1 .. $many);
    is_deeply([map { $_->status } @answers], [(502) x $many], "$many more readers get a 502");
    cmp_ok(time - $begin,        '<', 5,          'readers after a failure end soon');
    cmp_ok($expiry->refreshes(), '<', $tries + 3, 'readers after a failure do not call the provider');
    $sandbox->forgive;
    ok($t->wait_for(sub { $expiry->get($id)->status == 200 }, 20), 'the session is readable when the provider is back');
};

subtest 'Retry-After is obeyed, and a token that is still good is good enough' => sub {
    my $id = $expiry->login_for(8);
    $sandbox->behave(
        'twitter.refresh',
        status  => 429,
        json    => {title         => 'Too Many Requests'},
        headers => {'Retry-After' => 30}
    );
    my $token = $expiry->get($id)->json->{token};
    sleep 6.2;
    my @answers = map { $expiry->get($id) } 1 .. 5;
    is_deeply([map { $_->status } @answers],        [(200) x 5],    'reads are answered');
    is_deeply([map { $_->json->{token} } @answers], [($token) x 5], 'failed refreshes leave the token as it is');
    is($expiry->refreshes(), 1, 'the provider was asked once');
    sleep 2;
    is($expiry->get($id)->status, 502, 'reads fail when the token has expired');
    is($expiry->refreshes(),      1,   'reads of an expired token do not call the provider');
    $sandbox->forgive;
};

done_testing;
