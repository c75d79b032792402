# What the demo says once it is up: where to look, and what to give to curl.
package Demo::Announcement;
use v5.36;

# text(dir => DIR, public => URL, listen => ADDRESS, site => Demo::Site, providers => Demo::Providers, stop =>
#      COMMAND, instances => [their addresses, where a balancer stands in front])
sub text (%arg) {
    my ($public, $site, $providers) = @arg{qw(public site providers)};
    my @names   = map { $_->[0] } $providers->offers;
    my $logins  = join "\n", map {"  curl -si '$public/$_/auth?redirectUrl=$public/$_/session'"} @names;
    my $hints   = _tunnel_hint(@arg{qw(public listen)}) . _balancer_hint(@{$arg{instances}}) . ($providers->are_real ? _facebook_hint($public) : '');
    my $repeat  = @{$arg{instances}} ? _repeated_read($public) : '';
    my $request = 'curl -si -H "Authorization: Bearer $TOKEN"';
    return <<~"TEXT";

        The demo is up: open  $public/  in a browser. $arg{stop} ends it.
        $hints
        Begin a login:
        $logins

        Read a session, with the id that the landing page shows, and delete it:
          TOKEN=@{[$site->token]}
          PROVIDER=$names[0]
          SESSION_ID=
          $request $public/api/\$PROVIDER/session/\$SESSION_ID
        $repeat  $request -X DELETE $public/api/\$PROVIDER/session/\$SESSION_ID

        Get a token of your own:
          curl -s -d siteId=@{[$site->id]} -d email=@{[$site->email]} --data-urlencode 'password=@{[$site->password]}' $public/api/authenticate

        Logs are in $arg{dir}/logs.

        TEXT
}

sub _tunnel_hint ($public, $listen) {
    return $public eq "http://$listen" ? '' : "\nThat address must lead to $listen, where nginx listens.\n";
}

sub _facebook_hint ($public) {
    return "\nFacebook must know this address as a valid OAuth redirect URI:\n  $public/facebook/callback\n";
}

sub _balancer_hint (@instances) {
    return '' if !@instances;
    return <<~"TEXT";

        That is a balancer. Behind it are the gateways @{[join ' and ', @instances]}
        with one Redis. X-Instance in each answer names the one that has given it.
        TEXT
}

# %header needs curl 7.84.
sub _repeated_read ($public) {
    return <<~"TEXT";
          for n in 1 2 3 4; do curl -s -w '\\n%{http_code} from %header{x-instance}\\n' -H "Authorization: Bearer \$TOKEN" $public/api/\$PROVIDER/session/\$SESSION_ID; done
        TEXT
}

1;
