# What happens to the processes of nginx in a soak.
package Soak::Disturbances::Processes;
use v5.36;

use Carp        qw(croak);
use Time::HiRes qw(sleep time);

# A configuration that nginx refuses, by the name of the mistake: the options of
# Social::Test::gateway that make it of a good one, and the message.
my %MISTAKE = (
    'an unknown directive' => {
        change  => sub ($run, $options) { $options->{server} .= 'socal_bearer on;' },
        message => qr/unknown directive "socal_bearer"/,
    },
    'a keyring that is not there' => {
        change  => sub ($run, $options) { $options->{social}{social_keyring} = '/nonexistent/keyring' },
        message => qr{/nonexistent/keyring},
    },
    'no key that signs' => {
        change  => sub ($run, $options) { $options->{social}{social_token_key} = undef },
        message => qr/social_authenticate.*needs.*key|social_token_key/,
    },
    'an address that is taken' => {
        change => sub ($run, $options) {
            my $port = $run->test->sandbox->port;
            $options->{http} .= "server { listen 127.0.0.1:$port; }";
        },
        message => qr/still could not bind\(\)/,
    },
    'an address that is taken, and another store' => {
        change => sub ($run, $options) {
            my $port = $run->test->sandbox->port;
            $options->{http} .= "server { listen 127.0.0.1:$port; }";
            $options->{social}{social_store} =
                $run->store eq 'redis' ? 'memory size=32m' : 'redis://127.0.0.1:1/0 cache=32m';
        },
        message => qr/still could not bind\(\)/,
    },
);

# Messages of refused configurations, which the log may have.
sub expected_messages () {
    return (qr/bind\(\) to \S+ failed/, map { $_->{message} } values %MISTAKE);
}

sub reload ($run) {
    my $variant = $run->next_variant;
    $run->configure;
    croak 'a good configuration was refused' if !$run->test->reload;
    return (detail => "variant $variant");
}

sub refused_reload ($run) {
    my $name = _mistake($run);
    my $mark = $run->log_size;
    my $old  = join ' ', $run->test->nginx->workers;
    croak "a reload with $name was accepted" if $run->test->reload;
    _wait_for_message($run, $mark, $name);
    $run->configure;
    croak 'a refused reload replaced the workers' if $old ne join ' ', $run->test->nginx->workers;
    return (detail => $name);
}

sub kill_worker ($run) {
    my @workers = $run->test->nginx->workers;
    $run->test->nginx->kill_worker($workers[rand @workers]);
    return;
}

sub upgrade ($run) {
    my $nginx = $run->test->nginx;
    $nginx->begin_upgrade or croak 'the new binary refuses the configuration';
    sleep rand 0.5;
    $nginx->wind_down   or croak 'the old workers go on';
    $nginx->end_upgrade or croak 'the old master has to be killed';
    return;
}

sub refused_upgrade ($run) {
    my $name = _mistake($run, grep { !/taken/ } keys %MISTAKE);
    my $mark = $run->log_size;
    croak "a new binary accepted $name" if $run->test->nginx->begin_upgrade;
    _wait_for_message($run, $mark, $name);
    $run->configure;
    return (detail => $name);
}

# nginx tries to bind for some seconds, and takes no other signal meanwhile.
sub _wait_for_message ($run, $mark, $name) {
    my $message = $MISTAKE{$name}{message};
    $run->test->wait_for(sub { $run->log_since($mark) =~ /\[emerg\].*$message/ }, 10)
        or croak "no message about $name";
    return;
}

# Writes a configuration with one of the mistakes: its name.
sub _mistake ($run, @names) {
    @names = sort @names ? @names : keys %MISTAKE;
    my $name = $names[rand @names];
    $run->configure(sub ($options) { $MISTAKE{$name}{change}->($run, $options) });
    return $name;
}

1;
