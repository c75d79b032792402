# Passwords, client secrets and tokens of providers are wiped before their memory is freed, in the module and in
# nginx's pools: a library in front of free() looks for them.
use lib 't/lib';
use Social::Test;

use Mojo::JSON qw(encode_json);
use Social::Test::Backend;
use Social::Test::FreedMemory;
use Social::Test::TokenApi;

my $lack = Social::Test::FreedMemory->lack;
plan(skip_all => $lack) if defined $lack;

my $SECRET = 'marked-secret-7Qz4-of-some-length';

sub watched () { return Social::Test::FreedMemory->new(marker => $SECRET) }

sub login_status ($t, $path, $password, $type) {
    my %given = (email => 'owner@mysite.example', password => $password, siteId => '169');
    return $t->request(
        POST    => $path,
        headers => {'Content-Type' => $type},
        body    => $type =~ /json/ ? encode_json(\%given) : join('&', map {"$_=$given{$_}"} sort keys %given),
    )->status;
}

subtest 'the watch finds a password that is left behind' => sub {
    my $freed = watched();
    my $t     = Social::Test->new(sandbox => 0, watch => $freed);
    $t->gateway(providers => [], server => 'location /plain { return 200 "$arg_password"; }')->start;
    is($t->get("/plain?password=$SECRET")->status, 200, 'nginx itself wipes nothing');
    $t->nginx->stop;
    isnt(scalar($freed->found), 0, 'freed memory holds a password that was not wiped');
};

subtest 'passwords of the token API' => sub {
    my $freed = watched();
    my $t     = Social::Test->new(sandbox => 0, watch => $freed);
    $t->secret($SECRET);
    my $backend = Social::Test::Backend->new(sub ($request) { return [200, {'X-Social-Subject' => 'owner'}, ''] });
    my $hash    = crypt $SECRET, '$6$rounds=1000$sandboxsalt$';
    $t->gateway(
        providers => [],
        site      => {users => $t->secret_file('users', "169:owner\@mysite.example:$hash\n")},
        server    => "location = /by-location { social_authenticate /check; }\n"
            . 'location = /check { internal; proxy_pass '
            . $backend->url('/') . '; }',
    )->start;
    for my $type ('application/json', 'application/x-www-form-urlencoded') {
        is(login_status($t, '/api/authenticate', $SECRET,      $type), 200, "the right one, as $type");
        is(login_status($t, '/api/authenticate', "${SECRET}x", $type), 401, 'a wrong one');
        is(login_status($t, '/by-location',      $SECRET,      $type), 200, 'one that another location checks');
    }
    $t->nginx->stop;
    is_deeply([$freed->found], [], 'freed memory holds no password');
};

subtest 'client secrets' => sub {
    my $freed = watched();
    my $t     = Social::Test->new(watch => $freed);
    $t->secret($SECRET);
    my @providers = qw(facebook twitter_oauth2);
    $t->gateway(
        providers => \@providers,
        provider  => {map { $_ => {client_secret => 'file:' . $t->secret_file("$_.marked", "$SECRET\n")} } @providers},
    )->start;
    for my $name (@providers) {
        my $browser  = $t->browser;
        my $callback = $browser->callback_of($name, redirect => 'https://mysite.example/');
        is($browser->get($callback)->status, 502, "the sandbox takes no such secret from $name");
    }
    $t->nginx->stop;
    is_deeply([$freed->found], [], 'freed memory holds no secret of a login');
};

# The access token is part of the session that sites read; the refresh token is for nobody.
subtest 'the tokens that a provider gives for a code and in a refresh' => sub {
    my $freed = watched();
    my $t     = Social::Test->new(watch => $freed);
    $t->secret($SECRET);
    $t->gateway(providers => ['twitter_oauth2'])->start;
    my $box   = $t->sandbox;
    my %reply = (token_type => 'bearer', scope => 'users.read offline.access');
    for my $call (['token', 1], ['refresh', 7_200]) {
        my ($endpoint, $lifetime) = @$call;
        my %tokens = (access_token => "access-$endpoint", refresh_token => "$SECRET-$endpoint");
        $box->behave("twitter.$endpoint", json => {%reply, %tokens, expires_in => $lifetime});
    }
    $box->behave('twitter.me', json => {data => {id => '1', name => 'Ovan', username => 'ovan'}});
    ok($t->login('twitter_oauth2'),                              'a login ends with a session');
    ok($t->wait_for(sub { $box->calls('twitter.refresh') }, 10), 'whose token is refreshed');
    $t->nginx->stop;
    is_deeply([$freed->found], [], 'freed memory holds no refreshed token');
};

subtest 'the key of our own tokens' => sub {
    my $freed = watched();
    my $t     = Social::Test->new(sandbox => 0, watch => $freed);
    $t->secret($SECRET);
    my $key = $t->secret_file('marked.key', $SECRET);
    $t->gateway(providers => [], social => {social_token_key => "HS256 $key"})->start;
    is($t->get('/api/session/x')->status, 401, 'a gateway with it runs');
    $t->nginx->stop;
    is_deeply([$freed->found], [], 'freed memory holds no secret of the configuration');
};

done_testing;
