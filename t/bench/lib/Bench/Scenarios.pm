# The requests whose instructions are counted, by name, and the gateway that answers them.
package Bench::Scenarios;
use v5.36;

use Bench::Gateways;
use FindBin;
use Social::Test;

my $COUNT = 64;

sub new ($class) {
    require "$FindBin::RealBin/$_.pm" for qw(Session Refusal Login Guard);
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
        server    => "access_log off;\n$floors" . Guard::locations($file),
    );
    return bless {test => $t, auth => $auth}, $class;
}

sub test ($self) { return $self->{test} }

# ([name => [[path, {header => value}], …]], …); the gateway serves by now.
sub all ($self) {
    my $t      = $self->{test};
    my @ids    = map { $t->login('facebook') } 1 .. $COUNT;
    my @tokens = map { $t->bearer(exp => time + 7200, jti => "token-$_") } 1 .. $COUNT;
    my @reads  = map {"/api/facebook/session/$_"} @ids;
    my %bad    = Refusal::refused($t, @reads);
    my $with   = sub (@paths) { Bench::Gateways::with_tokens(\@tokens, @paths) };
    return (
        ['return 200'          => $with->(map {"/floor/200/session/$_"} @ids)],
        ['session'             => $with->(@reads)],
        ['return 401'          => $with->(map {"/floor/401/session/$_"} @ids)],
        ['expired token'       => $bad{'expired token'}],
        ['forged token'        => $bad{'forged token'}],
        ['forged session id'   => $bad{'forged session id'}],
        ['file'                => $with->(('/bare') x $COUNT)],
        ['file, social_bearer' => $with->(('/guarded') x $COUNT)],
        ['return 302'          => [['/floor/auth' . ($self->{auth} =~ s/.*auth//r), {}]]],
        ['auth facebook'       => [[$self->{auth}, {}]]],
        ['auth twitter_oauth2' => [[$self->{auth} =~ s/facebook/twitter_oauth2/r, {}]]],
    );
}

1;
