# The token API as its clients see it: logins as JSON, users files, and addresses to come from.
package Social::Test::TokenApi;
use v5.36;

use Exporter qw(import);
use JSON::PP ();
use Social::Test::Gateway;

our @EXPORT_OK = qw($REALIP $REFUSED authenticate json_of login_bytes post_login refused token_of users_file);

my $json = JSON::PP->new->utf8->canonical;

# With this in the http block, `from` below is where a client comes from.
our $REALIP = 'set_real_ip_from 127.0.0.1; real_ip_header X-Real-IP;';

our $REFUSED = 'you are not authorized to log into this site';

# What is_envelope has to look for in the answer to a refused login at that site.
sub refused ($site) {
    return (401, "$REFUSED $site", errorCode => '401', devMessage => '', more => '', applicationCode => '');
}

# authenticate($t, email => …, password => …, siteId => …, [from => address], [path => …])
sub authenticate ($t, %with) {
    my ($from, $path) = delete @with{qw(from path)};
    return $t->api(
        POST    => $path // '/api/authenticate',
        json    => \%with,
        headers => {'Content-Type' => 'application/json', $from ? ('X-Real-IP' => $from) : ()},
    );
}

# A login with that body, which may be malformed.
sub post_login ($t, $body, %headers) {
    return $t->api(POST => '/api/authenticate', body => $body, headers => \%headers);
}

sub token_of ($t, %with) { return authenticate($t, %with)->json->{token} // die "no token\n" }

sub json_of (%with) { return $json->encode(\%with) }

# The same request as bytes, for connections of the test's own.
sub login_bytes (%with) {
    my ($from, @headers) = (delete $with{from}, @{delete $with{headers} // []});
    my $body = json_of(%with);
    return join "\r\n", 'POST /api/authenticate HTTP/1.1', 'Host: gateway', 'Content-Type: application/json',
        'Content-Length: ' . length $body, ($from ? "X-Real-IP: $from" : ()), @headers, '', $body;
}

# Lines of a users file, hashed with that method of crypt(5). All have the usual password.
sub users_file ($site, $method, @emails) {
    return join '', map { "$site:$_:" . crypt($Social::Test::Gateway::PASSWORD, $method) . "\n" } @emails;
}

1;
