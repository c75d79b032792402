# A static file behind social_bearer, against the bare file.
package Guard;
use v5.36;

use Bench::Table;

sub tables ($gateways, %option) {
    my $file = $gateways->test->file('small.json', $gateways->body);
    my $t    = $gateways->gateway('guard', store => 'memory size=8m', server => <<~"CONF");
        open_file_cache max=10 inactive=600s;
        open_file_cache_valid 600s;
        location = /bare    { alias $file; }
        location = /guarded { alias $file; social_bearer on; }
        CONF
    chmod 0644, $file;
    my $side = sub ($what, $path, %more) {
        my @requests = map { [$path, Bench::Gateways::bearer($_)] } @{$gateways->tokens}[0 .. 63];
        +{what => $what, url => $t->url('/'), pids => [$t->nginx->workers], requests => \@requests, %more};
    };
    return Bench::Table->new(
        title => 'A file of ' . (-s $file) . ' bytes',
        sides => [
            $side->('nginx: the bare file', '/bare'),
            $side->('the same behind social_bearer with a quota', '/guarded', name => 'social_bearer, file'),
        ],
    );
}

1;
