# The providers of the demo: all types of the sandbox, or the real Facebook.
#
#     my $providers = Demo::Providers->new(dir => $dir, sandbox => $url);
#     $providers->blocks;    # for nginx.conf, with their secrets written beside it
#     $providers->offers;    # [name, label], for the start page
package Demo::Providers;
use v5.36;

use Demo::Files qw(write_secret);
use JSON::PP ();
use Social::Sandbox::Defaults;

# The name in URLs, what a button says, the sandbox's mount, the type, and what stands in the
# block, with paths below the mount in place of URLs.
my @sandboxed = (
    [facebook => 'Facebook', 'facebook', 'facebook', authorize_url => '/v26.0/dialog/oauth', api_url => ''],
    [instagraph => 'Instagram', 'facebook', 'instagram', authorize_url => '/v26.0/dialog/oauth', api_url => ''],
    [
        instagram     => 'Instagram without Facebook',
        'instagram', 'instagram_login',
        authorize_url => '/oauth/authorize',
        token_url     => '/oauth/access_token',
        api_url       => '',
    ],
    [twitter => 'X (OAuth 1.0a)', 'twitter', 'twitter', authorize_url => '/oauth/authenticate', api_url => ''],
    [twitter_oauth2 => 'X (OAuth 2.0)', 'twitter', 'twitter_oauth2', authorize_url => '/i/oauth2/authorize', api_url => ''],
    [oidc => 'OpenID Connect', 'oidc', 'oidc', issuer => ''],
    [
        oauth2        => 'Any OAuth 2.0 provider',
        'oidc', 'oauth2',
        authorize_url => '/authorize',
        token_url     => '/token',
        profile_url   => '/userinfo',
        revoke_url    => '/revoke',
    ],
    [
        oauth1            => 'Any OAuth 1.0a provider',
        'oauth1', 'oauth1',
        request_token_url => '/request_token',
        authorize_url     => '/authorize',
        token_url         => '/access_token',
        profile_url       => '/me',
    ],
);

# new(dir => DIR, sandbox => URL) or new(dir => DIR, facebook => [id, secret])
sub new ($class, %arg) {
    my $facebook = $arg{facebook};
    die "FACEBOOK_ID is a number\n"           if $facebook && $facebook->[0] !~ /^\d+$/;
    die "FACEBOOK_ID needs FACEBOOK_SECRET\n" if $facebook && !defined $facebook->[1];
    return bless {%arg}, $class;
}

sub are_real ($self) { return defined $self->{facebook} }

sub offers ($self) { return $self->are_real ? [facebook => 'Facebook'] : @sandboxed }

sub blocks ($self) {
    my @blocks = $self->are_real ? $self->_real_facebook : map { $self->_sandboxed(@$_) } @sandboxed;
    return join "\n", @blocks;
}

# What the sandbox is told about a gateway: its callbacks, which it compares as providers do.
sub sandbox_settings ($public) {
    my %uris;
    push @{$uris{$_->[2]}}, "$public/$_->[0]/callback" for @sandboxed;
    return JSON::PP->new->canonical->encode({map { $_ => {redirect_uris => $uris{$_}} } keys %uris});
}

sub _real_facebook ($self) {
    my ($id, $secret) = @{$self->{facebook}};
    return $self->_block('facebook', 'facebook', $id, $secret, '');
}

sub _sandboxed ($self, $name, $label, $mount, $type, %urls) {
    my $app     = Social::Sandbox::Defaults::app($mount);
    my $kind    = $type =~ /^(?:twitter|oauth1)$/ ? 'consumer' : 'client';
    my $id      = $app->{$kind eq 'consumer' ? 'consumer_key' : 'client_id'};
    my $members = join '', map {"        $_ $self->{sandbox}/$mount$urls{$_};\n"} sort keys %urls;
    $members .= "        scope profile;\n" if $type eq 'oauth2';
    return $self->_block($name, $type, $id, $app->{"${kind}_secret"}, $members);
}

sub _block ($self, $name, $type, $id, $secret, $members) {
    my $file = "$self->{dir}/conf/$name.secret";
    write_secret($file, $secret);
    return <<~"BLOCK";
            social_provider $name {
                type $type;
                client_id $id;
                client_secret "file:$file";
        $members    }
        BLOCK
}

1;
