# The requests whose instructions are counted, by name, and the gateways that answer them: one that
# stores in memory, and one in Redis, without a cache.
package Bench::Scenarios;
use v5.36;

use Bench::Gateways;
use FindBin;
use Social::Test;

my $COUNT = 64;
my %SITE  = (quota => 'limit=1000000000');

# One object for each gateway.
sub groups ($class) { return ($class->_in_memory, $class->_in_redis) }

sub _in_memory ($class) {
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
        site      => \%SITE,
        server    => "access_log off;\n$floors" . Guard::locations($file),
    );
    return bless {test => $t, auth => $auth, names => \&_of_memory}, $class;
}

sub _in_redis ($class) {
    my $t = Social::Test->new(redis => 1, log_level => 'error');
    $t->gateway(
        main   => 'pcre_jit on;',
        http   => 'keepalive_requests 100000000;',
        site   => \%SITE,
        social => {social_store => $t->redis->url . ' cache=off'},
        server => "access_log off;\n",
    );
    return bless {test => $t, names => \&_of_redis}, $class;
}

sub test ($self) { return $self->{test} }

# ([name => [[path, {header => value}], …]], …); the gateway serves by now.
sub all ($self) {
    my $t      = $self->{test};
    my @ids    = map { $t->login('facebook') } 1 .. $COUNT;
    my @tokens = map { $t->bearer(exp => time + 7200, jti => "token-$_") } 1 .. $COUNT;
    return $self->{names}->($self, \@ids, sub (@paths) { Bench::Gateways::with_tokens(\@tokens, @paths) });
}

sub _reads ($ids) {
    return map {"/api/facebook/session/$_"} @$ids;
}

sub _of_redis ($self, $ids, $with) {
    return (['session, Redis' => $with->(_reads($ids))]);
}

sub _of_memory ($self, $ids, $with) {
    my @ids   = @$ids;
    my @reads = _reads($ids);
    my %bad   = Refusal::refused($self->{test}, @reads);
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
