# The name of a provider is looked up by nginx's own resolver: what that says, or does not say, ends
# logins in time, and nobody else waits.
use lib 't/lib';
use Social::Test;

use IO::Socket::INET;
use POSIX       ();
use Socket      qw(AF_INET6 inet_aton inet_pton);
use Time::HiRes qw(time);

my $SITE = 'https://mysite.example/welcome';
my $TRY  = 'facebook is not answering, please try again';
my $WHY  = q(the provider's name cannot be resolved: provider.example: );
my ($A, $AAAA) = (1, 28);

my $t      = Social::Test->new(tls => {hosts => ['provider.example']});
my $script = $t->file('dns', '');
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp') or die "no port: $!";

$t->gateway(
    provider => {
        facebook => {
            api_url => $t->sandbox->tls_url('facebook') =~ s/127\.0\.0\.1/provider.example/r,
            ca_file => $t->ca_file,
            timeout => '3s',
        }
    },
    http => 'resolver 127.0.0.1:' . $socket->sockport . ' valid=1s; resolver_timeout 500ms;',
)->tolerate(qr/could not be resolved|unexpected .*DNS|wrong .*DNS|DNS response/)->start;

my $pid = fork // die "fork: $!";
if (!$pid) { serve(); POSIX::_exit(0) }

# The server reads for each question what it has to answer.
sub say_dns ($text) { $t->file('dns', $text); return }

sub end_of_login (%headers) {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    select undef, undef, undef, 2.1;    # nginx keeps a name for a second, and the next of its clock
    my $began = time;
    return ($browser->get($callback, headers => \%headers), time - $began);
}

sub is_refused ($name, $dns, $why) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    subtest $name => sub {
        say_dns($dns);
        my ($answer, $seconds) = end_of_login(Accept => 'application/json');
        is_envelope($answer, 502, $TRY, devMessage => $why, 'the login ends');
        cmp_ok($seconds, '<', 3, 'the login ends before the time-out');
        is($t->sandbox->calls('facebook.access_token'),                                   0, 'the login sends no code');
        is($t->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->status, 302, 'the worker goes on');
    };
    return;
}

is_refused('a name that there is not',     'rcode 3',   "${WHY}Host not found");
is_refused('a server that fails',          'rcode 2',   "${WHY}Server failure");
is_refused('a server that refuses',        'rcode 5',   "${WHY}Operation refused");
is_refused('a server that says nothing',   'silence',   "${WHY}Operation timed out");
is_refused('an answer without an address', 'addresses', qr/^\Q$WHY\E/);
is_refused('garbage',                      'garbage',   "${WHY}Operation timed out");
is_refused('an address where nobody is', 'addresses 127.0.0.2',
    qr/^no connection to the provider: provider\.example: /);
is_refused(
    'an IPv6 address alone, and nobody there',
    'addresses ::1',
    qr/^no connection to the provider: provider\.example: /
);

for my $case (
    ['its address',           '127.0.0.1'],
    ['many addresses',        join ' ', ('127.0.0.1') x 40],
    ['one of IPv6 beside it', '::1 127.0.0.1']
    )
{
    my ($what, $addresses) = @$case;
    say_dns("addresses $addresses");
    my ($end) = end_of_login();
    like($end->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, "a login at $what ends well") or diag $end->body;
}

subtest 'nobody waits for the name but who needs it' => sub {
    my $id       = do { my ($end) = end_of_login(); $end->session_id };
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    say_dns('silence');
    select undef, undef, undef, 2.1;
    my $wire = $t->wire;
    $wire->put($browser->bytes_of(GET => $browser->target_of($callback)));
    my $began = time;
    is($t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status, 200, 'a session is read') for 1 .. 20;
    cmp_ok(time - $began, '<', 0.4, 'sessions are read before the lookup is over');
    is($wire->read_response->status, 502, 'a login whose lookup fails gets the page');
};

subtest 'a browser that leaves during the lookup' => sub {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my $wire     = $t->wire;
    $wire->put($browser->bytes_of(GET => $browser->target_of($callback)));
    select undef, undef, undef, 0.1;
    $wire->hang_up;
    select undef, undef, undef, 0.7;
    say_dns('addresses 127.0.0.1');
    my ($end) = end_of_login();
    like($end->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, 'harms nobody');
};

kill TERM => $pid;
waitpid $pid, 0;
done_testing;

sub serve () {
    alarm 120;    # whatever becomes of the test
    local $SIG{TERM} = sub { POSIX::_exit(0) };
    while (my $peer = $socket->recv(my $query, 4096)) {
        open my $in, '<', $script or next;
        my ($what, @words) = split ' ', readline($in) // '';
        next if !defined $what || $what eq 'silence';
        my $reply = $what eq 'garbage' ? "\xff" x 60 : reply_to($query, $what, @words);
        $socket->send($reply, 0, $peer);
    }
    return;
}

# RFC 1035 §4.1. Names of the answers point to that of the question.
sub reply_to ($query, $what, @words) {
    my ($id, $question) = (substr($query, 0, 2), substr $query, 12);
    my ($length) = $question =~ /^((?:[^\0])*\0.{4})/s ? length $1 : 0;
    $question = substr $question, 0, $length;
    my $type  = unpack 'n', substr $question, -4, 2;
    my $rcode = $what eq 'rcode' ? $words[0] : 0;
    my @bytes = map { /:/ ? ($type == $AAAA ? inet_pton(AF_INET6, $_) : ()) : ($type == $A ? inet_aton($_) : ()) }
        $what eq 'addresses' ? @words : ();
    my $answers = join '', map { pack 'n n n N n/a*', 0xc00c, $type, 1, 1, $_ } @bytes;
    return $id . pack('n n n n n', 0x8180 | $rcode, 1, scalar @bytes, 0, 0) . $question . $answers;
}
