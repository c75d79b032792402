# The redirect to the provider's login, with its sealed cookie, against nginx's own `return 302`
# with headers of the same size; and whether it matters how many sites there are.
package Login;
use v5.36;

use Bench::Gateways;
use Bench::Table;

my $SITES = 100_000;

sub tables ($gateways, %option) {
    my $few  = $gateways->gateway('logins', store => 'memory size=8m');
    my $many = $gateways->gateway('many', store => 'memory size=512m', sites => $SITES);
    my @tables;
    for my $provider ('facebook', 'twitter_oauth2') {
        my $path     = "/$provider/auth?redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome";
        my $response = $few->get($path);
        my ($location, $cookie) = map { $response->header($_) } qw(Location Set-Cookie);
        my $floor = $gateways->gateway("302-$provider", store => 'memory size=8m', server => floor_of($location, $cookie));
        my $side  = \&Bench::Gateways::side;
        my $one   = "1 site: /$provider/auth";
        my @other = map { sprintf '/%s/auth?redirectUrl=https%%3A%%2F%%2Fsite%d.example%%2Fwelcome', $provider, $_ * 1000 } 1 .. 64;
        push @tables, Bench::Table->new(
            exact => 1,
            title => sprintf('The redirect of %s, %d bytes of Location, %d of cookie', $provider, length $location, length $cookie),
            sides => [
                $side->('nginx: return 302', $floor, [["/floor/auth" . ($path =~ s/.*auth//r), {}]], name => 'nginx return 302'),
                $side->($one, $few, [[$path, {}]], at_least => 0.80, name => "$provider/auth"),
                $side->("$SITES sites: the same", $many, [[$path, {}]], at_least => 0.97, of => $one),
                $side->("$SITES sites: 64 of them in turn", $many, [map { [$_, {}] } @other]),
                ($provider eq 'facebook' ? peer_side($gateways, $location, $cookie) : ()),
            ],
        );
    }
    return @tables;
}

# The same by Lua.
sub peer_side ($gateways, $location, $cookie) {
    my $logins = sub ($peer) { [[$peer->path_of('https://mysite.example/welcome'), {}]] };
    return $gateways->peer_side('Bench::Peer::LuaAuth', $logins, location => $location, cookie => $cookie);
}

sub floor_of ($location, $cookie) {
    return <<~"CONF";
        location = /floor/auth {
            add_header Cache-Control no-store;
            add_header X-Content-Type-Options nosniff;
            add_header Referrer-Policy no-referrer;
            add_header Set-Cookie "$cookie";
            return 302 "$location";
        }
        CONF
}

1;
