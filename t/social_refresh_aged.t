# Tokens of Instagram are renewed once they are a day old, and not before: nginx and the sandbox
# have clocks that move ahead.
use lib 't/lib';
use Social::Test;

use Social::Test::Clock;
use Time::HiRes qw(sleep);

my $lack = Social::Test::Clock->lack;
plan(skip_all => $lack) if defined $lack;

my $DAY   = 86_400;
my $clock = Social::Test::Clock->new;
my $t     = Social::Test->new(workers => 2, clock => $clock)->gateway(
    providers => ['instagram'],
    main      => $clock->main,
    social    => {social_session_ttl => '90d'},
)->start;
my $box = $t->sandbox;

sub forward ($seconds) {
    $box->advance($seconds);
    $clock->forward($seconds);
    sleep 0.1;
    return;
}

# A login whose token is good for a day and two minutes: it would be renewed earlier, were it not too
# young.
sub read_at_clock ($id) { return $t->read_session($id, exp => $clock->now + 600) }

sub log_in_at_instagram {
    $box->configure('instagram', long_ttl => $DAY + 120);
    $box->reset_calls;
    return $t->login('instagram');
}

subtest 'a token of Instagram is left alone for a day' => sub {
    my $id     = log_in_at_instagram();
    my $before = read_at_clock($id);
    is($before->status, 200, 'the session is there');
    forward($DAY - 60);
    my $later = read_at_clock($id);
    is($later->body, $before->body, 'a minute before the day is over it is as it was');
    sleep 1.5;
    is($box->calls('instagram.refresh'), 0, 'Instagram is not asked for a young token');
    $box->configure('instagram', long_ttl => 5_183_944);
    forward(61);
    my $renewed = read_at_clock($id);
    is($renewed->status, 200, 'a second after the day it is there');
    isnt($renewed->json->{token}, $before->json->{token}, 'a day later the session has another token');
    my $left = $renewed->json->{expires_at} - $clock->now;
    ok($left > 5_183_900 && $left <= 5_183_944, 'the refreshed token lives two months');
    is($box->calls('instagram.refresh'),                          1,   'Instagram was asked once');
    is((map { $_->{status} } $box->seen('instagram.refresh'))[0], 200, 'Instagram takes the token for old enough');
};

subtest 'nobody has to read the session for that' => sub {
    my $id = log_in_at_instagram();
    $box->configure('instagram', long_ttl => 5_183_944);
    forward($DAY + 1);
    ok($t->wait_for(sub { $box->calls('instagram.refresh') == 1 }, 10), 'Instagram is asked');
    ok($t->wait_for(sub { read_at_clock($id)->json->{expires_at} > $clock->now + 5_183_000 }),
        'the session has the refreshed token');
};

subtest 'a token that nobody could renew in time is over' => sub {
    my $id     = log_in_at_instagram();
    my $before = read_at_clock($id);
    $box->behave('instagram.refresh', status => 503, body => 'down');
    forward($DAY + 121);
    is(read_at_clock($id)->body, $before->body, 'the session stays as it is until its end');
    $box->forgive;
    $box->reset_calls;
    sleep 1.5;
    is($box->calls('instagram.refresh'), 0, 'Instagram is not asked for a token that expired');
};

done_testing;
