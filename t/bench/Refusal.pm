# Requests that are refused, against nginx's own `return 401` of the same size: what anybody can
# send must cost the least.
package Refusal;
use v5.36;

use Bench::Gateways;
use Bench::Table;
use Social::Test::Token;

my $COUNT = 64;

sub tables ($gateways, %option) {
    my $t    = $gateways->gateway('refusals', store => 'memory size=8m', server => floor_of());
    my $good = $gateways->reads($gateways->log_in($t, $COUNT));
    my %bad  = refused($t, map { $_->[0] } @$good);
    my $side = sub ($what, $requests, %more) { Bench::Gateways::side($what, $t, $requests, refused => 1, %more) };
    return Bench::Table->new(
        exact => 1,
        title => 'Requests that are refused',
        sides => [
            $side->('nginx: return 401', Bench::Gateways::at_floor($good)),
            (map { $side->("$_: 401", $bad{$_}, at_least => 0.90) } 'expired token', 'forged token'),
            $side->('forged session id: 404', $bad{'forged session id'}, at_least => 0.90),
        ],
    );
}

# Requests for these sessions that are refused, by what is wrong with them.
sub refused ($t, @paths) {
    my @good    = map { $t->bearer(exp => time + 7200, jti => "good-$_") } 0 .. $#paths;
    my @expired = map { $t->bearer(exp => time - 60,   jti => "expired-$_") } 0 .. $#paths;
    my @forged  = map { Social::Test::Token->mint(key => 'y' x 48, sid => '169', jti => "forged-$_") } 0 .. $#paths;
    return (
        'expired token'     => Bench::Gateways::with_tokens(\@expired, @paths),
        'forged token'      => Bench::Gateways::with_tokens(\@forged,  @paths),
        'forged session id' => Bench::Gateways::with_tokens(\@good, map {s/(.{20})\z/reverse $1/er} @paths),
    );
}

sub floor_of () {
    my $body = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":401,"userMessage":"Invalid token",'
        . '"devMessage":null,"more":null,"applicationCode":null}}';
    return <<~"CONF";
        location ^~ /floor/session/ {
            default_type "application/json; charset=utf-8";
            add_header Cache-Control no-store always;
            add_header X-Content-Type-Options nosniff always;
            add_header WWW-Authenticate 'Bearer error="invalid_token", error_description="Invalid token"' always;
            return 401 '$body';
        }
        CONF
}

1;
