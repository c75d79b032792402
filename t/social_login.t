# A whole login, from the browser's first click to the session JSON.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new->gateway->start;

my $id = $t->login('facebook');

subtest 'the login' => sub {
    like($id, qr/^[A-Za-z0-9]{92}$/, 'a login ends at the site with a session id');

    my $session = $t->session('facebook', $id);
    is_deeply([sort keys %$session], [qw(accounts profile session token)], 'the session has its four members');
};
subtest 'the session of the login' => sub {
    is($t->api(GET => "/api/session/$id", token => $t->bearer)->status, 200, 'the provider may be left out');
    is_envelope($t->api(GET => "/api/facebook/session/$id"), 401, 'Token required');
    is($t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer)->status, 204, 'a session can be deleted');
    is_envelope($t->api(GET => "/api/facebook/session/$id", token => $t->bearer), 404, 'Session not found');
};

done_testing;
