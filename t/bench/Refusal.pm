# Requests that are refused, against nginx's own `return 401` of the same size: what anybody can
# send must cost the least.
package Refusal;
use v5.36;

use Bench::Gateways;
use Bench::Table;
use Social::Test::Token;

my $COUNT = 64;

sub tables ($gateways, %option) {
    my $t      = $gateways->gateway('refusals', store => 'memory size=8m', server => floor_of());
    my @ids    = map { $_->[0] } @{$gateways->reads($gateways->log_in($t, $COUNT))};
    my $tokens = $gateways->tokens;
    my %token  = (
        expired => [map { $t->bearer(exp => time - 60, jti => "expired-$_") } 1 .. $COUNT],
        forged  => [map { Social::Test::Token->mint(key => 'y' x 48, sid => '169', jti => "forged-$_") } 1 .. $COUNT],
    );
    my $with = sub ($tokens, @paths) {
        [map { [$paths[$_], Bench::Gateways::bearer($tokens->[$_])] } 0 .. $COUNT - 1]
    };
    my @floor  = map {s{^/api/facebook}{/floor}r} @ids;
    my @forged = map {s/(.{20})\z/reverse $1/er} @ids;
    my $side   = sub ($what, $requests, %more) {
        +{what => $what, url => $t->url('/'), pids => [$t->nginx->workers], requests => $requests, refused => 1, %more};
    };
    return Bench::Table->new(
        title => 'Requests that are refused',
        sides => [
            $side->('nginx: return 401',              $with->($tokens,        @floor)),
            $side->('expired token: 401',             $with->($token{expired}, @ids), at_least => 0.90),
            $side->('forged token: 401',              $with->($token{forged},  @ids), at_least => 0.90),
            $side->('forged session id: 404',         $with->($tokens,         @forged), at_least => 0.90),
        ],
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
