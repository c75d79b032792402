# The gateway of a soak: its providers, sites, quotas and users, and which of them are used when.
#
# Quotas and guessed users are many, and each is used for a slice of the time, so that limits are
# reached over and over.
package Soak::Plan;
use v5.36;

use List::Util qw(min);
use Social::Test::Gateway;
use Social::Test::TokenApi qw($REALIP users_file);
use Time::HiRes            qw(time);

our @PROVIDERS = qw(facebook instagraph instagram twitter twitter_oauth2 oidc oauth2 oauth1);

# Whose tokens the gateway refreshes in a soak.
our %REFRESHES = map { $_ => 1 } qw(twitter_oauth2 oauth2);

# Seconds that these tokens live.
our $TOKEN_TTL = 8;

# Of the cache in front of Redis, seconds.
our $CACHE_TTL = 2;

my $SLICES  = 24;
my %ORIGIN  = (169 => 'https://mysite.example', 170 => 'https://other.example');
my $VICTIMS = 12;    # guessed users in a slice; as many addresses

# new(seconds => N, store => 'memory' | 'redis')
sub new ($class, %arg) { return bless {begin => time, %arg}, $class }

sub store ($self) { return $self->{store} }

# Sites that logins belong to.
sub sites        ($self)        { return sort keys %ORIGIN }
sub redirect_url ($self, $site) { return "$ORIGIN{$site}/welcome" }

# {site => {limit => N, [per => 'user'], [status => 429]}}
sub quotas ($self) {
    return {
        map {
            (
                "quota-$_" => {limit => 40},
                "users-$_" => {limit => 3,   per    => 'user'},
                "more-$_"  => {limit => 150, status => 429}
            )
        } 0 .. $SLICES - 1
    };
}

# Which of the quotas is used now.
sub quota ($self) {
    my $slice = $self->_slice;
    return ("quota-$slice", "users-$slice", "more-$slice")[rand 3];
}

# The user and the address of a guess.
sub guess ($self) {
    my ($slice, $user, $address) = ($self->_slice, int(rand $VICTIMS), int(rand $VICTIMS));
    return {user => "victim-$slice-$user\@mysite.example", address => "10.9.$slice." . (1 + $address)};
}

# The options of Social::Test::gateway. `variant` is 0 or 1: configurations that a reload
# exchanges without any consequence for clients.
sub gateway ($self, $test, $variant = 0) {
    my %sites = map {
        my $quota = $self->quotas->{$_};
        my $value = "limit=$quota->{limit}" . join '',
            map {" $_=$quota->{$_}"} grep { $_ ne 'limit' } sort keys %$quota;
        ($_ => {origin => "https://$_.example", users => undef, quota => $value})
    } keys %{$self->quotas};
    $sites{$_} = {origin => [$ORIGIN{$_}, $variant ? "https://$_.another.example" : ()]} for keys %ORIGIN;
    $sites{169}{users} = $test->secret_file('users', $self->_users);
    my $redis = $test->redis ? $test->redis->url . " cache=8m cache_ttl=${CACHE_TTL}s stale=20s timeout=1s" : undef;
    my @keys  = map { $test->secret_file("keyring.$_", $self->_keyring($_)) } 0, 1;
    return (
        providers => \@PROVIDERS,
        provider  => {map { $_ => {timeout => $variant ? '3500ms' : '3s'} } @PROVIDERS},
        sites     => \%sites,
        social    => {social_store => $redis // 'memory size=32m', social_keyring => $keys[$variant]},
        http      => "$REALIP gzip on; gzip_types *;",
        server    => <<~"CONF",
            add_header X-Store \$social_store always;
            add_header X-Upstream \$upstream_status always;
            location = /application { social_bearer on; root @{[$test->dir]}/conf; }
            location = /file { root @{[$test->dir]}/conf; }
            location = /status { social_status json; }
            proxy_set_header Authorization \$social_authorization;
            proxy_set_header X-Session-Id "";
            proxy_next_upstream off;
            proxy_read_timeout 5s;
            location ^~ /twitter/1.1/ {
                social_bearer on;
                social_credential twitter session=\$http_x_session_id;
                proxy_pass @{[$test->sandbox->url]};
            }
            location ^~ /2/ {
                social_bearer on;
                social_credential twitter_oauth2 session=\$http_x_session_id;
                proxy_pass @{[$test->sandbox->url('twitter')]}/2/;
            }
            location ^~ /app/ {
                social_bearer on;
                social_credential twitter app;
                proxy_pass @{[$test->sandbox->url('twitter')]}/;
            }
            CONF
    );
}

# What the application and the file are.
our $FILE = "a line of a file\n" x 100;

# The files of the gateway, and the settings of the sandbox.
sub prepare ($self, $test) {
    $test->file($_, $FILE) for qw(application file);
    my $box = $test->sandbox;
    $box->configure('twitter', access_ttl => $TOKEN_TTL, rate_limit => 1_000_000, app_token_requests => 1_000_000);
    $test->get($box->url('oidc') . '/jwks');    # makes the keys, which takes longer than a login may
    $box->configure('oidc', access_ttl => $TOKEN_TTL, refresh => 'keep');
    return;
}

# As the gateway sees the user of that number at a provider.
my %IDENTITY = (
    facebook  => sub ($user) { sprintf '"id":"6%014d"', $user },
    instagram => sub ($user) {qq("username":"user$user")},
    x         => sub ($user) { sprintf '"%d"', 1_000_000 + $user },
    oidc      => sub ($user) {qq("sub":"9$user")},
    oauth1    => sub ($user) { sprintf '"id":%d', 1_000_000 + $user },
);
my %KIND = (instagraph => 'facebook', twitter => 'x', twitter_oauth2 => 'x', oauth2 => 'oidc');

# The text that the session of such a user has.
sub identity ($self, $provider, $user) { return $IDENTITY{$KIND{$provider} // $provider}->($user) }

sub _slice ($self) {
    return min($SLICES - 1, int($SLICES * (time - $self->{begin}) / $self->{seconds}));
}

sub _users ($self) {
    my $method = '$6$rounds=1000$sandboxsalt$';
    my ($hash) = users_file('169', $method, 'owner@mysite.example') =~ /([^:]+)\n/;
    my @emails = map {
        my $slice = $_;
        map {"victim-$slice-$_\@mysite.example"} 0 .. $VICTIMS - 1
    } 0 .. $SLICES - 1;
    return join '', map {"169:$_:$hash\n"} 'owner@mysite.example', @emails;
}

# Two keys; each variant has another one in front.
sub _keyring ($self, $variant) {
    my @keys = @{$self->{keys} //= [map { Social::Test::Gateway::random_key() } 0, 1]};
    return join '', @keys[$variant, 1 - $variant];
}

1;
