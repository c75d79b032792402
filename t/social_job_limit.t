# Refreshes go on when their readers leave, and so need a bound of their own: a worker runs as many as
# it has connections. A reader whose refresh is beyond that is answered at once.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Time::HiRes qw(sleep);

my $LIMIT = 40;
my $MORE  = 6;
my $BATCH = 10;    # reads at a time: each takes a connection

my $t = Social::Test->new(connections => $LIMIT)->gateway(
    providers => ['twitter_oauth2'],
    provider  => {twitter_oauth2 => {timeout => '60s'}},
)->start;
my $box    = $t->sandbox;
my $expiry = Social::Test::TokenExpiry->new($t);

my $good = $t->login('twitter_oauth2');
$box->behave('twitter.refresh', delay => 20_000);
$box->configure('twitter', access_ttl => 3);
my @ids = map { $t->login('twitter_oauth2') } 1 .. $LIMIT + $MORE;
$box->configure('twitter', access_ttl => 7_200);
sleep 3.05;

# Readers who leave; the answers that came before.
my @refused;
for my $batch (0 .. $#ids / $BATCH) {
    my @mine  = grep {defined} @ids[$batch * $BATCH .. ($batch + 1) * $BATCH - 1];
    my %wires = map  { $_ => $expiry->begin_read($_) } @mine;
    sleep 0.5;
    push @refused, map { [$_, $wires{$_}->read_response] } grep { !$wires{$_}->silent(0) } @mine;
    $_->hang_up for values %wires;
}
is($box->calls('twitter.refresh'), $LIMIT, "$LIMIT refreshes are running");
is(@refused,                       $MORE,  "$MORE readers exceed the limit of jobs");
is_envelope($_->[1], 503, 'Sessions are unavailable, please try again', 'the reader of another is refused')
    for @refused;
is($refused[0][1]->header('Retry-After'),                             5,   'a refused reader gets Retry-After');
is($t->api(GET => "/api/session/$good", token => $t->bearer)->status, 200, 'a session that needs no refresh is read');
my @lines = $t->log->text =~ /too many jobs are running/g;
is(@lines, 1, 'the log has one line of it');

$box->forgive('twitter.refresh');
my $last;
$t->wait_for(
    sub {
        $last = $t->api(GET => "/api/session/$refused[0][0]", token => $t->bearer);
        return $last->status == 200 || !sleep 0.5;
    },
    40
);
$expiry->is_refreshed($last, 'a waiting session is refreshed when others have ended');

done_testing;
