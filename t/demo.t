# The demo in the foreground, which Ctrl-C ends, and the demo that offers the real Facebook to
# browsers that come through a tunnel.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use File::Temp qw(tempdir);
use HTTP::Tiny;
use Social::Test::Port;
use Social::Test::Process;
use Test::More;

my $run = "$FindBin::Bin/demo/run";
my $tmp = tempdir('social-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $tmp;
delete @ENV{qw(DETACH PUBLIC_URL FACEBOOK_ID FACEBOOK_SECRET)};
END { local $?; qx("$run" stop) if $ENV{DEMO_DIR} }
my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 5);

for my $signal (qw(INT TERM)) {
    subtest "a demo in the foreground, and SIG$signal" => sub {
        my ($port, $pid, $out) = start_in_foreground($signal);
        is $http->get("http://127.0.0.1:$port/")->{status}, 200, 'it is up';
        my @processes = descendants($pid);
        cmp_ok @processes, '>=', 4, 'nginx, its workers and the sandbox run';
        kill $signal => $pid;
        1 while readline $out;
        close $out;
        is $?, 0, 'it ends well';
        is_deeply [grep { kill 0 => $_ } @processes], [], 'stopping the demo leaves no process behind';
        is_deeply [glob "$ENV{DEMO_DIR}/*.demo-pid"], [], 'stopping the demo leaves no pid file';
    };
}

subtest 'the real Facebook, by way of a tunnel' => sub {
    my $port = Social::Test::Port::free();
    local @ENV{qw(DEMO_DIR PORT DETACH)}                   = ("$tmp/tunnel", $port, 1);
    local @ENV{qw(PUBLIC_URL FACEBOOK_ID FACEBOOK_SECRET)} = ('https://x.example', 1, 2);
    my $announcement = qx("$run" 2>&1);
    is $?, 0, 'the demo starts' or die $announcement;
    like $announcement, qr{open  https://x\.example/ }, 'says what browsers open';
    like $announcement, qr{must lead to 127\.0\.0\.1:$port,},
        'the announcement says which port the tunnel must lead to';
    like $announcement, qr{^  https://x\.example/facebook/callback$}m,
        'the announcement names the redirect URI for Facebook';

    my $answer   = $http->get("http://127.0.0.1:$port/facebook/auth?redirectUrl=https://x.example/facebook/session");
    my $location = $answer->{headers}{location} // '';
    is $answer->{status}, 302, 'a login begins';
    like $location, qr{^https://www\.facebook\.com/v[\d.]+/dialog/oauth\?}, 'at Facebook';
    like $location, qr/[?&]client_id=1&/,                                   'for the app';
    like $location, qr/[?&]redirect_uri=https%3A%2F%2Fx\.example%2Ffacebook%2Fcallback&/,
        'the redirect URI leads to the tunnel';
    is system($run, 'stop'),                            0,   'the demo ends';
    is $http->get("http://127.0.0.1:$port/")->{status}, 599, 'no server listens after the demo has ended';
};

done_testing;

# Returns when it has printed everything: (its port, its process, its output).
sub start_in_foreground ($name) {
    my $port = Social::Test::Port::free();
    local $ENV{PORT}         = $port;
    local $ENV{SANDBOX_PORT} = Social::Test::Port::free();
    $ENV{DEMO_DIR} = "$tmp/$name";
    my $pid = open my $out, '-|', $run or die "$run: $!\n";
    while (my $line = readline $out) { last if $line =~ /^Logs are in / }
    return ($port, $pid, $out);
}

sub descendants ($pid) {
    return map { ($_, descendants($_)) } Social::Test::Process::children_of($pid);
}
