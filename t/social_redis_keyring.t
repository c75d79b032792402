# Keys of the keyring are exchanged while sessions lie in Redis: what is read is sealed anew, and
# what was sealed with a key that is gone is a session no more.
use lib 't/lib';
use Social::Test;

# An instance that has these keys; what it keeps in Redis is at $t->redis.
sub instance (%arg) {
    my ($keys, $store) = delete @arg{qw(keys store)};
    my $at = Social::Test->new(redis => 1, workers => 2, %arg);
    with_keys($at, @$keys);
    return $at->gateway(
        social => {
            social_keyring => $at->dir . '/conf/ring',
            social_store   => join ' ',
            $at->redis->url, $store // (),
        }
    )->start;
}

sub with_keys ($at, @keys) {
    $at->secret(@keys)->file('ring', join('', map {"$_\n"} @keys), 0600);
    return !$at->nginx->master || $at->reload(drained => 1);
}

# A login, and where Redis has its session.
sub login_and_key ($at) {
    my %before = map { $_ => 1 } $at->redis->keys('social:s:*');
    my $id     = $at->login('facebook');
    my ($key)  = grep { !$before{$_} } $at->redis->keys('social:s:*');
    return ($id, $key);
}

sub bytes_of ($at, $key) { return $at->redis->command('GET', $key) // '' }

# The name of the key that sealed it stands behind eight bytes of generation and one of version.
sub sealed_by ($at, $key) { return unpack 'x9 H8', bytes_of($at, $key) }

for my $store ('cache=off', 'cache=8m') {
    subtest "a key is exchanged, $store" => sub {
        my ($old, $new) = map { Social::Test::Gateway::random_key() =~ s/\n//r } 1, 2;
        my $t = instance(keys => [$old], store => $store);
        my ($kept, $kept_key) = login_and_key($t);
        my ($idle, $idle_key) = login_and_key($t);
        my $before = $t->read_session($kept, provider => 'facebook')->body;
        my %first  = map { $_ => bytes_of($t, $_) } $kept_key, $idle_key;
        my $by_old = sealed_by($t, $kept_key);
        is(sealed_by($t, $idle_key), $by_old, 'one key has sealed both sessions');

        ok(with_keys($t, $new, $old), 'the reload puts another key in front');
        my ($fresh, $fresh_key) = login_and_key($t);
        my $by_new = sealed_by($t, $fresh_key);
        isnt($by_new, $by_old, 'the first key seals new sessions');
        is($t->read_session($kept, provider => 'facebook')->body,
            $before, 'an old id opens, and its session is the same');
        ok( $t->wait_for(sub { sealed_by($t, $kept_key) eq $by_new }, 2),
            'a session that is read is sealed with the new key'
        );
        ok(substr(bytes_of($t, $kept_key), 0, 8) eq substr($first{$kept_key}, 0, 8),
            'the resealed session keeps its generation');
        cmp_ok($t->redis->command('PTTL', $kept_key), '>', 86_000_000, 'the resealed session keeps its end');
        my $again = bytes_of($t, $kept_key);
        is($t->session_status($kept, provider => 'facebook'), 200, 'read again') for 1 .. 3;
        ok(bytes_of($t, $kept_key) eq $again,            'a resealed session is not written again');
        ok(bytes_of($t, $idle_key) eq $first{$idle_key}, 'a session that nobody reads keeps its old seal');

        ok(with_keys($t, $new), 'the old key is taken away');
        is_envelope(
            $t->read_session($_, provider => 'facebook'),
            404,
            'Session not found',
            'ids that it sealed are unknown'
        ) for $kept, $idle;
        is($t->session_status($fresh, provider => 'facebook'), 200, 'an id of the new key opens');
        ok(bytes_of($t, $kept_key) eq $again, 'a removed key deletes nothing in Redis');

        ok(with_keys($t, $old), 'the old key alone');
        is($t->session_status($idle, provider => 'facebook'), 200, 'the old key alone opens its own ids');
        is($t->session_status($kept, provider => 'facebook'), 404, 'the old key alone does not open resealed sessions');
        is($t->session_status($fresh, provider => 'facebook'),
            404, 'the old key alone does not open ids of the new key');
    };
}

for my $store ('cache=off', 'cache=8m cache_ttl=0s') {
    subtest "a record under an old key is read while Redis takes no writes, $store" => sub {
        my ($old, $new) = map { Social::Test::Gateway::random_key() =~ s/\n//r } 1, 2;
        my $t = instance(keys => [$old], store => $store)->tolerate(qr/social: Sessions are unavailable/);
        my ($id, $key) = login_and_key($t);
        my $by_old = sealed_by($t, $key);
        ok(with_keys($t, $new, $old), 'the reload puts another key in front of a read-only Redis');
        $t->redis->command('REPLICAOF', '127.0.0.1', 1);
        is($t->session_status($id, provider => 'facebook'), 200,     'the session is read') for 1 .. 3;
        is(sealed_by($t, $key),                             $by_old, 'a read-only Redis leaves the record as it is');
        $t->redis->command('REPLICAOF', 'NO', 'ONE');
        ok( $t->wait_for(
                sub { $t->session_status($id, provider => 'facebook') == 200 && sealed_by($t, $key) ne $by_old }, 5
            ),
            'the session is resealed when Redis is writable'
        );
    };
}

subtest 'several instances get a key one after the other' => sub {
    my ($old, $new) = map { Social::Test::Gateway::random_key() =~ s/\n//r } 1, 2;
    my $t       = instance(keys => [$old], store => 'cache=off');
    my $other   = instance(keys => [$old], store => 'cache=off', beside => $t);
    my ($early) = login_and_key($t);
    ok(with_keys($_, $old, $new), 'the new key comes behind the old one') for $t, $other;
    ok(with_keys($t, $new, $old), 'the new key becomes the first at one instance');
    my ($late) = login_and_key($t);
    is($t->session_status($_, provider => 'facebook'),     200, 'a session is there')              for $early, $late;
    is($other->session_status($_, provider => 'facebook'), 200, 'both instances open the session') for $early, $late;
    my ($there) = login_and_key($other);
    is($t->session_status($there, provider => 'facebook'), 200, 'a session of the other instance opens at the first');
    ok(with_keys($other, $new, $old), 'the new key becomes the first at the other instance');
    is($other->session_status($_, provider => 'facebook'), 200, 'the rotation loses no session')
        for $early, $late, $there;
};

subtest 'a key that one instance has alone' => sub {
    my ($old, $new) = map { Social::Test::Gateway::random_key() =~ s/\n//r } 1, 2;
    my $t     = instance(keys => [$new, $old], store => 'cache=off');
    my $other = instance(keys => [$old], store => 'cache=off', beside => $t);
    my ($id, $key) = login_and_key($other);
    is($t->session_status($id, provider => 'facebook'),     200, 'the first instance reads and reseals the session');
    is($other->session_status($id, provider => 'facebook'), 404, 'an instance without the new key cannot read it');
    ok(with_keys($other, $old, $new), 'the other instance gets the new key as its second');
    is($other->session_status($id, provider => 'facebook'), 200, 'the new key opens the session from any place');
};

done_testing;
