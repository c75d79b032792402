# The session API in a soak: sessions that are read and deleted, and requests that are refused.
package Soak::Actions::Sessions;
use v5.36;

use MIME::Base64 qw(decode_base64);
use Soak::Plan;
use Social::Test::RawConnection;
use Time::HiRes qw(time);

sub read ($client) {
    my $session = $client->registry->any // return;
    return read_one($client, $session);
}

# The name of an answer with a session tells whether it is the one that was asked for.
sub read_one ($client, $session) {
    my $method = rand() < 0.1 ? 'HEAD'          : 'GET';
    my $path   = rand() < 0.5 ? _path($session) : "/api/session/$session->{id}";
    my ($response, %answer) = $client->ask($method => $path, headers => _headers($client, $session->{site}));
    $answer{answer} = _content($client, $session, $response, $method, $answer{from}) if $answer{answer} eq '200';
    $client->note('read', %answer, fields($session));
    $client->registry->remove($session) if $answer{answer} =~ /^404/;
    return;
}

sub delete ($client) {
    my $session = $client->registry->any // return;
    return delete_one($client, $session);
}

sub delete_one ($client, $session) {
    my ($response, @answer) = $client->ask(DELETE => _path($session), headers => _headers($client, $session->{site}));
    return _note_delete($client, $session, $response, @answer);
}

sub delete_at_once ($client) {
    my $session = $client->registry->any // return;
    my $from    = time;
    my @request = (DELETE => _path($session), headers => _headers($client, $session->{site}));
    my @both    = eval { $client->browser->together([@request], [@request]) };
    my $until   = time;
    for my $response (@both ? @both : (undef, undef)) {
        my $name = Soak::Answer::name_of($response, silent => $until - $from >= 15);
        _note_delete($client, $session, $response, from => $from, until => $until, answer => $name);
    }
    return;
}

# Facebook tells that a user has taken the permission away.
sub forget ($client) {
    my $session = $client->registry->any(sub ($session) { $session->{provider} eq 'facebook' }) // return;
    my $user    = sprintf '6%014d', $session->{user};
    my $made    = eval { $client->test->sandbox->control(signed_request => {user_id => $user}) } // return;
    $client->secret($made->{signed_request});
    my ($response, @answer) =
        $client->ask(POST => '/facebook/deauthorize', form => {signed_request => $made->{signed_request}});
    $client->note('forget', @answer, fields($session));
    $client->registry->remove($session) if $response && $response->status == 200;
    return;
}

# A client that leaves before it is answered.
sub leave ($client) {
    my $session = $client->registry->any // return;
    my $method  = rand() < 0.2 ? 'DELETE' : 'GET';
    my @answer  = $client->leave(
        Social::Test::RawConnection->format_request(
            method    => $method,
            target    => _path($session),
            authority => 'gateway',
            headers   => _headers($client, $session->{site}),
        )
    );
    $client->note($method eq 'GET' ? 'read' : 'delete', @answer, fields($session));
    $client->registry->remove($session) if $method eq 'DELETE';
    return;
}

# No token, one that has run out, one of somebody else's key.
sub refused ($client) {
    my $session = $client->registry->any // return;
    my $token   = Social::Test::Token->mint(key => 'a key that the gateway does not have', sid => '169');
    my %headers = (
        anonymous => undef,
        expired   => $client->bearer('169', exp => 1_700_000_000),
        forged    => $token,
    );
    my $action = (sort keys %headers)[rand 3];
    my ($response, @answer) = $client->ask(
        GET     => _path($session),
        headers =>
            {Accept => 'application/json', $headers{$action} ? (Authorization => "Bearer $headers{$action}") : ()}
    );
    return $client->note($action, @answer);
}

# The token of another site, or an id that was changed.
sub not_found ($client) {
    my $session = $client->registry->any // return;
    my ($other) = grep { $_ ne $session->{site} } $client->plan->sites;
    if (rand() < 0.5) {
        my ($response, @answer) = $client->ask(GET => _path($session), headers => _headers($client, $other));
        return $client->note('foreign', @answer);
    }
    my $id    = $session->{id};
    my $place = int rand length $id;
    substr($id, $place, 1) = substr($id, $place, 1) eq 'A' ? 'B' : 'A';
    my ($response, @answer) = $client->ask(GET => "/api/session/$id", headers => _headers($client, $session->{site}));
    return $client->note('tampered', @answer);
}

sub _path ($session) { return "/api/$session->{provider}/session/$session->{id}" }

sub _headers ($client, $site) {
    return {Accept => 'application/json', Authorization => 'Bearer ' . $client->bearer($site)};
}

sub fields ($session) {
    return (
        session   => $session->{number},
        user      => "u$session->{user}",
        provider  => $session->{provider},
        refreshes => $Soak::Plan::REFRESHES{$session->{provider}},
    );
}

sub _note_delete ($client, $session, $response, @answer) {
    $client->note('delete', @answer, fields($session));
    $client->registry->remove($session) if $response && $response->status =~ /^(?:204|404)$/;
    return;
}

# `from`: when it was asked. A token that can be refreshed has to be good then.
sub _content ($client, $session, $response, $method, $from) {
    my $store = ($response->header('X-Store') // '') eq 'stale' ? '200 stale session' : '200 session';
    return $store if $method eq 'HEAD';
    my $body  = $response->body;
    my $inner = decode_base64($session->{id});
    return '200 with another id'  if index($body, qq({"session":"$inner",)) != 0 || $body !~ /\}\z/;
    return '200 of somebody else' if index($body, $client->plan->identity(@$session{qw(provider user)})) < 0;
    my ($expires) = $body =~ /"expires_at":(\d+)/;
    return '200 with an expired token'
        if defined $expires && $expires < int $from && $Soak::Plan::REFRESHES{$session->{provider}};
    $client->secret($body =~ /"(?:token|access_token|oauth_token|oauth_token_secret)":"([^"]+)"/g);
    return $store;
}

1;
