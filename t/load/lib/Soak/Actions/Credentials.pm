# Requests of a soak that nginx passes on to X with a credential of `social_credential`: of a
# session, signed or with its token, and of the application.
package Soak::Actions::Credentials;
use v5.36;

use Soak::Actions::Sessions;

# The path of a location that has the credential of a session, by provider.
my %PATH = (
    twitter        => '/twitter/1.1/account/verify_credentials.json',
    twitter_oauth2 => '/2/users/me',
);

# The provider tells whose credential it got.
sub session ($client) {
    my $session = $client->registry->any(sub ($session) { $PATH{$session->{provider}} }) // return;
    my ($response, %answer) = $client->ask(
        GET     => $PATH{$session->{provider}},
        headers => {
            Accept         => 'application/json',
            Authorization  => 'Bearer ' . $client->bearer($session->{site}),
            'X-Session-Id' => $session->{id},
        }
    );
    my $identity = $client->plan->identity(@$session{qw(provider user)});
    $answer{answer} = _name($response, $identity) // $answer{answer};
    return $client->note('credential', %answer, Soak::Actions::Sessions::fields($session));
}

sub application ($client) {
    my ($response, %answer) = $client->ask(
        GET     => '/app/2/tweets/search/recent?query=nginx',
        headers => {Accept => 'application/json', Authorization => 'Bearer ' . $client->bearer('169')}
    );
    $answer{answer} = _name($response, '"data":') // $answer{answer};
    return $client->note('application', %answer);
}

# An answer of the provider, which has to hold that text; undef for one of the gateway.
sub _name ($response, $text) {
    my $status = $response && $response->header('X-Upstream') // return;
    return "upstream $status" if $status ne '200';
    return index($response->body, $text) < 0 ? 'upstream 200 garbled' : '200 upstream';
}

1;
