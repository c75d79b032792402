# The requests whose instructions are counted, by name, and the gateway that answers them.
package Bench::Scenarios;
use v5.36;

use Bench::Gateways;
use FindBin;
use Social::Test;
use Social::Test::Token;

my $COUNT = 64;

sub new ($class) {
    require "$FindBin::RealBin/$_.pm" for qw(Session Refusal Login);
    my $t    = Social::Test->new(log_level => 'error');
    my $file = $t->file('small.json', Bench::Gateways::body());
    my $auth = "/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome";
    my %login;
    $t->gateway(providers => ['facebook', 'twitter_oauth2'])->start;
    @login{qw(Location Set-Cookie)} = map { $t->get($auth)->header($_) } qw(Location Set-Cookie);
    $t->quit;
    my $floors = Session::floor_of() =~ s{/floor/}{/floor/200/}r . Refusal::floor_of() =~ s{/floor/}{/floor/401/}r
        . Login::floor_of(@login{qw(Location Set-Cookie)});
    $t->gateway(
        providers => ['facebook', 'twitter_oauth2'],
        main      => 'pcre_jit on;',
        http      => 'keepalive_requests 100000000;',
        site      => {quota => 'limit=1000000000'},
        server    => "access_log off;\n$floors" . <<~"CONF",
            open_file_cache max=10 inactive=600s;
            open_file_cache_valid 600s;
            location = /bare    { alias $file; }
            location = /guarded { alias $file; social_bearer on; }
            CONF
    );
    return bless {test => $t, auth => $auth}, $class;
}

sub test ($self) { return $self->{test} }

# ([name => [[path, {header => value}], …]], …); the gateway serves by now.
sub all ($self) {
    my $t      = $self->{test};
    my @ids    = map { $t->login('facebook') } 1 .. $COUNT;
    my @tokens = map { $t->bearer(exp => time + 7200, jti => "token-$_") } 1 .. $COUNT;
    my @old    = map { $t->bearer(exp => time - 60,   jti => "expired-$_") } 1 .. $COUNT;
    my @forged = map { Social::Test::Token->mint(key => 'y' x 48, sid => '169', jti => "forged-$_") } 1 .. $COUNT;
    my $with   = sub ($tokens, @paths) {
        [map { [$paths[$_ % @paths], Bench::Gateways::bearer($tokens->[$_])] } 0 .. $COUNT - 1]
    };
    my @reads = map {"/api/facebook/session/$_"} @ids;
    return (
        ['return 200'          => $with->(\@tokens, map {"/floor/200/session/$_"} @ids)],
        ['session'             => $with->(\@tokens, @reads)],
        ['return 401'          => $with->(\@tokens, map {"/floor/401/session/$_"} @ids)],
        ['expired token'       => $with->(\@old,    @reads)],
        ['forged token'        => $with->(\@forged, @reads)],
        ['forged session id'   => $with->(\@tokens, map {s/(.{20})\z/reverse $1/er} @reads)],
        ['file'                => $with->(\@tokens, '/bare')],
        ['file, social_bearer' => $with->(\@tokens, '/guarded')],
        ['return 302'          => [['/floor/auth' . ($self->{auth} =~ s/.*auth//r), {}]]],
        ['auth facebook'       => [[$self->{auth}, {}]]],
        ['auth twitter_oauth2' => [[$self->{auth} =~ s/facebook/twitter_oauth2/r, {}]]],
    );
}

1;
