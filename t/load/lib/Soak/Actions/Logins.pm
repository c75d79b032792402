# Logins of a soak: those that are finished, refused, abandoned, replayed, and those that somebody
# else tries to finish.
package Soak::Actions::Logins;
use v5.36;

use Soak::Plan;
use Time::HiRes qw(time);

# Redirects from the gateway to the callback, at most.
my $STEPS = 6;

# A whole login, whose session all clients may use from now on.
sub finish ($client) {
    my $login = _begin($client) // return;
    return _finish($client, $login);
}

# The same callback again, with the cookie that it had.
sub replay ($client) {
    my $login   = _begin($client) // return;
    my %cookies = %{$login->{browser}->cookies};
    _finish($client, $login);
    $login->{browser}->set_cookie($_, $cookies{$_}) for keys %cookies;
    return _finish($client, $login, replay => 1);
}

# Two callbacks of one login at the same time.
sub finish_at_once ($client) {
    my $login     = _begin($client) // return;
    my $from      = time;
    my @responses = eval { $login->{browser}->together(([GET => $login->{callback}]) x 2) };
    my $until     = time;
    for my $response (@responses ? @responses : (undef, undef)) {
        my $name = Soak::Answer::name_of($response, silent => $until - $from >= 15);
        _note_finish($client, $login, $response, from => $from, until => $until, answer => $name, at_once => 1);
    }
    return;
}

# The user says no at the provider.
sub refuse ($client) {
    my $login = _begin($client) // return;
    my $url   = $login->{callback} =~ s/\bcode=[^&#]+/error=access_denied/r;
    $url =~ s/&oauth_verifier=[^&#]+// and $url =~ s/\boauth_token=/denied=/;
    my ($response, @answer) = $client->ask(GET => $url, browser => $login->{browser});
    return $client->note('refuse', @answer, provider => $login->{provider});
}

sub abandon ($client) { _begin($client); return }

# The callback in a browser that did not begin the login.
sub stranger ($client) {
    my $login = _begin($client) // return;
    my ($response, @answer) = $client->ask(GET => $login->{callback});
    return $client->note('stranger', @answer, provider => $login->{provider});
}

sub wrong_site ($client) {
    my $provider = _provider();
    my ($response, @answer) = $client->ask(GET => "/$provider/auth?redirectUrl=https%3A%2F%2Fevil.example%2F");
    return $client->note('wrong_site', @answer, provider => $provider);
}

# The browser leaves in the middle of the callback. Nobody knows the session.
sub leave ($client) {
    my $login   = _begin($client) // return;
    my $browser = $login->{browser};
    my @answer  = $client->leave($browser->bytes_of(GET => $browser->target_of($login->{callback})));
    return _note_finish($client, $login, undef, @answer);
}

sub _provider { return $Soak::Plan::PROVIDERS[rand @Soak::Plan::PROVIDERS] }

# A login up to the provider's redirect: {provider, site, number, browser, callback}, undef when
# it does not get there.
sub _begin ($client) {
    my $number   = $client->next_number;
    my $provider = _provider();
    my @sites    = $client->plan->sites;
    my $site     = $sites[rand @sites];
    my $browser  = $client->browser;
    my $url      = $client->plan->redirect_url($site) =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger;
    my ($response, @answer) = $client->ask(GET => "/$provider/auth?redirectUrl=$url", browser => $browser);
    $client->note('begin', @answer, provider => $provider);
    return if !$response || $response->status != 302;
    $client->secret($response->set_cookies);

    # Which of its users the sandbox logs in.
    $browser->set_cookie('sandbox_user', 'u' . $client->user($number));
    for (1 .. $STEPS) {
        my $next = $response->location // return;
        return {provider => $provider, site => $site, number => $number, browser => $browser, callback => $next}
            if $next =~ m{/\Q$provider\E/callback\?};
        $response = eval { $browser->follow($response) } // return;
    }
    return;
}

sub _finish ($client, $login, @more) {
    my ($response, @answer) = $client->ask(GET => $login->{callback}, browser => $login->{browser});
    return _note_finish($client, $login, $response, @answer, @more);
}

sub _note_finish ($client, $login, $response, @answer) {
    my $name = $client->name($login->{number});
    my $id   = $response && $response->session_id;
    $client->note(
        'finish', @answer,
        login    => $name,
        session  => defined $id ? $name : undef,
        provider => $login->{provider},
    );
    return if !defined $id;
    $client->registry->add(
        number => $name,
        id     => $id,
        user   => $client->user($login->{number}),
        map { $_ => $login->{$_} } qw(provider site),
    );
    return;
}

1;
