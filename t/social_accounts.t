# The accounts of a user are a list in pages: all of it is read, up to 1,000 accounts, from the provider's
# own address, whatever the links in it say.
use lib 't/lib';
use Social::Test;

use IO::Select;
use IO::Socket::INET;

my $t = Social::Test->new->gateway(site => {origin => 'https://mysite.example'})->start;

# The session of a login of somebody with such pages.
sub session_of ($name, %data) {
    $t->sandbox->user('facebook', $name, %data);
    $t->sandbox->configure('facebook', user => $name);
    $t->sandbox->reset_calls;
    my $browser = $t->browser;
    my $end     = $browser->login('facebook', redirect => 'https://mysite.example/');
    return ($end, $end->session_id ? $t->session('facebook', $end->session_id) : undef);
}

sub accounts_of ($name, %data) {
    my ($end, $session) = session_of($name, %data);
    return $session ? @{$session->{accounts}} : fail($end->body);
}

sub calls { return $t->sandbox->calls('facebook.accounts') }

is(accounts_of('none', pages => 0), 0, 'a user without pages has none');
is(calls(),                         1, 'no accounts: the provider gets one call');

my @one = accounts_of('one', pages => 1);
is_deeply([sort keys %{$one[0]}], [qw(access_token category category_list id name tasks)],
    'an account has its members');

my @all = accounts_of('some', pages => 250);
is(@all,    250, '250 accounts are there');
is(calls(), 3,   '250 accounts take three calls');
my %seen;
is(grep({ $seen{$_->{id}}++ } @all), 0, 'no account appears twice');
is_deeply([map { $_->{name} =~ /^Page (\d+) / } @all], [0 .. 249], 'the accounts keep the order of the provider');

is(accounts_of('small', pages => 60, page_size => 7), 60, 'short pages are read to the end');

my @many = accounts_of('many', pages => 1_003);
is(@many, 1_000, 'of 1,003 accounts 1,000 are there');
is( $many[-1]{name},
    'Page 999 of User Number ' . ($many[-1]{name} =~ /(\d+)$/)[0],
    'a truncated list keeps the first 1,000 accounts'
);
is(accounts_of('even', pages => 1_000),                      1_000, '1,000 accounts are there');
is(accounts_of('quarters', pages => 1_003, page_size => 25), 1_000, '1,000 accounts in pages of 25 are there');
is(calls(),                                                  40,    'pages of 25 take 40 calls');

is(accounts_of('gaps', pages => 3, empty_pages => 4), 3, 'empty pages in front of others are passed over');
is(calls(),                                           5, 'each empty page takes a call of its own');

subtest 'a list without an end ends' => sub {
    my ($end, $session) = session_of('endless', pages => 2, endless => 1);
    is_page($end, 502, qr/Facebook is not answering/, 'the login fails');
    is(calls(),                                                       50,    'an endless list ends after 50 calls');
    is(accounts_of('endless_and_full', pages => 1_000, endless => 1), 1_000, 'unless there are enough accounts before');
    is(calls(),                                                       10,    'the list ends after 1,000 accounts');
};

subtest 'the link to the next page is not followed' => sub {
    my $stranger = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') // return fail("no socket: $!");
    my $origin   = 'http://127.0.0.1:' . $stranger->sockport;
    is(accounts_of('lured', pages => 3, page_size => 1, next_origin => $origin),
        3, 'all accounts are there in spite of a foreign next link');
    ok(!IO::Select->new($stranger)->can_read(0), 'the foreign host in the link gets no call');
    my @calls = $t->sandbox->seen('facebook.accounts');
    is(grep({ exists $_->{params}{access_token} } @calls),          0, 'no token stands in a URL');
    is(grep({ exists $_->{params}{appsecret_proof} } @calls),       3, 'each call has an appsecret_proof');
    is(grep({ $_->{headers}{authorization} !~ /^Bearer / } @calls), 0, 'each call has the token in its header');
};

subtest 'cursors are data' => sub {
    for my $cursor (undef, '', 'a b', "x\r\ny", 'x' x 2_000, 5) {
        $t->sandbox->behave(
            'facebook.accounts',
            times => 1,
            json  => {data => [], paging => {next => 'https://x.example/', cursors => {after => $cursor}}}
        );
        my ($end) = session_of('cursor', pages => 1);
        is($end->status, 502, 'a cursor with control characters fails the login');
    }
    my $odd = q{a&access_token=x#/../%2e"'<>};
    $t->sandbox->behave(
        'facebook.accounts',
        times => 1,
        json  => {data => [], paging => {next => 'https://x.example/', cursors => {after => $odd}}}
    );
    $t->sandbox->behave('facebook.accounts', times => 1, json => {data => [{id => '7'}]});
    is_deeply([accounts_of('odd', pages => 1)], [{id => '7'}], 'an odd one is passed on');
    my (undef, $second) = $t->sandbox->seen('facebook.accounts');
    is($second->{params}{after}, $odd, 'the cursor is sent as it came');
    ok(!exists $second->{params}{access_token}, 'the cursor adds no parameter');
};

done_testing;
