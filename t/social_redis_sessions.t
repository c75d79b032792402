# Two instances with one Redis are one gateway: logins, sessions, refreshes and quotas.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Time::HiRes qw(sleep time);

my $t       = Social::Test->new(redis  => 1,  workers => 2);
my $other   = Social::Test->new(beside => $t, workers => 2);
my %gateway = (
    providers => ['facebook', 'twitter_oauth2'],
    social    => {social_store => $t->redis->url . ' cache=off'},
    sites     => {
        169 => {},
        map { $_ => {origin => "https://site$_.example", users => undef, quota => 'limit=1000'} } 201 .. 203
    },
);
$_->gateway(%gateway)->start for $t, $other;

# The callback of a login that was begun at the first instance, as its browser would send it.
sub callback ($browser) {
    my $url = $browser->callback_of('facebook', redirect => 'https://mysite.example/welcome');
    return $browser->bytes_of('GET', $browser->target_of($url));
}

sub send_to ($at, $bytes) {
    my $wire = $at->wire;
    $wire->put($bytes);
    return $wire;
}

subtest 'a login that began at one instance ends at the other' => sub {
    my $response = send_to($other, callback($t->browser))->read_response;
    my $id       = $response->session_id;
    like($id, qr/^[A-Za-z0-9]{92}$/, 'the login gives a session id');
    $_->secret($id) for $t, $other;
    is($t->session_status($id),     200, 'the first instance finds the session');
    is($other->session_status($id), 200, 'the other instance finds the session');
    is($t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer)->status, 204, 'deleted at one');
    is($other->session_status($id), 404, 'the deleted session is gone at the other instance');
};

subtest 'a login is finished once, wherever' => sub {
    for (1 .. 5) {
        my $bytes = callback($t->browser);
        my @wires = map { send_to($_, $bytes) } $t, $other, $t, $other;
        my %status;
        for my $response (map { $_->read_response } @wires) {
            $status{$response->status}++;
            $_->secret($response->session_id // ()) for $t, $other;
        }
        is_deeply(\%status, {302 => 1, 400 => 3}, 'of four callbacks at two instances one succeeds');
    }
};

subtest 'values that were changed or exchanged are no sessions' => sub {
    my $redis = $t->redis;
    my %key_of;
    for (1, 2) {
        my %before = map { $_ => 1 } $redis->keys('social:s:*');
        my $id     = $t->login('facebook');
        ($key_of{$id}) = grep { !$before{$_} } $redis->keys('social:s:*');
    }
    my ($one, $two) = keys %key_of;
    my %value = map { $_ => $redis->command('GET', $key_of{$_}) } $one, $two;
    my $put   = sub ($id, $bytes) { $redis->command('SET', $key_of{$id}, $bytes, 'PX', 600_000) };
    is($t->session_status($_), 200, 'both sessions are readable') for $one, $two;
    $put->($one, $value{$two});
    $put->($two, $value{$one});
    is($t->session_status($_), 404, 'exchanged, none opens') for $one, $two;
    my $byte  = sub ($at) { substr(my $copy = $value{$one}, $at, 1) ^.= "\1"; return $copy };
    my %wrong = (
        'a flipped byte at the end' => $byte->(length($value{$one}) - 1),
        'another version'           => $byte->(8),
        'another key id'            => $byte->(9),
        'a cut value'               => substr($value{$one}, 0, 100),
        'a generation alone'        => substr($value{$one}, 0, 8),
        'nothing'                   => '',
        'garbage'                   => 'x' x 1000,
    );

    for my $what (sort keys %wrong) {
        $put->($one, $wrong{$what});
        is($t->session_status($one), 404, "$what is no session");
    }
    $redis->command('DEL', $key_of{$one});
    $redis->command('RPUSH', $key_of{$one}, 'x');
    is($t->session_status($one), 503, 'a key of another type is trouble of Redis');
    $redis->command('DEL', $key_of{$one});
    $put->($two, $value{$two});
    is($t->session_status($two), 200, 'a restored record opens');
};

subtest 'a hundred reads at two instances of a token that has just run out are one refresh' => sub {
    my $expiry = Social::Test::TokenExpiry->new($t);
    my $id     = $expiry->login_for(1);
    my $old    = $expiry->get($id)->json->{token};
    sleep 1.05;
    my $request = Social::Test::RawConnection->format_request(
        method    => 'GET',
        target    => "/api/session/$id",
        authority => 'gateway',
        headers   => {Authorization => 'Bearer ' . $t->bearer},
    );
    my @wires   = map { send_to($_ % 2 ? $t : $other, $request) } 1 .. 100;
    my @answers = map { $_->read_response(timeout => 15) } @wires;
    my %bodies  = map { ($_->status . ' ' . $_->body) => 1 } @answers;
    is(keys %bodies, 1, 'a hundred reads get one body');
    like((keys %bodies)[0], qr/^200 /, 'a hundred reads get the session');
    is($expiry->refreshes(), 1, 'readers of both instances refresh the token once');
    isnt($answers[0]->json->{token}, $old, 'a hundred reads get another token');
    $expiry->is_refreshed($answers[0], 'the refreshed token has its full lifetime');
};

subtest 'a quota is exact over both' => sub {
    for my $site (201 .. 203) {
        my $request = Social::Test::RawConnection->format_request(
            method     => 'GET',
            target     => '/api/session/x',
            authority  => 'gateway',
            keep_alive => 1,
            headers    => {Authorization => 'Bearer ' . $t->bearer(site => "$site")},
        );
        my @clients = map { ($_ % 2 ? $t : $other)->wire } 1 .. 64;
        my %status;
        for (1 .. 20) {
            $_->put($request) for @clients;
            $status{$_->read_response(timeout => 10)->status}++ for @clients;
        }
        $_->hang_up for @clients;
        is_deeply(
            \%status,
            {404 => 1000, 401 => 280},
            "64 clients at two instances, site $site: exactly the limit passes"
        );
    }
    my ($key) = $t->redis->keys('social:q:*');
    $t->redis->command('PERSIST', $key);
    $t->api(GET => '/api/session/x', token => $t->bearer(site => "$_")) for 201 .. 203;
    sleep 0.6;
    $t->api(GET => '/api/session/x', token => $t->bearer(site => "$_")) for 201 .. 203;
    cmp_ok($t->redis->command('PTTL', $key), '>', 0, 'a counter that has lost its end gets one again');
};

done_testing;
