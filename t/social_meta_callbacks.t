# What Meta requires of a live app: the callbacks for users who take their permission away or
# want their data deleted, signed with the app's secret.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new->gateway(
    providers => [qw(facebook instagraph twitter)],
    sites     => {169 => {}, 170 => {origin => 'https://other.example'}},
)->start;
my $box = $t->sandbox;

sub post_signed_request ($path, %arg) {
    my $made = $box->control(signed_request => \%arg);
    $t->secret($made->{signed_request});
    return $t->request(POST => $path, form => {signed_request => $made->{signed_request}});
}

subtest 'a user who takes the permission away' => sub {
    my @mine
        = ($t->login('facebook'), $t->login('facebook'), $t->login('facebook', redirect => 'https://other.example/'));
    my $other = $t->login('instagraph');
    $box->configure('facebook', user => 'nobody');
    my $stranger = $t->login('facebook');
    $box->configure('facebook', user => 'ovan');
    my $response = post_signed_request('/facebook/deauthorize');
    is($response->status, 200, 'Meta is answered');
    is_deeply(
        [map { $t->session_status($_) } @mine[0, 1]],
        [404, 404],
        'a deauthorize call removes all sessions of the user'
    );
    is($t->session_status($mine[2], site => '170'),          404, 'a deauthorize call removes sessions of other sites');
    is($t->session_status($other),                           404, 'sessions of another block of the same app are gone');
    is($t->session_status($stranger),                        200, 'sessions of other users stay');
    is(post_signed_request('/facebook/deauthorize')->status, 200, 'a second deauthorize call succeeds');
};

subtest 'one app has one callback URL, whichever of its blocks that is of' => sub {
    for my $path (qw(/instagraph/deauthorize /facebook/data-deletion /instagraph/data-deletion)) {
        my @mine = (
            $t->login('facebook'),
            $t->login('instagraph'),
            $t->login('instagraph', redirect => 'https://other.example/')
        );
        is(post_signed_request($path)->status, 200, "$path is answered");
        is_deeply(
            [$t->session_status($mine[0]), $t->session_status($mine[1]), $t->session_status($mine[2], site => '170')],
            [404,                          404,                          404],
            "$path removes all sessions of the user"
        );
    }
};

subtest 'a user who wants the data deleted' => sub {
    my $id       = $t->login('facebook');
    my $response = post_signed_request('/facebook/data-deletion', padded => 1);
    is($response->status,                 200,                               'a data-deletion call succeeds');
    is($response->header('Content-Type'), 'application/json; charset=utf-8', 'the answer of data-deletion is JSON');
    is($t->session_status($id),           404,                               'the session is gone');
    my $told = $response->json;
    is_deeply([sort keys %$told], [qw(confirmation_code url)], 'Meta gets what it asks for');
    like($told->{confirmation_code}, qr/^[A-Za-z0-9]+$/, 'a code of letters and digits');
    is( $told->{url},
        $t->public("/facebook/data-deletion/status?code=$told->{confirmation_code}"),
        'Meta gets the URL of the status'
    );

    my $status = $t->get($told->{url});
    is($status->status, 200, 'the user can look it up');
    like(
        $status->body,
        qr/^\{"status":"completed","completed_at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}$/,
        'the status tells when the deletion was completed'
    );
    is_envelope(
        $t->get($told->{url} =~ s/facebook/instagraph/r),
        404,
        'Deletion request not found',
        'a code is good at its provider alone'
    );
    my $forged = $told->{url};
    $forged =~ s/(.)$/$1 eq '0' ? '1' : '0'/e;
    is_envelope($t->get($forged), 404, 'Deletion request not found', 'a code that was changed is none');
    is_envelope($t->get('/facebook/data-deletion/status'), 404, 'Deletion request not found', 'no code is none');
};

subtest 'what Meta did not sign' => sub {
    my $id = $t->login('facebook');
    for my $path (qw(/facebook/deauthorize /facebook/data-deletion)) {
        is_envelope(
            post_signed_request($path, secret => 'x' x 32),
            400,
            'signed_request is not valid',
            "$path refuses another secret"
        );
        is_envelope(
            post_signed_request($path, algorithm => 'HMAC-SHA1'),
            400,
            'signed_request is not valid',
            "$path refuses another algorithm"
        );
        is_envelope($t->request(POST => $path, form => {signed_request => $_}),
            400, 'signed_request is not valid', "'$_'")
            for '', 'x', '.', 'a.b', 'a.b.c', '..';
        is_envelope(
            $t->request(POST => $path, form => {}),
            400,
            'signed_request is not valid',
            "$path refuses a form without signed_request"
        );
        is($t->request(POST => $path, form => {signed_request => 'x' x 9_000})->status,
            413, 'a body above the limit is refused');
    }
    my $good = $box->control(signed_request => {});
    $t->secret($good->{signed_request});
    is_envelope(
        $t->request(
            POST => '/facebook/deauthorize',
            form => [map { (signed_request => $good->{signed_request}) } 1, 2]
        ),
        400,
        'signed_request is not valid',
        'two of them'
    );
    is($t->session_status($id), 200, 'refused calls remove no session');
};

subtest 'other ways to ask' => sub {
    my $response = $t->get('/facebook/deauthorize');
    is_envelope($response, 405, 'Method not allowed', 'deauthorize takes POST alone');
    is($response->header('Allow'), 'POST', 'Allow of deauthorize is POST');
    is_envelope(post_signed_request('/twitter/deauthorize'), 404, 'Not found', 'a provider that makes no such calls');
    is_envelope(post_signed_request('/twitter/data-deletion'),
        404, 'Not found', 'a provider without data deletion has no such endpoint');
    is(post_signed_request('/unknown/deauthorize')->status, 404, 'a provider that nobody configured');
};

subtest 'the directives' => sub {
    my $in = sub (@lines) { return (server => join ' ', 'location = /x {', @lines, '}') };
    for my $name (qw(social_deauthorize social_data_deletion)) {
        is($t->conf_error($in->("$name facebook;")), undef, "$name takes a provider");
        like($t->conf_error($in->("$name;")), qr/"$name"/, "$name needs a provider");
        like($t->conf_error($in->("$name nobody;")), qr/unknown provider "nobody"/,
            "$name needs a configured provider");
        like(
            $t->conf_error($in->("$name facebook;", "$name facebook;")),
            qr/"$name" stands beside another handler/,
            "$name is refused beside another handler"
        );
        like(
            $t->conf_error(http => "$name facebook;"),
            qr/"$name" directive is not allowed here/,
            "$name belongs into a location"
        );
    }
    is($t->conf_error($in->('social_deauthorize facebook;'), http => ''), undef, 'beside the rest');
};

done_testing;
