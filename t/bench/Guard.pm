# A static file behind social_bearer, against the bare file.
package Guard;
use v5.36;

use Bench::Gateways;
use Bench::Table;

sub tables ($gateways, %option) {
    my $file = $gateways->test->file('small.json', $gateways->body);
    my $t    = $gateways->gateway('guard', store => 'memory size=8m', server => locations($file));
    my $side = sub ($what, $path, %more) {
        Bench::Gateways::side($what, $t, Bench::Gateways::with_tokens($gateways->tokens, ($path) x 64), %more);
    };
    return Bench::Table->new(
        title => 'A file of ' . (-s $file) . ' bytes',
        sides => [
            $side->('nginx: the bare file', '/bare'),
            $side->('the same behind social_bearer with a quota', '/guarded', name => 'social_bearer, file'),
        ],
    );
}

# /bare and /guarded.
sub locations ($file) {
    return <<~"CONF";
        open_file_cache max=10 inactive=600s;
        open_file_cache_valid 600s;
        location = /bare    { alias $file; }
        location = /guarded { alias $file; social_bearer on; }
        CONF
}

1;
