# GET of a session from the memory store with an HS256 token, against plain nginx with a body
# of the same size under the same request.
package SessionRead;
use v5.36;

# So many sessions and tokens in turn.
my $SESSIONS = 64;

sub row ($bench) {
    my $t        = $bench->test;
    my @ids      = map { $t->login('facebook') } 1 .. $SESSIONS;
    my @headers  = map { {Authorization => 'Bearer ' . $t->bearer(exp => time + 3_600)} } 1 .. $SESSIONS;
    my $response = $t->api(GET => "/api/facebook/session/$ids[0]", headers => $headers[0]);
    my $filler   = 'x' x length $response->body;
    return {
        name => 'A session from the memory store, HS256 token, ' . length($response->body) . ' bytes',
        conf => <<~"CONF",
            location ^~ /floor/session/ {
                default_type "application/json; charset=utf-8";
                add_header Cache-Control no-store;
                add_header X-Content-Type-Options nosniff;
                return 200 "$filler";
            }
            CONF
        sides => [
            [floor => 'nginx: return 200', map { ["/floor/session/$ids[$_]",        $headers[$_]] } 0 .. $#ids],
            [ours  => 'session read',      map { ["/api/facebook/session/$ids[$_]", $headers[$_]] } 0 .. $#ids],
        ],
    };
}

1;
