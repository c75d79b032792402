# The control channel: JSON over HTTP below /_sandbox/, for tests. Anybody who reaches
# the sandbox may use it, which is why the sandbox belongs on a loopback address.
#
#   GET  ping, counters, seen, presented_again, secrets, settings
#   POST behave, forgive, configure, user, consent, clock, reset, restore,
#        signed_request, rotate
package Social::Sandbox::Control;
use v5.36;

use Scalar::Util qw(blessed weaken);
use Social::Sandbox::Reply;

my %action = (
    ping     => sub ($, $) { {} },
    counters => sub ($box, $) { $box->journal->counters },
    seen     => sub ($box, $) { $box->journal->seen },
    secrets  => sub ($box, $) { [$box->ledger->secrets] },

    # With the user whose grant each of them belongs to.
    presented_again => sub ($box, $) {
        my @again = @{$box->journal->presented_again} or return [];
        my %user  = map { Social::Sandbox::Journal::fingerprint($_->{value}) => $_->{user} } $box->ledger->entries;
        return [map { {%$_, user => $user{$_->{fingerprint}}} } @again];
    },
    settings => sub ($box, $) {
        return {map { $_ => $box->mount($_)->{settings} } keys %{$box->mounts}};
    },

    behave  => sub ($box, $data) { $box->behaviors->add($data);                  return },
    forgive => sub ($box, $data) { $box->behaviors->forgive($data->{endpoint});  return },
    consent => sub ($box, $data) { $box->consent->set_mode($data->{mode} // ''); return },
    reset   => sub ($box, $) { $box->journal->clear;                             return },
    clock   => sub ($box, $data) { return {offset => $box->advance($data->{advance} // 0)} },

    configure => sub ($box, $data) {
        my %settings = %$data;
        $box->mount(delete $settings{mount})->configure(%settings);
        return;
    },
    user => sub ($box, $data) {
        my %user = %$data;
        $box->mount(delete $user{mount})->set_user(delete $user{name}, %user);
        return;
    },
    restore => sub ($box, $) {
        $_->restore for values %{$box->mounts};
        $box->ledger->clear;
        $box->journal->clear;
        $box->behaviors->forgive;
        $box->consent->set_mode('auto');
        return;
    },

    # A new signing key at the OpenID provider.
    rotate => sub ($box, $data) { return $box->mount('oidc')->rotate(%$data) },

    # What Facebook would post to a deauthorize or data-deletion callback.
    signed_request => sub ($box, $data) { return $box->mount('facebook')->signed_request(%$data) },
);

sub new ($class, $sandbox) {
    my $self = bless {sandbox => $sandbox}, $class;
    weaken $self->{sandbox};
    return $self;
}

# perform('behave', {endpoint => …}): the data of the answer; dies with a sentence.
sub perform ($self, $name, $data = {}) {
    my $do = $action{$name} // die "there is no action $name\n";
    return $do->($self->{sandbox}, $data) // {ok => 1};
}

sub serve ($self, $request, $deliver) {
    my $answer = sub ($status, $data) { $deliver->(Social::Sandbox::Reply->json($status, $data), undef) };
    my ($name) = $request->path =~ m{^/(\w+)$};
    my $data   = length $request->body ? $request->json : {};
    return $answer->(400, {error => 'the body is no JSON object'}) if ref $data ne 'HASH';
    my $result = eval { $self->perform($name // '', $data) } // return $answer->(400, {error => $@ =~ s/\n\z//r});
    return $answer->(200, $result) if !blessed $result;
    return $result->then(sub ($late) { $answer->(200, $late) }, sub ($error) { $answer->(400, {error => "$error"}) });
}

1;
