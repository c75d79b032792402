# The demo with two instances behind a balancer: a login that goes through both, a session that
# both answer for, every line that is printed, and an end that leaves nothing running.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use File::Temp qw(tempdir);
use Social::Test::Browser;
use Social::Test::Log;
use Social::Test::Port;
use Social::Test::Process;
use Social::Test::Redis;
use Test::More;

my $run = "$FindBin::Bin/demo/run";
my $tmp = tempdir('social-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $tmp;
my $dir  = "$tmp/demo";
my %port = map { $_ => Social::Test::Port::free() } qw(balancer sandbox);
my $base = "http://127.0.0.1:$port{balancer}";

$ENV{DEMO_DIR}     = $dir;
$ENV{PORT}         = $port{balancer};
$ENV{SANDBOX_PORT} = $port{sandbox};
$ENV{DETACH}       = 1;
my $announcement = qx("$run" cluster 2>&1);
is $?, 0, 'the demo starts' or die $announcement;
END { qx("$run" stop) if $ENV{DEMO_DIR} }

my $log       = Social::Test::Log->new(dir => $dir);
my @instances = $announcement =~ /gateways (127\.0\.0\.1:\d+) and (127\.0\.0\.1:\d+)$/m;
my ($token)   = $announcement =~ /^ *TOKEN=(\S+)$/m;
my @browser   = (base => $base, watch => sub ($value) { $log->secret($value) });
$log->secret($token);

my @servers   = map { text_of($_) =~ /(\d+)/ } glob "$dir/*.demo-pid";
my @processes = map { ($_, Social::Test::Process::children_of($_)) } @servers;
is @servers,        5,             'as five servers: the provider, Redis, two instances and a balancer';
isnt $instances[0], $instances[1], 'the instances have addresses of their own';

sub text_of ($path) {
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return readline($in) // '';
}

# A login as a person would do it: (the session id, who has begun it, who has finished it).
sub log_in_at_cluster {
    my $browser = Social::Test::Browser->new(@browser);
    my $begun   = $browser->get("/facebook/auth?redirectUrl=$base/facebook/session");
    my $page    = $browser->follow($begun);
    my $agreed  = $browser->press($page, 'Continue');
    my $back    = $browser->follow($agreed);
    return ($back->session_id, map { $_->header('X-Instance') } $begun, $back);
}

sub read_session ($id, %headers) {
    return Social::Test::Browser->new(@browser)
        ->get("/api/facebook/session/$id", headers => {Authorization => "Bearer $token", %headers});
}

# What each of the printed commands says, in their order; the person has filled in the session id.
sub printed_lines ($id) {
    my @lines = map {s/^(SESSION_ID=)$/$1$id/r} $announcement =~ /^  (\S.*)$/mg;
    open my $script, '>', "$tmp/printed.sh" or die "printed.sh: $!\n";
    say {$script} $_ . (/^\w+=/ ? '' : "\necho '[end]'") for @lines;
    close $script or die "printed.sh: $!\n";
    return split /\[end\]\n/, qx(sh -eu "$tmp/printed.sh");
}

my ($id, @through) = log_in_at_cluster();
like $id, qr/^[A-Za-z0-9]{92}$/, 'a login ends in a session';
is_deeply [sort @through], [sort @instances], 'it was begun at one instance and finished at the other';

subtest 'both instances serve the session' => sub {
    my @answers = map { read_session($id) } 1 .. 6;
    my (%by, %bodies);
    for my $answer (@answers) {
        is $answer->status, 200, 'it is read';
        $by{$answer->header('X-Instance')}++;
        $bodies{$answer->body} = 1;
    }
    $log->secrets_of($answers[0]->json);
    is_deeply \%by, {map { $_ => 3 } @instances}, 'from both in turn';
    is keys %bodies, 1, 'with the same bytes';
};

subtest 'an address that a client claims for itself reaches no instance' => sub {
    read_session($id, 'X-Forwarded-For' => '203.0.113.7') for 1, 2;
    for my $name (qw(one two)) {
        my %client = map { (split)[0] => 1 } $log->lines("$name.access.log");
        is_deeply [keys %client], ['127.0.0.1'], "$name knows the true one";
    }
};

subtest 'every line that is printed works' => sub {
    my @said   = printed_lines($id);
    my @logins = splice @said, 0, 8;
    my ($read, $repeated, $deleted, $authenticated) = @said;
    like $_,    qr{^HTTP/1\.1 302 .*^Location: http://127\.0\.0\.1:$port{sandbox}/}ms, 'a login begins' for @logins;
    like $read, qr{^HTTP/1\.1 200 .*^X-Instance: 127\..*^\{"session":"}ms,             'the session is read';
    my ($body) = $read =~ /^(\{.*)/m;
    my %instances = map { $_ => 1 } my @by = $repeated =~ /^200 from (\S+)$/mg;
    is $repeated, join('', map {"$body\n200 from $_\n"} @by), 'repeated reads return the same bytes';
    is @by,       4,                                          'four times';
    is_deeply [sort keys %instances], [sort @instances], 'from both instances';
    like $deleted,       qr{^HTTP/1\.1 204 },           'it is deleted';
    like $authenticated, qr/eyJ[\w-]+\.[\w-]+\.[\w-]+/, 'there are tokens to be had';
    my $gone = sub {
        !grep { read_session($id)->status != 404 } @instances;
    };
    ok Social::Test::Redis::await(5, $gone), 'both instances answer 404 for the deleted session';
};

is system($run, 'stop') >> 8, 0, 'the demo ends';
delete $ENV{DEMO_DIR};
is_deeply [grep { length Social::Test::Process::command_of($_) } @processes], [],
    'stopping the demo leaves no process behind';
is_deeply [map {/\[(?:alert|emerg|crit)\].*/g} map { text_of($_) } glob "$dir/logs/*.log"], [], 'no log holds an alarm';
is_deeply [$log->leaks],                                                                    [], 'no log holds a secret';
done_testing;
