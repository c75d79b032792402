# Who the sandbox knows when nobody has told it anything: one registered app for each
# family of providers, and the names of their secrets. The harness configures the
# gateway with the same values.
package Social::Sandbox::Defaults;
use v5.36;

my %app = (
    facebook => {
        client_id     => '1234567890123456',
        client_secret => '5ca1ab1e0ff1ce0ddba11cafe0ddba11',
    },
    instagram => {
        client_id     => '9876543210987654',
        client_secret => 'ba5eba11deadbea7f00dfeed5ca1ab1e',
    },
    twitter => {
        consumer_key       => 'sandboxConsumerKey1234567',
        consumer_secret    => 'sandboxConsumerSecret-0123456789abcdefghijklmnopqr',
        client_id          => 'c2FuZGJveC1jbGllbnQ6MTpjaQ',
        client_secret      => 'sandboxClientSecret_0123456789-abcdefghijklmnopqrst',
        owner_id           => '1290561158944968704',
        owner_token        => '1290561158944968704-sandboxOwnerToken0123456789abc',
        owner_token_secret => 'sandboxOwnerTokenSecret0123456789abcdefghijkl',
    },
    oidc => {
        client_id     => 'sandbox-openid-client',
        client_secret => 'sandboxOpenIdClientSecret/with+odd=characters&0123456789',
    },
    oauth1 => {
        consumer_key    => 'sandbox-oauth1-consumer',
        consumer_secret => 'sandboxOAuth1ConsumerSecret&0123456789%',
    },
);

# A copy of the app of a mount.
sub app ($mount) { return {%{$app{$mount}}} }

1;
