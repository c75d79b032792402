# What is no session id: whatever stands in its place, the answer is the one that an
# unknown id gets, and nobody can tell the reasons apart.
use lib 't/lib';
use Social::Test;

use MIME::Base64 qw(decode_base64 encode_base64);

my $t = Social::Test->new->gateway(
    providers => ['facebook', 'twitter_oauth2'],
    sites     => {169 => {}, 170 => {origin => 'https://other.example'}},
)->start;

# One whose inner text has a character that base64url writes in another way.
my $id = $t->login('facebook');
$id = $t->login('facebook') while decode_base64($id) !~ m{[+/]};
my $inner   = decode_base64($id);
my $token   = $t->bearer;
my $api     = '/api/facebook/session/';
my $unknown = $t->api(
    GET   => $api . encode_base64(encode_base64('r' x 32, '') . ':' . encode_base64('n' x 16, ''), ''),
    token => $token
);
is_envelope($unknown, 404, 'Session not found', 'an id of the right form that nobody sealed is not found');

# The same bytes as for the unknown id, headers and all; only the date may differ.
sub is_unknown ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my ($got, $want) = map { $_->head =~ s/^Date: [^\r]*\r\n//mr . $_->body } $response, $unknown;
    return is($got, $want, $name);
}

sub flipped ($text, $index) {
    substr($text, $index, 1) = substr($text, $index, 1) eq 'A' ? 'B' : 'A';
    return $text;
}

my $swapped = join '', map { /[a-z]/ ? uc : lc } split //, $id;
my ($sealed, $nonce) = split /:/, $inner;

# What gets to the module, and is no id there.
my @ids = (
    ['empty'                             => ''],
    ['a star'                            => '*'],
    ['a pattern'                         => '[a-z]*'],
    ['a question mark'                   => '%3f'],
    ['a hash tag of a cluster'           => '{tag}'],
    ['a blank'                           => 'a%20b'],
    ['a command of the store behind it'  => '%0d%0aFLUSHALL%0d%0a'],
    ['format directives'                 => '%25s%25s%25n'],
    ['a quote'                           => q(%27%22)],
    ['bytes that are no UTF-8'           => '%ff%fe%c0%af'],
    ['a backslash'                       => '..%5c..%5c' . $id],
    ['the id in the other case'          => $swapped],
    ['the id in lower case'              => lc $id],
    ['the first 91 characters'           => substr $id, 0, 91],
    ['the last 91 characters'            => substr $id, 1],
    ['the id and one character'          => $id . 'A'],
    ['the id and padding'                => $id . '='],
    ['the id twice'                      => $id . $id],
    ['the id and a slash'                => "$id/"],
    ['the id and two slashes'            => "$id//"],
    ['the id and a path parameter'       => "$id;x"],
    ['the id and a dot segment'          => "$id%2f.."],
    ['the id and a dot'                  => "$id."],
    ['the id and an escaped NUL'         => "$id%2500"],
    ['the id and a line feed'            => "$id%0a"],
    ['the id and a blank'                => "$id%20"],
    ['the id and an extension'           => "$id.json"],
    ['the id behind a segment'           => "x/$id"],
    ['the id behind a second session'    => "x/session/$id"],
    ['the id escaped twice'              => $id    =~ s/(.)/sprintf '%%25%02x', ord $1/er],
    ['the inner text'                    => $inner =~ s{/}{%2f}gr],
    ['the inner text with its slashes'   => $inner],
    ['the inner text, halves exchanged'  => encode_base64("$nonce:$sealed", '')],
    ['the sealed half alone'             => encode_base64($sealed,          '')],
    ['the inner text in URL-safe base64' => encode_base64($inner =~ tr{+/}{-_}r, '')],
    ['another separator'                 => encode_base64($inner =~ tr/:/;/r,    '')],
    ['an empty inner text' => encode_base64(':',                                                               '')],
    ['zeros'               => encode_base64(encode_base64("\0" x 32, '') . ':' . encode_base64("\0" x 16, ''), '')],
    ['seven thousand characters' => 'A' x 7_000],
    (map { ["the id with character $_ changed" => flipped($id, $_)] } 0, 1, 45, 60, 62, 90, 91),
);
subtest 'texts that are no session id' => sub {
    for my $case (@ids) {
        my ($what, $text) = @$case;
        is_unknown($t->api(GET => $api . $text, token => $token), "not found: $what");
    }
    for my $case (@ids) {
        my ($what, $text) = @$case;
        my $response = $t->api(DELETE => "/api/session/$text", token => $token);
        is_unknown($response, "not deleted without a provider in the path: $what");
    }

    # The last character of the nonce has spare bits: another text with the same meaning is no id (RFC 4648 §3.5).
    my $spare = $inner =~ s/(.)==$/chr(1 + ord $1) . '=='/er;
    is_unknown($t->api(GET => $api . encode_base64($spare, ''), token => $token), 'not found: spare bits in the nonce');
};

subtest 'paths that nginx refuses' => sub {

    # What nginx itself refuses, or takes to another location. The answer is never the session.
    for my $case (
        ['a NUL'                       => "$api%00"],
        ['a NUL behind the id'         => "$api$id%00"],
        ['half an escape'              => "$api%s%s%n"],
        ['a blank in the request line' => "${api}a b"],
        ['one dot'                     => $api . '.'],
        ['two dots'                    => $api . '..'],
        ['escaped dots'                => $api . '%2e%2e%2f'],
        ['dots that leave the API'     => $api . '../../../../etc/passwd'],
        ['a megabyte'                  => $api . 'A' x 1_048_576],
        ['no segment'                  => '/api/facebook/session'],
        ['no provider and no segment'  => '/api/session'],
        )
    {
        my ($what, $path) = @$case;
        my $wire = $t->wire;
        $wire->put("GET $path HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer $token\r\nConnection: close\r\n\r\n");
        my $response = $wire->read_response;
        like($response->status, qr/^(?:400|404|414)$/, "refused: $what");
        unlike($response->body, qr/508654789659284/, "refused without the session: $what");
    }
};

my $twitter = $t->login('twitter_oauth2', redirect => 'https://mysite.example/');

subtest 'ids of another provider, site or gateway' => sub {
    is($t->api(GET => "/api/twitter_oauth2/session/$twitter", token => $token)->status,
        200, 'an id of twitter_oauth2 is found there');
    is_unknown($t->api(GET => $api . $twitter, token => $token), 'an id of twitter_oauth2 is not found under facebook');
    is_unknown(
        $t->api(GET => "/api/twitter_oauth2/session/$id", token => $token),
        'an id of facebook is not found under twitter_oauth2'
    );
    is_unknown($t->api(DELETE => $api . $twitter, token => $token), 'an id of another provider is not deleted');
    is_unknown($t->api(GET    => "/api/nobody/session/$id", token => $token),
        'an id is not found under an unknown provider');
    is_unknown(
        $t->api(GET => "/api/Facebook/session/$id", token => $token),
        'an id is not found under a provider in capitals'
    );
    is_unknown(
        $t->api(GET => "/api/session/session/$id", token => $token),
        'an id is not found under two sessions in the path'
    );
    is_unknown($t->api(GET => $api . $id, token => $t->bearer(site => '170')),
        'another site does not find the session');

    my $deleted = $t->login('facebook');
    $t->api(DELETE => $api . $deleted, token => $token);
    is_unknown($t->api(GET => $api . $deleted, token => $token), 'a deleted session is like one that never was');

    my $foreign = Social::Test->new->gateway->start;
    is_unknown($t->api(GET => $api . $foreign->login('facebook'), token => $token),
        'an id of another gateway is not found');
};

subtest 'requests without a token' => sub {

    # Without a good token nothing is said about an id at all.
    for my $text ($id, 'x', '*', $twitter) {
        is_envelope(
            $t->api(GET => $api . $text),
            401,
            'Token required',
            'a request without a token learns nothing of the id'
        );
    }

    is($t->api(GET => $api . $id, token => $token)->status, 200, 'the session survives all requests');
    $t->tolerate(qr/client intended|too long URI|invalid request|client sent/);
};

subtest 'ids of new logins' => sub {
    my %seen;
    $seen{$t->login('facebook')}++ for 1 .. 50;
    is(scalar keys %seen, 50, 'no two logins get the same id');
};

done_testing;
