# The answers that README documents for each action of a soak, and when.
package Soak::Documented;
use v5.36;

use Soak::Backoff;
use Soak::History;

# Seconds after a disturbance in which its consequences are documented.
#   store     a connection to Redis comes back with backoff, below a second, and may wait for `timeout`;
#             new tokens are stored again after at most a second
#   issuer    the documents of an OpenID provider are asked for again 10 seconds after a fetch failed
my %GRACE = (store => 3, issuer => 10 + $Soak::Backoff::ATTEMPT);

# Seconds by which the retry of a refresh may be late: nobody reads the session, or no lease can be had.
my $LATE_REFRESH = 30;

my $STORE    = qr/^redis /;
my $PROVIDER = qr/^provider /;

# Conditions: when an answer may come.
my %CONDITION = (
    always   => sub ($history, $record, $setup) {1},
    killed   => sub ($history, $record, $setup) { $history->is_disturbed($record, qr/^worker killed$/) },
    store    => sub ($history, $record, $setup) { $history->is_disturbed($record, $STORE, $GRACE{store}) },
    provider => sub ($history, $record, $setup) { _is_provider_disturbed($history, $record) },

    # A token that has expired while the provider failed, or while the refresh backs off.
    refresh => sub ($history, $record, $setup) { _is_refresh_delayed($history, $record) },

    # The provider gave no token to the application. The fetch backs off, and then every request gets
    # the 502 until the retry.
    app_token => sub ($history, $record, $setup) { _is_app_token_delayed($history, $record) },

    # The provider fails, or rejects a code that it gets twice: an upgrade has forgotten that the login
    # was used, or the two binaries, which share no memory, finish it at once.
    exchange => sub ($history, $record, $setup) {
        return 1 if _is_provider_disturbed($history, $record);
        return 0 if $setup->{store} ne 'memory';
        return 1 if $record->{at_once} && $history->is_disturbed($record, qr/^binary upgraded$/);
        return 0 if !$record->{replay};
        return scalar grep { $_->{from} < $record->{until} } $history->disturbances(qr/^binary upgraded$/);
    },

    # A DELETE that goes on meanwhile has revoked the token, or it ends while its refresh fails.
    rejected => sub ($history, $record, $setup) {
        return 1
            if grep { $_->{from} < $record->{until} && $_->{until} > $record->{from} }
            $history->removals($record->{session});
        return _is_refresh_delayed($history, $record);
    },

    # Another invariant knows whether it may come: sessions, logins, quotas, guesses.
    judged => sub ($history, $record, $setup) {1},
);

my @READ   = ('503 Sessions are unavailable, please try again' => 'store');
my @FINISH = ('503 unavailable page'                           => 'store');

# action => {answer => condition}
my %ANSWERS = (
    begin      => {'302 redirected'   => 'always', '502 page'         => 'provider'},
    finish     => {'302 connected'    => 'always', '400 expired page' => 'judged',   '502 page' => 'exchange', @FINISH},
    refuse     => {'403 refused page' => 'always', '502 page'         => 'provider', @FINISH},
    stranger   => {'400 expired page'    => 'always'},
    wrong_site => {'400 wrong site page' => 'always'},

    read => {
        '200 session'           => 'judged',
        '200 stale session'     => 'store',
        '404 Session not found' => 'judged',
        '502'                   => 'refresh',
        @READ
    },
    credential => {
        '200 upstream'          => 'judged',
        '404 Session not found' => 'judged',
        '502'                   => 'refresh',
        'upstream 401'          => 'rejected',
        'upstream 200 garbled'  => 'provider',
        (map { ("upstream $_" => 'provider') } 500, 502, 503, 504),
        @READ
    },
    application => {
        '200 upstream'         => 'always',
        '502'                  => 'app_token',
        'upstream 200 garbled' => 'provider',
        (map { ("upstream $_" => 'provider') } 500, 502, 503, 504),
        @READ
    },
    delete    => {'204'                   => 'always', '404 Session not found' => 'judged', @READ},
    forget    => {'200'                   => 'always', @READ},
    foreign   => {'404 Session not found' => 'always', @READ},
    tampered  => {'404 Session not found' => 'always', @READ},
    anonymous => {'401 Token required'    => 'always'},
    expired   => {'401 Expired token'     => 'always'},
    forged    => {'401 Invalid token'     => 'always'},

    authenticate => {'200 token' => 'always', @READ},
    guess => {'401 login refused' => 'judged', '429 Too many attempts, please try again later' => 'always', @READ},
    use   => {'200 application'   => 'judged', '401 quota' => 'judged', '429 quota' => 'judged', @READ},

    file   => {'200 file'   => 'always'},
    status => {'200 status' => 'always'},
);

# complaints($history, store => 'memory' | 'redis'): answers that may not have come.
sub complaints ($history, %setup) {
    my @complaints;
    for my $record ($history->records) {
        next if $record->{action} eq 'disturbance' || $record->{action} eq 'presented';
        my $condition = condition_of($record);
        next if defined $condition && $CONDITION{$condition}->($history, $record, \%setup);
        push @complaints,
            (defined $condition ? "not documented without the condition '$condition': " : 'not documented: ')
            . Soak::History->describe($record);
    }
    return @complaints;
}

sub _is_provider_disturbed ($history, $record) {
    return $history->is_disturbed($record, $PROVIDER, ($record->{provider} // '') eq 'oidc' ? $GRACE{issuer} : 0);
}

sub _is_refresh_delayed ($history, $record) {
    return 0 if !$record->{refreshes};
    $history->{refresh_pauses} //= [Soak::Backoff::pauses($LATE_REFRESH, $history->disturbances($PROVIDER))];
    return Soak::Backoff::is_pending($record, @{$history->{refresh_pauses}});
}

# All requests share one token, and a request alone fetches it: a retry may be late by any time. A
# request that was served ends the failures, except that of an old binary beside a new one.
sub _is_app_token_delayed ($history, $record) {
    my ($served) =
        grep { $_->{answer} eq '200 upstream' && !$history->is_disturbed($_, qr/^binary upgraded$/) }
        reverse grep { $_->{until} < $record->{from} } $history->records('application');
    my $since   = $served ? $served->{from} - $Soak::Backoff::ATTEMPT : 0;
    my @outages = grep { $_->{until} >= $since } $history->disturbances($PROVIDER);
    return Soak::Backoff::is_pending($record, Soak::Backoff::pauses('inf', @outages));
}

# The name of the condition of an answer, undef where it is documented nowhere.
sub condition_of ($record) {
    my $answers = $ANSWERS{$record->{action}} // return;
    return 'killed' if $record->{answer} eq 'none';

    # The client left before an answer came.
    return 'always' if $record->{answer} eq 'left';
    return $answers->{$record->{answer}};
}

1;
