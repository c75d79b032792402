# A session read with an HS256 token and a quota, against nginx's own `return 200` of the same
# size, and against what people run today for the same.
package Session;
use v5.36;

use Bench::Gateways;
use Bench::Peers;
use Bench::Table;
use List::Util qw(uniq);

# So many sessions and tokens in turn.
my $SESSIONS = 64;

# A location that nginx finds without a regular expression, as those of endpoints.conf have.
my $LITERAL = "location ^~ /literal/facebook/session/ { social_session facebook; }\n";

my $GET = 'redis-benchmark: GET of such a record';

sub tables ($gateways, %option) {
    my $ids    = $gateways->fill_redis($SESSIONS);
    my @stored = Bench::Gateways::ids_of($ids, $SESSIONS);

    my %of = (
        memory   => $gateways->gateway('memory',   store => 'memory size=64m', server => floor_of() . $LITERAL),
        cached   => $gateways->gateway('cached',   store => 'redis cache=64m cache_ttl=600'),
        uncached => $gateways->gateway('uncached', store => 'redis cache=off'),
    );
    my %requests = (
        memory   => $gateways->reads($gateways->log_in($of{memory}, $SESSIONS)),
        cached   => $gateways->reads(@stored),
        uncached => $gateways->reads(@stored),
    );
    my ($size, @other) = uniq(map { length answer($of{$_}, $requests{$_}) } sort keys %of);
    die "The sessions are not of one size: $size @other\n" if @other;
    my $floor = Bench::Gateways::at_floor($requests{memory});
    my $bodies = [map { [$stored[$_] => answer($of{cached}, [$requests{cached}[$_]])] } 0 .. $#stored];
    my @extra  = (['Cache-Control' => 'no-store'], ['X-Content-Type-Options' => 'nosniff']);
    my $reads  = sub ($peer) {
        Bench::Gateways::with_tokens($gateways->tokens, map { $peer->path_of($_) } @stored);
    };
    my @peers = map { $gateways->peer_side($_, $reads, sessions => $bodies, extra_headers => \@extra) }
        grep { $_ ne 'Bench::Peer::LuaAuth' && !$_->lacks } Bench::Peers::all();
    my $side = \&Bench::Gateways::side;
    return Bench::Table->new(
        exact => 1,
        title => sprintf('A session of %d bytes, HS256 token, quota', $size),
        sides => [
            $side->('nginx: return 200',          $of{memory},   $floor, name => 'nginx return 200'),
            $side->('session, memory store',      $of{memory},   $requests{memory}, at_least => 0.80, name => 'memory'),
            $side->('the same, no regular expression', $of{memory}, literal($requests{memory})),
            $side->('session, cached Redis',      $of{cached},   $requests{cached}, at_least => 0.80, name => 'cached Redis'),
            $side->('session, Redis, no cache',   $of{uncached}, $requests{uncached}, at_least => 0.55, name => 'Redis'),
            {what => $GET, run => sub (@how) { get_runs($gateways->redis, @how) }},
            @peers,
        ],
        notes => [\&note],
    );
}

# Redis alone, asked for one such record over and over by its own benchmark in nginx's place.
sub get_runs ($redis, $seconds, $connections) {
    my ($key)    = grep {/^social:s:/} $redis->keys('social:s:*');
    my ($server) = map { $_->pid } $redis->processes;
    my $count    = 80_000 * $seconds;
    my @before   = Bench::Wrk::processor_time($server);
    my @said     = map {/"([^"]*)"/g} qx(taskset -c $Bench::Wrk::SERVER_CPU redis-benchmark -p @{[$redis->port]} -c $connections -n $count --csv GET $key | tail -1);
    my @after    = Bench::Wrk::processor_time($server);
    my (undef, $rate, undef, undef, $p50, undef, $p99) = @said or die "redis-benchmark says nothing\n";
    my ($user, $system) = map { $after[$_] - $before[$_] } 0, 1;
    return {
        rate   => $rate,
        micros => 1e6 * ($user + $system) / Bench::Wrk::ticks() / $count,
        kernel => ($user + $system) ? $system / ($user + $system) : 0,
        p50    => $p50,
        p99    => $p99,
    };
}

sub note ($table) {
    my @ours    = ('session, cached Redis', 'session, Redis, no cache');
    my %against = (
        $ours[0] => [[lua_cached => 1.6], [haproxy => 1.7]],
        $ours[1] => [[lua_redis => 2.2], [memcached => 1.0]],
    );
    my @lines = sprintf '%s: %.2f of redis-benchmark, which does nothing else with what it gets.', $ours[1],
        $table->between($ours[1], $GET);
    for my $what (@ours) {
        for my $bar (@{$against{$what}}) {
            my $name = $bar->[0] =~ tr/_/-/r;
            my ($peer) = grep { ($_->{name} // '') eq $name } $table->sides or next;
            push @lines, sprintf '%s: %.2f of %s (bar %.1f).', $what, $table->between($what, $peer->{what}), $name, $bar->[1];
        }
    }
    return @lines;
}

sub literal ($requests) { return [map { [$_->[0] =~ s{^/api}{/literal}r, $_->[1]] } @$requests] }

# The same bytes and headers from nginx alone.
sub floor_of () {
    my $body = Bench::Gateways::body() =~ s/^\{/'{"session":"' . 'x' x 69 . '",'/er;
    return <<~"CONF";
        location ^~ /floor/session/ {
            default_type "application/json; charset=utf-8";
            add_header Cache-Control no-store;
            add_header X-Content-Type-Options nosniff;
            add_header RateLimit-Policy '"169";q=1000000000;w=86400';
            add_header RateLimit '"169";r=999000000;t=43200';
            return 200 '$body';
        }
        CONF
}

sub answer ($gateway, $requests) {
    return $gateway->get($requests->[0][0], headers => $requests->[0][1])->body;
}

1;
