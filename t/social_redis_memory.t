# A worker's memory stays bounded, however many users come to sites whose quota counts each user.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new(sandbox => 0, redis => 1, workers => 1);
mkdir "@{[$t->dir]}/conf/www";
mkdir "@{[$t->dir]}/conf/www/file";
$t->file('www/file/page.html', "page\n");
$t->gateway(
    providers => [],
    site      => {users => undef, quota => 'limit=2 per=user'},
    http      => 'keepalive_requests 1000000; access_log off;',
    server    => 'root %%DIR%%/conf/www; location /file/ { social_bearer on; }',
)->start;

# One request of each of the users first..last: {status => count}.
sub ask_as_users ($wire, $first, $last) {
    my %count;
    while ($first <= $last) {
        my @batch = grep { $_ <= $last } $first .. $first + 63;
        $first += 64;
        $wire->put(
            join '',
            map {
                my $token = Social::Test::Token->mint(key => $t->token_key, sid => '169', sub => "user $_");
                Social::Test::RawConnection->format_request(
                    method     => 'GET',
                    target     => '/file/page.html',
                    authority  => 'gateway',
                    keep_alive => 1,
                    headers    => {Authorization => "Bearer $token"},
                )
            } @batch
        );
        $count{$wire->read_response->status}++ for @batch;
    }
    return \%count;
}

# Bytes of the one worker.
sub resident () {
    my ($worker) = $t->nginx->workers;
    open my $in, '<', "/proc/$worker/smaps_rollup" or die "no smaps: $!";
    my ($kilobytes) = join('', readline $in) =~ /^Private_Dirty:\s+(\d+) kB/m;
    return $kilobytes * 1024;
}

my ($FEW, $MANY) = (5_000, 17_000);
my $wire = $t->wire;
is_deeply(ask_as_users($wire, 1, $FEW), {200 => $FEW}, 'the first users pass');
my $before = resident();
is_deeply(ask_as_users($wire, $FEW + 1, $MANY), {200 => $MANY - $FEW}, 'more users are counted');
my $growth = resident() - $before;
note sprintf '%d more users: %.1f MB', $MANY - $FEW, $growth / 1e6;
cmp_ok($growth, '<', 2_500_000, 'more users take no memory of the worker');
is_deeply(ask_as_users($wire, 1, 3), {200 => 3}, 'a counter that was evicted goes on in Redis');
is_deeply(ask_as_users($wire, 1, 3), {401 => 3}, 'an evicted counter keeps its limit');

done_testing;
