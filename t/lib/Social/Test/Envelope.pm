# What the gateway's answers must be, byte for byte.
package Social::Test::Envelope;
use v5.36;

use JSON::PP   ();
use Test::More ();

my $json = JSON::PP->new->utf8->allow_nonref;

# is_envelope($response, 401, 'Expired token', [member => value, …], ['name of the test'])
# Members default to null, errorCode to the status as a number. A text stands for a JSON
# string, undef for null, a qr// for a string that matches.
sub is_envelope ($response, $status, $message, @rest) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $name = @rest % 2 ? pop @rest : "$status $message";
    my %want = (
        errorCode       => \$status,
        userMessage     => $message,
        devMessage      => undef,
        more            => undef,
        applicationCode => undef,
        @rest
    );
    my $got      = $response->json;
    my $records  = ref $got eq 'HASH' && ref $got->{records} eq 'HASH' ? $got->{records} : {};
    my $expected = '{"_meta":{"status":"ERROR","count":1},"records":{'
        . join(',',
        map { qq("$_":) . _value($want{$_}, $records->{$_}) } qw(errorCode userMessage devMessage more applicationCode))
        . '}}';
    my $builder = Test::More->builder;
    return $builder->ok(1, $name)
        if $response->status == $status
        && $response->body eq $expected
        && ($response->header('Content-Type')  // '') eq 'application/json; charset=utf-8'
        && ($response->header('Cache-Control') // '') eq 'no-store';
    $builder->ok(0, $name);
    $builder->diag(
        "         got: ",
        $response->status, ' ', $response->header('Content-Type') // 'no type',
        ' ',  $response->header('Cache-Control') // 'no Cache-Control',
        "\n", $response->body
    );
    $builder->diag("    expected: $status application/json; charset=utf-8 no-store\n$expected");
    return 0;
}

# is_page($response, 400, qr/Wrong site url/): a page of the gateway, with the headers
# that all of them have.
sub is_page ($response, $status, $pattern, $name = undef) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $policy = $response->header('Content-Security-Policy') // '';
    my @wrong  = (
        ($response->status == $status ? () : 'status ' . $response->status . " in place of $status"),
        (_has($response, 'Content-Type',           'text/html; charset=utf-8')),
        (_has($response, 'Cache-Control',          'no-store')),
        (_has($response, 'Referrer-Policy',        'no-referrer')),
        (_has($response, 'X-Content-Type-Options', 'nosniff')),
        (length $policy && $policy !~ /unsafe-inline/ ? () : "Content-Security-Policy: $policy"),
        ($response->body           =~ $pattern        ? () : "the text: " . $response->body),
    );
    my $builder = Test::More->builder;
    $builder->ok(!@wrong, $name // "a page with status $status that matches $pattern");
    $builder->diag("    $_") for @wrong;
    return !@wrong;
}

sub _has ($response, $name, $value) {
    my @all = $response->header_all($name);
    return @all == 1 && $all[0] eq $value ? () : "$name: @all";
}

sub _value ($want, $got) {
    return $$want if ref $want eq 'SCALAR';
    return $json->encode(defined $got && !ref $got && $got =~ $want ? "$got" : "something like $want")
        if ref $want eq 'Regexp';
    return defined $want ? $json->encode("$want") : 'null';
}

1;
