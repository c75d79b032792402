# What the claims of a bearer token may say. All of these tokens are signed with the right key.
use lib 't/lib';
use Social::Test;

use JSON::PP qw(encode_json);

my $token_class = 'Social::Test::Token';

# Tokens of a megabyte are to reach the module, not nginx's own limit.
my $t   = Social::Test->new->gateway(http => 'large_client_header_buffers 4 4m;')->start;
my $id  = $t->login('facebook');
my $key = $t->token_key;

sub bearer ($token) { return $t->api(GET => "/api/facebook/session/$id", token => $token) }

sub is_good ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is(bearer($token)->status, 200, "good: $name");
}

sub is_refused ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_envelope(bearer($token), 401, 'Invalid token', "invalid: $name");
}

sub is_expired ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_envelope(bearer($token), 401, 'Expired token', "expired: $name");
}

sub mint         (%claim) { return $token_class->mint(key => $key, %claim) }
sub claims       (%claim) { return encode_json({sid => '169', exp => int(time) + 900, %claim}) }
sub with_payload ($text)  { return $token_class->mint_text($key, '{"alg":"HS256","typ":"JWT"}', $text) }

subtest 'a token ends' => sub {
    my $now = int time;
    is_expired(mint(exp => $now - 1),      'a second ago');
    is_expired(mint(exp => $now - 86_400), 'a day ago');
    is_expired(mint(exp => 0),             'in 1970');
    is_expired(with_payload(qq({"sid":"169","exp":$now.5}) =~ s/$now/$now - 10/er), 'a fraction of a second');
    is_refused(mint(exp => undef),                       'never');
    is_refused(with_payload(qq({"sid":"169","exp":$_})), "exp is $_")
        for '"9999999999"', -1, '1e300', '-1e300', 'true', 'null',
        '[9999999999]', '{}', '99999999999999999999';
    is_good(with_payload(qq({"sid":"169","exp":@{[$now + 900]}.5})), 'a fraction of a second is fine');
    is_good(with_payload('{"sid":"169","exp":1e15}'),                'so is a time far away');
    is_good(with_payload('{"sid":"169","exp":9223372036854775807}'), 'the largest exp is good');

    for my $claim (qw(nbf iat)) {
        is_refused(mint($claim => $now + 60),          "$claim in the future");
        is_refused(with_payload(claims($claim => $_)), "$claim is " . encode_json([$_]))
            for "$now", -1, 1e300, [], {},
            JSON::PP::true, undef;
        is_good(mint($claim => $now - 60), "$claim in the past");
        is_good(mint($claim => undef),     "no $claim");
    }
    is_refused(mint(exp => $now - 60, nbf => $now + 60), 'what is not yet valid is not called expired');
    is_refused(mint(exp => $now - 60, sid => '999'),     'what names no site of ours is not called expired');
    is_refused(mint(exp => $now - 60, key => 'x' x 32),  'what is forged is not called expired');
};

subtest 'a token names a site' => sub {
    is_refused(mint(sid => $_), 'sid is ' . encode_json([$_]))
        for undef, '', '999', '169 ', ' 169', '0169', '170', "169\0", '1' x 200;
    is_refused(with_payload(qq({"exp":@{[int time + 900]},"sid":$_})), "sid is $_")
        for 169, 'null', '["169"]', '{}', 'true';
    is_refused(mint(sub => $_), 'sub is ' . encode_json([$_]))
        for "a\r\nX-Evil: 1", "a\0b", "\x7f", [], {}, JSON::PP::true;
    is_good(mint(sub => undef), 'no user');
};

subtest 'a payload is an object' => sub {
    my $claims = claims();
    my %bad    = (
        'an array'                 => '[' . $claims . ']',
        'a string'                 => '"169"',
        'a number'                 => '1',
        'null'                     => 'null',
        'nothing'                  => '',
        'no JSON'                  => 'sid=169',
        'bytes behind it'          => $claims . 'x',
        'an object behind it'      => $claims . $claims,
        'a NUL behind it'          => $claims . "\0",
        'a byte order mark'        => "\xef\xbb\xbf" . $claims,
        'no UTF-8'                 => $claims =~ s/\}$/,"x":"\xff\xfe"}/r,
        'two of one claim'         => $claims =~ s/\}$/,"sid":"169"}/r,
        'two of another claim'     => $claims =~ s/\}$/,"exp":9999999999}/r,
        'a depth of 10,000'        => $claims =~ s/\}$/',"x":' . '[' x 10_000 . ']' x 10_000 . '}'/er,
        'an open depth of 100,000' => '[' x 100_000,
        'a lone surrogate'         => $claims =~ s/\}$/,"x":"\\ud800"}/r,
        'a number without end'     => $claims =~ s/\}$/,"x":1e99999}/r,
        'a megabyte'               => $claims =~ s/\}$/',"x":"' . 'a' x 700_000 . '"}'/er,
    );
    is_refused(with_payload($bad{$_}), $_) for sort keys %bad;
    is_good(with_payload($claims), 'the same without all that');
};

done_testing;
