# Every file of the configuration is read by the master: workers, which have dropped their privileges, need
# to be able to open none of them.
use lib 't/lib';
use Social::Test;

use Crypt::PK::RSA         ();
use JSON::PP               qw(encode_json);
use Social::Test::TokenApi qw(authenticate users_file);

plan(skip_all => 'only root can read what others cannot') if $> != 0;

# In a directory that only root may enter. $file_of{NAME} is a path.
my $t   = Social::Test->new(tls => {}, workers => 2);
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

$keep->('ca.pem', $read->($t->ca_file));
$keep->('keyring', ('A' x 43) . "=\n");
$keep->('token.key', $read->($t->token_key_file));
$keep->('rsa.pem',   $rsa->export_key_pem('private'));
$keep->('jwks.json', encode_json({keys => [{%{$jwks->export_key_jwk('public', 1)}, alg => 'RS256', kid => 'root'}]}));
$keep->('users',     users_file('169', '$6$rounds=1000$sandboxsalt$', 'owner@mysite.example'));
$keep->('landing.html', '<html lang="{{lang}}"><title>{{title}}</title><p>a page of root: {{session_id}}</p></html>');

my $sandbox = $t->sandbox->tls_url('facebook');
my $oidc    = $t->sandbox->tls_url('oidc');
$t->gateway(
    providers => ['facebook', 'oidc'],
    provider  => {
        facebook => {api_url => $sandbox, ca_file => $file_of{'ca.pem'}},
        oidc     => {issuer  => $oidc,    ca_file => $file_of{'ca.pem'}},
    },
    site   => {users => $file_of{users}, quota => 'limit=1000 window=00:00-24:00 timezone=Asia/Jakarta'},
    social => {
        social_keyring   => $file_of{keyring},
        social_token_key => [
            "HS256 $file_of{'token.key'}", "RS256 $file_of{'rsa.pem'}",
            "jwks $file_of{'jwks.json'}",  "jwks $oidc/jwks ca_file=$file_of{'ca.pem'}",
        ],
        social_pages => $dir,
    },
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
            is($t->api(GET => "/api/facebook/session/$id", token => $token)->status, 200, "a token of a key in $key->[0] is good");
        }
        like($t->get("/facebook/session?sessionId=$id")->body, qr/a page of root: $id/, 'a page is the operator\'s');
    };
    return;
}

is_served('after the start');
ok($t->wait_for(sub { $t->sandbox->calls('oidc.jwks') >= 1 }), 'the keys behind a URL are read over TLS');
ok($t->reload(drained => 1), 'nginx reloads');
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
    social => {social_keyring => $file_of{keyring}},
);
ok($t->reload(drained => 1), 'two providers at one host');
like($t->login('facebook'), qr/^\w{92}$/, 'one trusts its certificate');
my $page = $t->browser->login('instagraph', redirect => 'https://mysite.example/welcome');
is($page->status, 502, 'the other one does not, although a connection is open');
$t->tolerate(qr/certificate/);

done_testing;
