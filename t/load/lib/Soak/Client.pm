# One client of a soak: a process that draws actions from a seeded generator, performs them one
# after another, and writes down what it was answered.
#
# The file `mode` in the directory of the soak tells all clients what to do: "run"; "calm", with
# few logins; "pause", which each of them confirms by the file `idle.N`; "stop".
package Soak::Client;
use v5.36;

use Carp       qw(croak);
use List::Util qw(sum0);
use Soak::Actions::Credentials;
use Soak::Actions::Logins;
use Soak::Actions::Sessions;
use Soak::Actions::Tokens;
use Soak::Answer;
use Soak::History;
use Soak::Registry;
use Social::Test::RawConnection;
use Time::HiRes qw(sleep time);

# With fewer sessions hardly any is removed, with more of them more are removed than begun.
my ($FEW, $MANY) = (40, 120);

# Seconds that a client waits for an answer.
my $PATIENCE = 15;

# [weight, weight in the mode "calm", the sub that performs the action]
my @ACTIONS = (
    [14, 3,  \&Soak::Actions::Logins::finish],
    [3,  1,  \&Soak::Actions::Logins::refuse],
    [3,  1,  \&Soak::Actions::Logins::abandon],
    [3,  1,  \&Soak::Actions::Logins::replay],
    [2,  1,  \&Soak::Actions::Logins::finish_at_once],
    [2,  1,  \&Soak::Actions::Logins::stranger],
    [1,  1,  \&Soak::Actions::Logins::wrong_site],
    [1,  0,  \&Soak::Actions::Logins::leave],
    [42, 42, \&Soak::Actions::Sessions::read],
    [2,  2,  \&Soak::Actions::Sessions::leave],
    [5,  5,  \&Soak::Actions::Sessions::refused],
    [4,  4,  \&Soak::Actions::Sessions::not_found],
    [1,  0,  \&Soak::Actions::Sessions::forget],
    [1,  0,  \&Soak::Actions::Sessions::delete_at_once],
    [5,  5,  \&Soak::Actions::Tokens::authenticate],
    [6,  6,  \&Soak::Actions::Tokens::guess],
    [14, 14, \&Soak::Actions::Tokens::use],
    [4,  4,  \&Soak::Actions::Credentials::session],
    [1,  1,  \&Soak::Actions::Credentials::application],
    [2,  2,  \&Soak::Actions::Tokens::file],
    [1,  1,  \&Soak::Actions::Tokens::status],
);

# new(test => Social::Test, dir => DIR, mode => Soak::Mode, number => N, seed => N, plan => Soak::Plan)
sub new ($class, %arg) {
    my $self = bless {%arg, serial => 0, tokens => {}, secrets => {}}, $class;
    $self->{history}  = Soak::History->create("$self->{dir}/history.$self->{number}", $self->{number});
    $self->{registry} = Soak::Registry->open("$self->{dir}/sessions");
    open $self->{secret_file}, '>>', "$self->{dir}/secrets.$self->{number}" or croak "no file of secrets: $!";
    return $self;
}

# Until the mode is "stop".
sub run ($self) {
    srand $self->{seed};
    while ((my $mode = $self->{mode}->name) ne 'stop') {
        $self->{mode}->confirm_pause($self->{number}, $mode eq 'pause');
        if ($mode eq 'pause') { sleep 0.02; next }
        my $action = $self->_draw($mode);
        my $from   = time;
        next if eval { $action->($self); 1 };
        $self->note('client', $from, answer => 'died: ' . $@ =~ s/\s+/ /gr);
    }
    close $self->{secret_file};
    return $self->{history}->close;
}

sub test     ($self) { return $self->{test} }
sub plan     ($self) { return $self->{plan} }
sub registry ($self) { return $self->{registry} }

# The next number of this client: of a login, of its session, and of its user.
sub next_number ($self)          { return ++$self->{serial} }
sub name        ($self, $number) { return "$self->{number}.$number" }
sub user        ($self, $number) { return $self->{number} * 100_000 + $number }

# ask(METHOD => url, [browser => …], options of Social::Test::Browser::request):
# (response or undef, options for note)
sub ask ($self, $method, $url, %arg) {
    my $browser  = delete $arg{browser} // $self->browser;
    my $from     = time;
    my $response = eval { $browser->request($method, $url, %arg, may_fail => 1) };
    return ($response, from => $from, until => time, answer => $@ =~ /^cannot connect/ ? 'no connection' : 'broken')
        if !$response && $@;
    my $until = time;
    my $name  = Soak::Answer::name_of($response, method => $method, silent => $until - $from >= $PATIENCE);
    return ($response, from => $from, until => $until, answer => $name);
}

sub browser ($self) {
    return $self->{test}->browser(watch => sub ($value) { $self->secret($value) });
}

# note(action, options of ask or the time of its begin, name => value …)
sub note ($self, $action, @fields) {
    unshift @fields, 'from' if @fields % 2;
    $self->{history}->write(action => $action, until => time, @fields);
    return;
}

# Nothing that is written down here may reach a log.
sub secret ($self, @values) {
    for my $value (grep { length && !$self->{secrets}{$_}++ } @values) {
        print {$self->{secret_file}} "$value\n";
    }
    %{$self->{secrets}} = () if keys %{$self->{secrets}} > 5_000;
    return;
}

# A bearer token of the site, which is used for a while.
sub bearer ($self, $site, %claim) {
    my $name = join ' ', $site, map {"$_=$claim{$_}"} sort keys %claim;
    my $kept = $self->{tokens}{$name};
    return $kept->{token} if $kept && $kept->{uses}-- > 0;
    my $token = $self->{test}->bearer(site => $site, %claim);
    $self->secret($token);
    %{$self->{tokens}} = () if keys %{$self->{tokens}} > 500;
    $self->{tokens}{$name} = {token => $token, uses => 50};
    return $token;
}

# Sends a request and leaves within some milliseconds, whether it is answered or not.
sub leave ($self, $bytes) {
    my $from = time;
    my $wire = eval { Social::Test::RawConnection->new(port => $self->{test}->port) }
        // return (from => $from, answer => 'no connection');
    $wire->put($bytes);
    sleep rand 0.03;
    $wire->hang_up;
    return (from => $from, until => time, answer => 'left');
}

sub _draw ($self, $mode) {
    my $live   = $self->{registry}->live;
    my $delete = $live > $MANY   ? 40 : $live > $FEW ? 8 : 1;
    my $column = $mode eq 'calm' ? 1  : 0;
    my @rows   = ([$delete, \&Soak::Actions::Sessions::delete], map { [@$_[$column, 2]] } @ACTIONS);
    my $drawn  = rand sum0(map { $_->[0] } @rows);
    for my $row (@rows) {
        return $row->[1] if ($drawn -= $row->[0]) < 0;
    }
    return $rows[0][1];
}

1;
