# The token API and guarded locations in a soak.
package Soak::Actions::Tokens;
use v5.36;

use Compress::Zlib ();
use Soak::Plan;
use Social::Test::Gateway;
use Social::Test::Token;
use Social::Test::TokenApi qw(json_of);

# Users of a quota that counts each of them: fewer than the memory store has room for.
my $USERS = 400;

# The right password, from an address that nobody guesses from. Its token is for its site.
sub authenticate ($client) {
    my $address = sprintf '10.1.%d.%d', map { int rand 256 } 1, 2;
    my ($response, %answer) = _log_in($client, 'owner@mysite.example', $Social::Test::Gateway::PASSWORD, $address);
    if ($answer{answer} eq '200') {
        my $token  = ($response->json // {})->{token}                     // '';
        my $claims = eval { Social::Test::Token->read($token)->{claims} } // {};
        $answer{answer} .= ' token'
            if ($claims->{sid} // '') eq '169' && ($claims->{sub} // '') eq 'owner@mysite.example';
        $client->secret($token);
    }
    return $client->note('authenticate', %answer);
}

sub guess ($client) {
    my $guess = $client->plan->guess;
    my ($response, @answer) = _log_in($client, $guess->{user}, 'a guess of somebody', $guess->{address});
    return $client->note('guess', @answer, %$guess);
}

# A request to an application behind a quota.
sub use ($client) {
    my $site = $client->plan->quota;
    my $user = $site =~ /^users/ ? 'user-' . int(rand() < 0.5 ? rand 5 : rand $USERS) : 'user';
    my ($response, %answer) = $client->ask(
        GET     => '/application',
        headers => {Accept => 'application/json', Authorization => 'Bearer ' . $client->bearer($site, sub => $user)}
    );
    $answer{answer} .= ' application' if $answer{answer} eq '200' && $response->body eq $Soak::Plan::FILE;
    return $client->note('use', %answer, site => $site, user => $user);
}

# A file of nginx, which knows nothing of the module.
sub file ($client) {
    my %headers = rand() < 0.5 ? ('Accept-Encoding' => 'gzip') : ();
    my ($response, %answer) = $client->ask(GET => '/file', headers => \%headers);
    if ($answer{answer} eq '200') {
        my $zipped = ($response->header('Content-Encoding') // '') eq 'gzip';
        my $body   = $zipped ? Compress::Zlib::memGunzip($response->body) // '' : $response->body;
        $answer{answer} .= ' file' if $zipped == !!%headers && $body eq $Soak::Plan::FILE;
    }
    return $client->note('file', %answer);
}

sub status ($client) {
    my ($response, %answer) = $client->ask(GET => '/status');
    $answer{answer} .= ' status' if $answer{answer} eq '200' && ref $response->json eq 'HASH';
    return $client->note('status', %answer);
}

sub _log_in ($client, $email, $password, $address) {
    return $client->ask(
        POST    => '/api/authenticate',
        headers => {'Content-Type' => 'application/json', 'X-Real-IP' => $address},
        body    => json_of(email => $email, password => $password, siteId => '169'),
    );
}

1;
