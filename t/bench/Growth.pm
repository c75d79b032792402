# What grows, and should cost nothing: sessions in Redis and in shared memory, sites, workers.
package Growth;
use v5.36;

use Bench::Gateways;
use Bench::Table;
use Bench::Wrk;
use FindBin;
use JSON::PP ();
use Social::Test::Redis;

require "$FindBin::RealBin/Session.pm";

my ($SITES, $READ) = (100_000, 64);

sub tables ($gateways, %option) {
    my $million = $option{fill} // 1_000_000;
    return (sessions($gateways, $million, %option), sites($gateways), workers($gateways));
}

# In a Redis of their own, so that both can be asked in one run.
sub sessions ($gateways, $million, %option) {
    my $redis = Social::Test::Redis->new(dir => "$gateways->{dir}/redis-million")->start;
    $gateways->pin_store($redis);
    my %ids = (
        1        => $gateways->fill_redis(1),
        1000     => $gateways->fill_redis(1000),
        $million => $gateways->fill_redis($million, redis => $redis),
    );
    my $url = $redis->url;
    my %of  = (
        few      => $gateways->gateway('uncached', store => 'redis cache=off'),
        many     => $gateways->gateway('uncached of many', store => "$url cache=off"),
        cached   => $gateways->gateway('cached', store => 'redis cache=64m cache_ttl=600'),
        full     => $gateways->gateway('cached of many', store => "$url cache=256m cache_ttl=600", server => 'location = /status { social_status json; }'),
    );
    my $side = sub ($what, $t, $number, $count, %more) {
        my $tokens = [@{$gateways->tokens}[0 .. $READ - 1]];
        my $script = Bench::Wrk::of_ids($ids{$number}, $count, '/api/facebook/session/', $tokens);
        Bench::Gateways::side($what, $t, undef, script => $script, %more);
    };
    # Reads so many sessions that the cache is full, and more.
    my $filling = Bench::Table->new(title => '', sides => [$side->('filling', $of{full}, $million, $million)]);
    $filling->measure(dir => $gateways->{dir}, rounds => 1, seconds => 6, connections => 64);
    my $kept = JSON::PP::decode_json($of{full}->get('/status')->body)->{social_memory_sessions}[0]{value};
    my $name = with_commas($million);
    my ($first_uncached, $first_cached) = ('without a cache: 1 of 1,000 sessions', 'cached: 1 of 1,000 sessions');
    return Bench::Table->new(
        title => "Sessions in Redis: a thousand, and $name",
        sides => [
            $side->($first_uncached,                             $of{few},    1000,     1),
            $side->("without a cache: 1 of $name",               $of{many},   $million, 1, at_least => 0.97),
            $side->('without a cache: 1,000 in turn',            $of{few},    1000,     1000),
            $side->("without a cache: $name in turn",            $of{many},   $million, $million),
            $side->($first_cached,                               $of{cached}, 1000,     1, of => $first_cached),
            $side->("cached: 1 of $name, the cache full",        $of{full},   $million, 1, at_least => 0.97, of => $first_cached),
            $side->('cached: 1,000 in turn',                     $of{cached}, 1000,     1000, of => $first_cached),
            $side->("cached: 1,000 of $name, the cache full",    $of{full},   $million, 1000, of => $first_cached),
        ],
    )->note(memory_note($kept, $million));
}

sub memory_note ($kept, $there) {
    return 'All of them fitted into the cache: it was not full.' if $kept >= $there;
    return sprintf 'A full cache of 256 MiB keeps %s of these sessions: %d bytes of it for each.', with_commas($kept),
        256 * 1024 * 1024 / $kept;
}

sub sites ($gateways) {
    my %of = map { $_ => $gateways->gateway("$_ sites", store => 'redis cache=512m cache_ttl=600', sites => $_) } 1, 1000, $SITES;
    my $ids  = $gateways->fill_redis($READ);
    my $side = sub ($what, $sites, $file, $tokens, %more) {
        my @paths = map {"/api/facebook/session/$_"} Bench::Gateways::ids_of($file, $READ);
        Bench::Gateways::side($what, $of{$sites}, Bench::Gateways::with_tokens($tokens, @paths), %more);
    };
    my $tokens = $gateways->tokens;
    my $spread = $gateways->fill_redis($SITES, sites => $SITES);
    my @spread = map { $gateways->test->bearer(site => "s$_", exp => time + 7200) } 1 .. $READ;
    return Bench::Table->new(
        title => "Sites: 1, 1,000 and 100,000; a cached session",
        sides => [
            $side->('1 site',       1,      $ids, $tokens),
            $side->('1,000 sites',  1000,   $ids, $tokens, at_least => 0.97),
            $side->('100,000 sites', $SITES, $ids, $tokens, at_least => 0.97),
            $side->('100,000 sites, 64 of them in turn', $SITES, $spread, \@spread),
        ],
    );
}

sub workers ($gateways) {
    my $two = $gateways->gateway('two workers', store => 'memory size=64m', workers => 2, server => Session::floor_of());
    my $requests = $gateways->reads($gateways->log_in($two, $READ));
    return Bench::Table->new(
        title => 'Two workers, on the two processors that wrk has one of',
        sides => [
            Bench::Gateways::side('nginx: return 200',     $two, Bench::Gateways::at_floor($requests)),
            Bench::Gateways::side('session, memory store', $two, $requests),
        ],
    );
}

sub with_commas ($number) { return scalar reverse((reverse $number) =~ s/(\d{3})(?=\d)/$1,/gr) }

1;
