# Redis that takes no writes, as a replica in the place of a primary does: reads are answered in
# time, no provider is called for tokens that could not be stored, and the log stays short.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Social::Test::Port;
use Time::HiRes qw(sleep time);

my $TIMEOUT     = 0.3;
my $UNAVAILABLE = 'Sessions are unavailable, please try again';

my $t = Social::Test->new(redis => 1, workers => 2)->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
$t->gateway(
    providers => ['twitter_oauth2', 'twitter'],
    social    => {social_store => $t->redis->url . ' cache=off timeout=300ms'},
    server    => <<~'CONF',
        location = /status { social_status; }
        location /app/ {
            social_credential twitter app;
            proxy_set_header Authorization $social_authorization;
            proxy_pass %%SANDBOX%%/twitter/;
        }
        CONF
)->start;
my $expiry = Social::Test::TokenExpiry->new($t);

my %refuse = (
    'a replica' => [
        sub { $t->redis->command('REPLICAOF', '127.0.0.1', Social::Test::Port::free()) },
        sub { $t->redis->command('REPLICAOF', 'NO',        'ONE') },
    ],
    'too few replicas' => [
        sub { $t->redis->command('CONFIG', 'SET', 'min-replicas-to-write', 1) },
        sub { $t->redis->command('CONFIG', 'SET', 'min-replicas-to-write', 0) },
    ],
);

sub error_lines () {
    return scalar grep {/\[(?:warn|error|crit)\].* social: /} $t->log->lines;
}

sub suppressed () { return ($t->get('/status')->body =~ /^social_log_suppressed_total (\d+)$/m)[0] // -1 }

# The answers to so many reads at once, and how long the last one took.
sub read_many ($id, $count) {
    my $begin   = time;
    my @wires   = map { $expiry->begin_read($id) } 1 .. $count;
    my @answers = map { $_->read_response(timeout => 5) } @wires;
    return (time - $begin, grep {defined} @answers);
}

sub statuses (@answers) {
    return join ' ', sort keys %{{map { $_->status => 1 } @answers}};
}

for my $how (sort keys %refuse) {
    my ($break, $mend) = @{$refuse{$how}};
    subtest "a token that has ended, and Redis refuses writes: $how" => sub {
        sleep 11 if error_lines();    # the incident before is over
        my $id   = $expiry->login_for(2);
        my $due  = $expiry->login_for(8);
        my $good = $expiry->get($due)->json->{token};
        my ($lines, $counted) = (error_lines(), suppressed());
        $break->();
        sleep 2.1;
        my ($took, @answers) = read_many($id, 20);
        is(scalar @answers,    20,    'every read is answered');
        is(statuses(@answers), '503', 'reads of an expired token are 503');
        is_envelope($answers[0], 503, $UNAVAILABLE, 'a read of an expired token gets the envelope');
        ok($answers[0]->header('Retry-After'), 'a read of an expired token gets Retry-After');
        cmp_ok($took, '<', 2, 'twenty reads of an expired token end at once');

        sleep 4.2;
        ($took, @answers) = read_many($due, 20);
        is(statuses(@answers),         '200', 'a token that is due, and good, is given');
        is($answers[0]->json->{token}, $good, 'a token that is due is given unchanged');
        cmp_ok($took, '<', 2, 'twenty reads of a due token end at once');
        sleep 2;
        ($took, @answers) = read_many($due, 5);
        is(statuses(@answers),     '503', 'a due token is a 503 after its end');
        is($expiry->refreshes,     0,     'the provider was not called');
        is(error_lines() - $lines, 1,     'the log has one line');
        cmp_ok(suppressed() - $counted, '>=', 20, 'the metrics count the log lines that were suppressed');

        $mend->();
        $expiry->is_refreshed($expiry->get($id),  'the read session is refreshed when Redis is writable');
        $expiry->is_refreshed($expiry->get($due), 'the due session is refreshed when Redis is writable');
    };
}

subtest 'the token of an application' => sub {
    $refuse{'a replica'}[0]->();
    my $begin = time;
    my $wire  = $t->wire;
    $wire->put(join "\r\n", 'GET /app/1.1/search HTTP/1.1', 'Host: gateway', '', '');
    my $answer = $wire->read_response(timeout => 5);
    is($answer && $answer->status, 503, 'an app token cannot be fetched');
    cmp_ok(time - $begin, '<', 2, 'a refused app token is reported at once');
    $refuse{'a replica'}[1]->();
};

done_testing;
