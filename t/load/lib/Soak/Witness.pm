# Asks Redis and the sandbox all the time, as the gateway does, and writes down when they are
# late although nobody disturbs them: a busy machine is no fault of the gateway.
package Soak::Witness;
use v5.36;

use Soak::History;
use Social::Test::Redis;
use Time::HiRes qw(sleep time);

# A part of the gateway's time-outs, in seconds, and how long it rests between questions.
my ($REDIS, $PROVIDER, $REST) = (0.3, 0.8, 0.2);

# new(test => Social::Test, dir => DIR, mode => Soak::Mode)
sub new ($class, %arg) { return bless {%arg}, $class }

# Until the mode is "stop".
sub run ($self) {
    my $history = Soak::History->create("$self->{dir}/history.witness", 'witness');
    my $test    = $self->{test};
    my $redis   = $test->redis && Social::Test::Redis->new(dir => $self->{dir}, port => $test->redis->port);
    until ($self->{mode}->name eq 'stop') {
        _watch($history, 'redis is late or down',    $REDIS,    sub { $redis->command('PING') }) if $redis;
        _watch($history, 'provider is late or down', $PROVIDER, sub { $test->sandbox->control('ping') });
        sleep $REST;
    }
    return $history->close;
}

sub _watch ($history, $kind, $patience, $ask) {
    my $from = time;
    my $came = eval { $ask->(); 1 };
    return if $came && time - $from < $patience;
    return $history->write(from => $from, until => time, action => 'disturbance', answer => 'seen', kind => $kind);
}

1;
