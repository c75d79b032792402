# The gateways that are measured, each an nginx of its own with one worker on one processor,
# with the same keys, sandbox and Redis: by what they store, and how many sites they serve. And
# what their callers bring: sessions and tokens.
package Bench::Gateways;
use v5.36;

use Bench::Wrk;
use Bench::Peers;
use Carp qw(croak);
use Social::Test;

# What a session says, 1.2 KB of it with the `session` member.
my $BODY = '{"profile":{"id":"10221837560133127","name":"Dewi Lestari Kusumawardhani","email":"dewi@example.com",'
    . '"picture":"https://platform-lookaside.example/platform/profilepic/?asid=10221837560133127&height=50"},"token":"'
    . 'E' x 196
    . '","expires_at":1893456000,"accounts":['
    . join(',',
    map { sprintf '{"id":"%d","name":"Toko Buku %d Jakarta Selatan","category":"Bookstore","token":"%s"}', 104_857_600_000 + $_, $_, 'P' x 120 }
        1 .. 3)
    . ']}';

# Bytes of the answer, with its `session` member.
my $SESSION_SIZE = length($BODY) + length '"session":"",' . 'x' x 69;

# new(build => directory of build products, dir => for files, [sessions => 1000])
sub new ($class, %arg) {
    my $self = bless {sessions => 1000, gateways => {}, peers => [], stores => [], %arg}, $class;
    $self->{first} = Social::Test->new(redis => 1, log_level => 'error');
    $self->{first}->gateway;    # which makes the keys
    $self->pin_store($self->redis);
    $self->{tokens} = [map { $self->{first}->bearer(exp => time + 7200, jti => "token-$_") } 1 .. $self->{sessions}];
    return $self;
}

sub body   (@)     { return $BODY }
sub redis  ($self) { return $self->{first}->redis }
sub tokens ($self) { return $self->{tokens} }
sub test   ($self) { return $self->{first} }

# A Redis stays on wrk's processor, off that of the server that is measured.
sub pin_store ($self, $redis) {
    my $pid = ($redis->processes)[0]->pid;
    system("taskset -apc $Bench::Wrk::CLIENT_CPU $pid >/dev/null") == 0 or croak 'taskset failed';
    push @{$self->{stores}}, $redis;
    return $redis;
}

# Sides of a Bench::Table: a gateway; or one of Bench::Peers, which is started, and for which
# `requests` is a sub that is given it.
sub side ($what, $gateway, $requests, %more) {
    return {what => $what, url => $gateway->url('/'), pids => [$gateway->nginx->workers], requests => $requests, %more};
}

sub peer_side ($self, $class, $requests, %peer) {
    my $peer = $class->new(
        dir       => "$self->{dir}/peer-" . $class->name,
        cpu       => $Bench::Wrk::SERVER_CPU,
        store_cpu => $Bench::Wrk::CLIENT_CPU,
        key       => $self->{first}->token_key,
        sites     => ['169'],
        redis     => $self->redis,
        %peer,
    )->start;
    push @{$self->{peers}}, $peer;
    return {
        what     => $peer->name . ': ' . $peer->version,
        name     => $peer->name,
        url      => 'http://127.0.0.1:' . $peer->port . '/',
        pids     => [$peer->pids],
        requests => $requests->($peer),
        peer     => 1,
    };
}

sub stop_peers ($self) {
    $_->stop for splice @{$self->{peers}};
    return;
}

sub stop ($self) {
    $self->stop_peers;
    $_->stop for values %{$self->{gateways}}, $self->{first}, @{$self->{stores}};
    return $self->{first}->sandbox->stop;
}

# A running gateway by name, made at the first call:
#     store   => what social_store is given; "redis" there is the address of Redis
#     sites   => how many, 1 by default: site 169, and those from s1 on beside it
#     http, server => more for these blocks
#     token_keys   => sub that gives more values of social_token_key
#     workers => 1, on processor 0; more run where they like
sub gateway ($self, $name, %arg) {
    return $self->{gateways}{$name} //= do {
        my $t = Social::Test->new(beside => $self->{first}, workers => $arg{workers} // 1, log_level => 'error');
        my $more = ($arg{sites} // 1) > 1 ? 'include ' . _sites($t, $arg{sites}) . ";\n" : '';
        $t->gateway(
            main => 'pcre_jit on;' . (($arg{workers} // 1) > 1 ? '' : 'worker_cpu_affinity ' . (1 << $Bench::Wrk::SERVER_CPU) . ';'),
            providers => ['facebook', 'twitter_oauth2'],
            site      => {quota        => 'limit=1000000000'},
            social    => {
                social_store => $arg{store} =~ s{\bredis\b(?!:)}{$self->redis->url}er,
                ($arg{token_keys} ? (social_token_key => ['HS256 ' . $t->token_key_file, $arg{token_keys}->($t)]) : ()),
            },
            http => "keepalive_requests 100000000;\n$more" . ($arg{http} // ''),
            server    => "access_log off;\n" . ($arg{server} // ''),
        );
        $t->start;
        $t;
    };
}

# Ids of sessions that a gateway has in its memory: (ids), by logins. The name of the user's page
# is stretched until a session is as long as those of fill_redis().
sub log_in ($self, $gateway, $count) {
    my $page = sub ($name) {
        my %page = (id => '104857600001', name => $name, category => 'Bookstore', category_list => [], tasks => ['MANAGE']);
        $self->{first}->sandbox->user('facebook', 'ovan', pages => [\%page]);
    };
    $page->('');
    my $path = '/api/facebook/session/' . $gateway->login('facebook');
    my $rest = $SESSION_SIZE - length $gateway->get($path, headers => bearer($self->{tokens}[0]))->body;
    croak "a session is @{[-$rest]} bytes too long" if $rest < 0;
    $page->('x' x $rest);
    return map { $gateway->login('facebook') } 1 .. $count;
}

# Fills Redis with sessions that all gateways can read: a file of their ids, one a line. They
# belong to site 169, or to the sites from s1 to s`sites` in turn; `redis` is another one to fill.
sub fill_redis ($self, $count, %arg) {
    my $ids  = "$self->{dir}/ids-$count-" . ($arg{sites} // 169);
    my $body = $self->{first}->file('bench-body', $BODY);
    my $ring = $self->{first}->dir . '/conf/keyring';
    my $of   = $arg{sites} // '=169';
    my $fill = "$self->{build}/fill-sessions '$ring' $count '$ids' '$of' < '$body'";
    my $pipe = 'redis-cli -p ' . ($arg{redis} // $self->redis)->port . ' --pipe';
    system("$fill | $pipe >'$self->{dir}/pipe.out' 2>&1") == 0 && -s $ids or croak "Redis was not filled: $?";
    return $ids;
}

sub ids_of ($file, $count) {
    open my $in, '<', $file or croak "no ids: $!";
    my @ids;
    while (@ids < $count && defined(my $id = readline $in)) {
        push @ids, $id =~ s/\s+\z//r;
    }
    return @ids;
}

# Requests for these paths, each with a token in turn; and those that read these sessions.
sub with_tokens ($tokens, @paths) {
    return [map { [$paths[$_], bearer($tokens->[$_ % @$tokens])] } 0 .. $#paths];
}

sub reads ($self, @ids) { return with_tokens($self->{tokens}, map {"/api/facebook/session/$_"} @ids) }

# The same below /floor, where nginx answers by itself.
sub at_floor ($requests) {
    return [map { [$_->[0] =~ s{^/api/facebook}{/floor}r, $_->[1]] } @$requests];
}

sub bearer ($token) { return {Authorization => "Bearer $token"} }

# Sites s1 to s`count` in one file, with an origin and a quota each.
sub _sites ($t, $count) {
    return $t->file('sites.conf',
        join '', map {"social_site s$_ { origin https://site$_.example; quota limit=1000000000; }\n"} 1 .. $count);
}

1;
