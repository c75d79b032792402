# The redirect to the provider's login, with its sealed cookie, against plain nginx with the
# same headers.
package AuthRedirect;
use v5.36;

sub row ($bench) {
    my $path     = '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome';
    my $response = $bench->test->get($path);
    my ($location, $cookie) = map { $response->header($_) } qw(Location Set-Cookie);
    return {
        name => 'The redirect to Facebook, '
            . length($location)
            . ' bytes of Location, '
            . length($cookie)
            . ' of cookie',
        conf => <<~"CONF",
            location = /floor/auth {
                add_header Cache-Control no-store;
                add_header X-Content-Type-Options nosniff;
                add_header Referrer-Policy no-referrer;
                add_header Set-Cookie "$cookie";
                return 302 "$location";
            }
            CONF
        sides => [
            [floor => 'nginx: return 302', [$path =~ s{^/facebook}{/floor}r, {}]],
            [ours  => '/facebook/auth',    [$path,                           {}]],
        ],
    };
}

1;
