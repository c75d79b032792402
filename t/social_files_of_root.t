# Every file of the configuration is read by the master: workers, which have dropped their privileges, need
# to be able to open none of them.
use lib 't/lib';
use Social::Test;

use Crypt::PK::RSA ();
use File::Temp     qw(tempdir);
use JSON::PP       qw(encode_json);
use Social::Sandbox::Defaults;
use Social::Test::Redis::Sentinels;
use Social::Test::TokenApi qw(authenticate users_file);

plan(skip_all => 'only root can read what others cannot') if $> != 0;

# In a directory that only root may enter. $file_of{NAME} is a path.
my $t   = Social::Test->new(tls => {}, workers => 2, redis => 1);
my $dir = $t->dir . '/conf/root';
mkdir $dir, 0700;
my %file_of;
my $keep = sub ($name, $content) { $file_of{$name} = $t->file("root/$name", $content, 0600) };
my $read = sub ($path) {
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return readline $in;
};
my $rsa = Crypt::PK::RSA->new;
$rsa->generate_key(256, 65_537);
my $jwks = Crypt::PK::RSA->new;
$jwks->generate_key(256, 65_537);
my $password = $Social::Test::Gateway::PASSWORD;
$t->secret($password);

$keep->('ca.pem',    $read->($t->ca_file));
$keep->('keyring',   ('A' x 43) . "=\n");
$keep->('token.key', $read->($t->token_key_file));
$keep->('rsa.pem',   $rsa->export_key_pem('private'));
$keep->('jwks.json', encode_json({keys => [{%{$jwks->export_key_jwk('public', 1)}, alg => 'RS256', kid => 'root'}]}));
$keep->('users',     users_file('169', '$6$rounds=1000$sandboxsalt$', 'owner@mysite.example'));
my $x     = Social::Sandbox::Defaults::app('twitter');
my %value = (
    'client.secret'     => Social::Sandbox::Defaults::app('facebook')->{client_secret},
    'consumer.secret'   => $x->{consumer_secret},
    'owner.token'       => $x->{owner_token},
    'owner.secret'      => $x->{owner_token_secret},
    'redis.password'    => 'password-of-redis',
    'sentinel.password' => 'password-of-sentinel',
);
$keep->($_, "$value{$_}\n") for keys %value;
$t->secret(values %value);
$t->redis->command('CONFIG', 'SET', 'requirepass', $value{'redis.password'});
$keep->('store.conf',   'social_store ' . $t->redis->url . " password=file:$file_of{'redis.password'};\n");
$keep->('landing.html', '<html lang="{{lang}}"><title>{{title}}</title><p>a page of root: {{session_id}}</p></html>');

my $sandbox = $t->sandbox->tls_url('facebook');
my $oidc    = $t->sandbox->tls_url('oidc');
$t->gateway(
    providers => ['facebook', 'oidc', 'twitter'],
    provider  => {
        facebook =>
            {api_url => $sandbox, ca_file => $file_of{'ca.pem'}, client_secret => "file:$file_of{'client.secret'}"},
        oidc    => {issuer => $oidc, ca_file => $file_of{'ca.pem'}},
        twitter => {
            client_secret       => "file:$file_of{'consumer.secret'}",
            access_token        => "file:$file_of{'owner.token'}",
            access_token_secret => "file:$file_of{'owner.secret'}",
        },
    },
    site   => {users => $file_of{users}, quota => 'limit=1000 window=00:00-24:00 timezone=Asia/Jakarta'},
    social => {
        social_keyring   => $file_of{keyring},
        social_token_key => [
            "HS256 $file_of{'token.key'}",
            "RS256 $file_of{'rsa.pem'}",
            "jwks $file_of{'jwks.json'}",
            "jwks $oidc/jwks ca_file=$file_of{'ca.pem'}",
        ],
        social_pages => $dir,
        social_store => undef,
    },
    http   => "include $file_of{'store.conf'};",
    server => <<~'CONF',
        location /twitter/2/ {
            social_bearer on;
            social_credential twitter owner;
            proxy_set_header Authorization $social_authorization;
            proxy_pass %%SANDBOX%%;
        }
        CONF
)->start;

sub is_served ($when) {
    subtest "everything works $when" => sub {
        for my $pid ($t->nginx->workers) {
            my ($uid) = $read->("/proc/$pid/status") =~ /^Uid:\s+(\d+)/m;
            isnt($uid, 0, "worker $pid is not root");
        }
        my $calls = $t->sandbox->calls('facebook.access_token');
        my $id    = $t->login('facebook');
        is($t->sandbox->calls('facebook.access_token'), $calls + 1, 'a login asks the provider over TLS');
        is($t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status, 200, 'the session is there');
        my $answer = authenticate($t, email => 'owner@mysite.example', password => $password, siteId => '169');
        is($answer->status, 200, 'a user gets a token');
        for my $key (['rsa.pem', $rsa], ['jwks.json', $jwks]) {
            my $token = Social::Test::Token->mint(key => $key->[1], alg => 'RS256', sid => '169');
            $t->secret($token);
            is($t->api(GET => "/api/facebook/session/$id", token => $token)->status,
                200, "a token of a key in $key->[0] is good");
        }
        is(scalar @{$t->redis->command('KEYS', 'social:s:*')} > 0, 1, 'sessions are in a Redis with a password');
        my $signed = $t->api(GET => '/twitter/2/users/me', token => $t->bearer);
        is($signed->json->{data}{username}, 'KuCamera', 'the operator has an account at X');
        like($t->get("/facebook/session?sessionId=$id")->body, qr/a page of root: $id/, 'a page is the operator\'s');
    };
    return;
}

is_served('after the start');
ok($t->wait_for(sub { $t->sandbox->calls('oidc.jwks') >= 1 }), 'the keys behind a URL are read over TLS');
ok($t->reload(drained => 1),                                   'nginx reloads');
is_served('after a reload');
$t->tolerate(qr/exited on signal 9/);
$t->nginx->kill_worker for 1 .. 2;
is_served('in workers that came later');

# The connection that was verified is not there for those who trust others.
mkdir "$dir/other", 0700;
my $other = Social::Test::Certificate->new(dir => "$dir/other")->ca_file;
$t->gateway(
    providers => ['facebook', 'instagraph'],
    provider  => {
        facebook   => {api_url => $sandbox, ca_file => $file_of{'ca.pem'}},
        instagraph => {api_url => $sandbox, ca_file => $other},
    },
    social => {social_keyring => $file_of{keyring}, social_store => undef},
    http   => "include $file_of{'store.conf'};",
);
ok($t->reload(drained => 1), 'two providers at one host');
like($t->login('facebook'), qr/^\w{92}$/, 'a provider with its own ca_file logs in');
my $page = $t->browser->login('instagraph', redirect => 'https://mysite.example/welcome');
is($page->status, 502, 'the other one does not, although a connection is open');
$t->tolerate(qr/certificate/);

# Whoever is connected to a sentinel stays so when it gets a password.
subtest 'a primary and sentinels with passwords in files' => sub {
    my $redis = Social::Test::Redis::Sentinels->new(dir => tempdir(CLEANUP => 1));
    $redis->primary->command('CONFIG', 'SET', 'requirepass', $value{'redis.password'});
    $redis->protect($value{'sentinel.password'});
    my $own  = Social::Test->new(redis => $redis, workers => 2)->secret(values %value);
    my $pass = sub ($name) { $own->file($name, "$value{$name}\n", 0600) };
    my $with = 'password=file:' . $pass->('redis.password') . ' sentinel_password=file:' . $pass->('sentinel.password');
    $own->gateway(social => {social_store => $redis->url . " cache=off $with"})->start;
    my $served = sub ($when) {
        my $id = $own->wait_for(
            sub {
                eval { $own->login('facebook') }
            }
        ) // '';
        is($own->api(GET => "/api/facebook/session/$id", token => $own->bearer)->status, 200, "a session $when");
    };
    $served->('after the start');
    ok($own->reload(drained => 1), 'nginx reloads');
    $served->('after a reload');
    $own->tolerate(qr/exited on signal 9/);
    $own->nginx->kill_worker for 1 .. 2;
    $served->('in workers that came later');
};

done_testing;
