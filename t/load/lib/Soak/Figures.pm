# What a soak measures: memory and descriptors of nginx, keys of Redis, sessions in memory.
package Soak::Figures;
use v5.36;

use Social::Test::LoginLoad;

# Counts of keys by kind, `due` sessions that wait for a refresh, and keys that live forever.
my $KEYS = <<~'LUA';
    local counts = {forever = 0, due = 0}
    for _, key in ipairs(redis.call('KEYS', '*')) do
        local kind = string.match(key, '^social:(%l)') or 'other'
        counts[kind] = (counts[kind] or 0) + 1
        if redis.call('PTTL', key) == -1 then counts.forever = counts.forever + 1 end
        if kind == 'd' then counts.due = counts.due + redis.call('ZCARD', key) end
    end
    local list = {}
    for kind, count in pairs(counts) do
        table.insert(list, kind)
        table.insert(list, count)
    end
    return list
    LUA

# {pid => {anonymous => bytes, resident => bytes, descriptors => N}} of all workers.
sub workers ($test) {
    return {map { $_ => Social::Test::LoginLoad::size_of($_) } $test->nginx->workers};
}

sub master ($test) { return Social::Test::LoginLoad::size_of($test->nginx->master) }

# {kind => count}; see Soak::Invariants::Figures.
sub keys ($test) {
    my %keys = @{$test->redis->command('EVAL', $KEYS, 0)};
    return \%keys;
}

# {name => value} of the metrics without labels.
sub status ($test) {
    my $metrics = $test->get('/status')->json // {};
    return {map { $_ => $metrics->{$_}[0]{value} } grep { @{$metrics->{$_}} == 1 } CORE::keys %$metrics};
}

sub describe_process ($size) {
    return sprintf 'anonymous memory %.2f MB, resident %.1f MB, descriptors %d', $size->{anonymous} / 1e6,
        $size->{resident} / 1e6, $size->{descriptors};
}

sub describe_keys ($keys) {
    return join ', ', map {"$_ $keys->{$_}"} sort CORE::keys %$keys;
}

1;
