# The configuration of a gateway as most tests want it: a site, its key files, and
# providers that are aimed at the sandbox. Tests lay their own directives over it.
package Social::Test::Gateway;
use v5.36;

use Carp         qw(croak);
use MIME::Base64 qw(encode_base64);
use Social::Sandbox::Defaults;

# The password of every user of the default site.
our $PASSWORD = 'correct horse battery staple';

# What each provider of the tests is, by its name in URLs.
my %provider = (
    facebook => sub ($url) {
        (mount => 'facebook', type => 'facebook', authorize_url => "$url/v26.0/dialog/oauth", api_url => $url);
    },
    instagraph => sub ($url) {
        (mount => 'facebook', type => 'instagram', authorize_url => "$url/v26.0/dialog/oauth", api_url => $url);
    },
    instagram => sub ($url) {
        (
            mount         => 'instagram',
            type          => 'instagram_login',
            authorize_url => "$url/oauth/authorize",
            token_url     => "$url/oauth/access_token",
            api_url       => $url,
        );
    },
    twitter => sub ($url) {
        (mount => 'twitter', type => 'twitter', authorize_url => "$url/oauth/authenticate", api_url => $url);
    },
    twitter_oauth2 => sub ($url) {
        (mount => 'twitter', type => 'twitter_oauth2', authorize_url => "$url/i/oauth2/authorize", api_url => $url);
    },
    oidc   => sub ($url) { (mount => 'oidc', type => 'oidc', issuer => $url, scope => 'openid profile email') },
    oauth2 => sub ($url) {
        (
            mount         => 'oidc',
            type          => 'oauth2',
            authorize_url => "$url/authorize",
            token_url     => "$url/token",
            profile_url   => "$url/userinfo",
            scope         => 'profile offline_access',
        );
    },
    oauth1 => sub ($url) {
        (
            mount             => 'oauth1',
            type              => 'oauth1',
            request_token_url => "$url/request_token",
            authorize_url     => "$url/authorize",
            token_url         => "$url/access_token",
            profile_url       => "$url/me",
        );
    },
);

sub mount_of ($name) {
    my $make = $provider{$name} or return;
    my %row  = $make->('');
    return $row{mount};
}

# The http block: http_conf($test, %options). Values of directives are a text, a list
# (the directive repeated), or undef (left out).
#   providers => ['facebook']             which of the rows above
#   provider  => {facebook => {timeout => '1s'}}
#   sites     => {169 => {quota => '…'}}  or site => {…} for 169 alone
#   social    => {social_session_ttl => '1h'}   at http level
#   http, server => text added to those blocks
sub http_conf ($test, %option) {
    my %sites  = %{$option{sites} // {169 => $option{site} // {}}};
    my %social = (
        social_public_url => $test->public,
        social_keyring    => $test->secret_file('keyring', random_key()),
        social_token_key  => 'HS256 ' . $test->token_key_file,
        social_store      => $test->redis ? $test->redis->url : 'memory size=8m',
        %{$option{social} // {}},
    );
    my @blocks = (
        _directives(\%social, ''),
        (map { _block("social_site $_", {_site($test, $_), %{$sites{$_}}}) } sort keys %sites),
        (map { _provider($test, $_, $option{provider}{$_} // {}) } @{$option{providers} // ['facebook']}),
    );
    my $listen = '127.0.0.1:' . $test->port . ($option{listen} // '');
    return join "\n", @blocks, $option{http} // '', <<~"SERVER";
        server {
            listen $listen;
            server_name gateway;
            include @{[$test->root]}/conf-examples/endpoints.conf;
            @{[$option{server} // '']}
        }
        SERVER
}

# A line of a keyring.
sub random_key { return encode_base64(_bytes(32), '') . "\n" }

# A `social_provider` block by itself, for configurations of the test's own.
sub _provider ($test, $name, $override) {
    my $make   = $provider{$name} or croak "no such provider: $name";
    my %row    = $make->($test->sandbox->url(mount_of($name)));
    my $app    = Social::Sandbox::Defaults::app(delete $row{mount});
    my $one    = $row{type} eq 'twitter' || $row{type} eq 'oauth1';
    my $secret = $test->secret_file("$name.secret", $app->{$one ? 'consumer_secret' : 'client_secret'} . "\n");
    return _block(
        "social_provider $name",
        {
            client_id     => $app->{$one ? 'consumer_key' : 'client_id'},
            client_secret => "file:$secret",
            ($row{type} eq 'twitter' ? (_owner($test, $app)) : ()),
            %row,
            %$override,
        }
    );
}

sub _owner ($test, $app) {
    $test->secret($app->{owner_token}, $app->{owner_token_secret});
    return (access_token => $app->{owner_token}, access_token_secret => $app->{owner_token_secret});
}

sub _site ($test, $id) {
    my $hash = crypt $PASSWORD, '$6$rounds=1000$sandboxsalt$';
    return (
        origin => 'https://mysite.example',
        users  => $test->secret_file("users.$id", "$id:owner\@mysite.example:$hash\n"),
    );
}

sub _block ($head, $directives) {
    return "$head {\n" . _directives($directives, '    ') . "}\n";
}

# `type` first: the other directives of a provider build on it.
sub _directives ($directives, $indent) {
    my @names = sort { ($b eq 'type') <=> ($a eq 'type') || $a cmp $b } keys %$directives;
    return join '', map {
        my ($name, $value) = ($_, $directives->{$_});
        map { $indent . $name . (length $_ ? ' ' . _word($name, $_) : '') . ";\n" }
            grep {defined} ref $value ? @$value : $value;
    } @names;
}

# A scope is one parameter, blanks and all.
sub _word ($name, $value) { return $name eq 'scope' && $value =~ /\s/ && $value !~ /^"/ ? qq("$value") : $value }

sub _bytes ($count) {
    open my $in, '<:raw', '/dev/urandom' or croak "no random bytes: $!";
    read($in, my $bytes, $count) == $count or croak 'no random bytes';
    return $bytes;
}

1;
