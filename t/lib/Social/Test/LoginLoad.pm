# Thousands of logins against one gateway, while it is reloaded or restarted: what t/load/
# runs at length and t/social_load.t for a few seconds. Every login must come to a good end,
# and the workers must be no bigger afterwards than they were.
package Social::Test::LoginLoad;
use v5.36;

use Social::Sandbox::Defaults;
use Social::Test;
use Social::Test::LoadGenerator;
use Time::HiRes qw(sleep);

# Anonymous memory of a worker may grow by so much. The allocator settles with the highest
# load that a worker has seen, which is a matter of chance; a leak grows with the logins.
my ($GROWTH, $SLACK) = (0.05, 1024 * 1024);

# Idle connections to the provider that a worker keeps come and go.
my $DESCRIPTORS = 16;

# run([logins => 10_000], [at_once => 64], [workers => 2], [sandboxes => 2], [reloads => 0],
#     [restarts => 0], [store => '64m'])
sub run (%arg) {
    %arg = (
        logins    => 10_000,
        at_once   => 64,
        workers   => 2,
        sandboxes => 2,
        reloads   => 0,
        restarts  => 0,
        store     => '64m',
        %arg
    );
    my $t     = Social::Test->new(workers => $arg{workers}, log_level => 'warn');
    my @boxes = map { _another_sandbox($t, $_) } 2 .. $arg{sandboxes};
    $t->gateway(
        social => {social_store => "memory size=$arg{store}"},
        server => 'access_log off;',
        http   => join('', map { $_->{block} } @boxes),
    )->start;

    # A restart forgets the sessions, so that they can be read in the other cases only.
    my %load = (
        port      => $t->port,
        providers => ['facebook', map { $_->{name} } @boxes],
        at_once   => $arg{at_once},
        $arg{restarts} ? (retry => 1) : (token => $t->bearer),
    );
    my $warm   = int($arg{logins} / 10);
    my $first  = Social::Test::LoadGenerator->new(%load, logins => $warm)->run;
    my $before = _sizes($t);
    my @events = _schedule(%arg);
    my $count  = @events;
    my $second = Social::Test::LoadGenerator->new(%load, logins => $arg{logins} - $warm)
        ->run(sub ($done) { (shift @events)->{do}->($t) while @events && $done >= $events[0]{at} });
    _report(\%arg, $first, $second);

    subtest 'logins under load' => sub {
        is_deeply([Social::Test::LoadGenerator::complaints($first)],
            [], "$warm logins, $arg{at_once} at a time: none fails");
        is_deeply([Social::Test::LoadGenerator::complaints($second, cut => $arg{restarts})],
            [], $arg{logins} - $warm . ' more: none fails' . ($arg{restarts} ? ' but those that a quit cut off' : ''));
        is(scalar @events, 0, "$arg{reloads} reloads and $arg{restarts} restarts meanwhile") if $count;
    };
    subtest 'the gateway after the load' => sub {
        ok($t->wait_for(sub { !$t->nginx->leaving }, 15), 'no worker is left of the old ones');
        is(scalar $t->nginx->workers, $arg{workers}, 'every worker is there');
        my $id = $second->{ids}[-1];
        is($t->api(GET => "/api/session/$id", token => $t->bearer)->status, 200, 'the last session can be read')
            if !$arg{restarts};
    };
    _compare($t, $before) if !$count;
    $_->{sandbox}->stop for @boxes;
    done_testing();
    return;
}

# Anonymous memory and open descriptors of a process: {anonymous => bytes, resident => bytes, descriptors => N}
sub size_of ($pid) {
    open my $in, '<', "/proc/$pid/status" or die "no process $pid\n";
    my %kilobytes   = map {/^(\w+):\s+(\d+) kB/} readline $in;
    my @descriptors = glob "/proc/$pid/fd/*";
    return {
        anonymous   => 1024 * $kilobytes{RssAnon},
        resident    => 1024 * $kilobytes{VmRSS},
        descriptors => scalar @descriptors,
    };
}

# When all requests are done and their connections closed.
sub _sizes ($t) {
    sleep 0.5;
    return {map { $_ => size_of($_) } $t->nginx->workers};
}

sub _compare ($t, $before) {
    my $after = _sizes($t);
    is_deeply([sort keys %$after], [sort keys %$before], 'the workers are the same as before');
    for my $pid (sort { $a <=> $b } grep { $after->{$_} } keys %$before) {
        my ($old, $new) = ($before->{$pid}, $after->{$pid});
        diag(
            sprintf 'worker %d: anonymous memory %.2f -> %.2f MB, resident %.1f -> %.1f MB, descriptors %d -> %d',
            $pid,
            (map { $_ / 1e6 } @$old{qw(anonymous)}, @$new{qw(anonymous)}, $old->{resident}, $new->{resident}),
            $old->{descriptors},
            $new->{descriptors}
        );
        cmp_ok($new->{anonymous},   '<',  $old->{anonymous} * (1 + $GROWTH) + $SLACK, 'a worker does not grow');
        cmp_ok($new->{descriptors}, '<=', $old->{descriptors} + $DESCRIPTORS,         'nor does it keep descriptors');
    }
    return;
}

# What happens after so many logins: [{at => N, do => sub ($t) {…}}, …]
sub _schedule (%arg) {
    my @what = ((sub ($t) { $t->reload }) x $arg{reloads}, (sub ($t) { $t->quit(60); $t->start }) x $arg{restarts});
    my $part = $arg{logins} * 0.9 / (@what + 1);
    return map { {at => int($part * ($_ + 1)), do => $what[$_]} } 0 .. $#what;
}

# One sandbox process is slower than the gateway, so that there may be more of them.
sub _another_sandbox ($t, $number) {
    my $name    = "facebook$number";
    my $sandbox = Social::Test::Sandbox->new(dir => $t->dir, script => $t->root . '/t/sandbox/provider.pl')->start;
    $sandbox->configure('facebook', redirect_uris => [$t->public("/$name/callback")]);
    my $app   = Social::Sandbox::Defaults::app('facebook');
    my $file  = $t->secret_file('facebook.secret', "$app->{client_secret}\n");
    my $url   = $sandbox->url('facebook');
    my $block = <<~"CONF";
        social_provider $name {
            type facebook;
            client_id $app->{client_id};
            client_secret file:$file;
            authorize_url $url/v26.0/dialog/oauth;
            api_url $url;
        }
        CONF
    return {name => $name, sandbox => $sandbox, block => $block};
}

sub _report ($arg, @tallies) {
    for my $tally (@tallies) {
        my $logins = $tally->{good} + $tally->{cut};
        diag(
            sprintf '%d logins in %.1f s, %.0f a second, %d cut off; workers %d, sandboxes %d, at a time %d',
            $logins,       $tally->{seconds}, $logins / $tally->{seconds},
            $tally->{cut}, @$arg{qw(workers sandboxes at_once)}
        );
    }
    return;
}

1;
