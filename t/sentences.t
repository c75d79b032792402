# t/tools/sentences counts the words of sentences as its head says, and refuses long ones.
use v5.36;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Temp ();
use FindBin;
use Test::More;

my $dir  = File::Temp->newdir;
my $tool = "$FindBin::Bin/tools/sentences";

sub file ($name, $text) {
    open my $out, '>:encoding(UTF-8)', "$dir/$name" or die "$name: $!\n";
    print {$out} $text;
    close $out or die "$name: $!\n";
    return "$dir/$name";
}

sub run (@words) {
    my $pid = open my $out, '-|' // die "fork: $!\n";
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die "dup: $!\n";
        exec $tool, @words or die "exec: $!\n";
    }
    local $/;
    my $text = readline $out;
    close $out;
    return ($? >> 8, $text // '');
}

my %counted = (
    'two sentences on three lines'          => ["One two.\nThree four\nfive.\n",                       2, 3],
    'a code span is one word'               => ["Write `a b c. D` here.\n",                            1, 3],
    'a sentence may begin with code'        => ["One two. `code` three four.\n",                       2, 3],
    'a period inside a word ends nothing'   => ["Section 3.1.3.7 of it says so.\n",                    1, 6],
    'each item of a list is a sentence'     => ["- one two\n- three four\n  five\n1. six\n",           3, 3],
    'the address of a link has no words'    => ["See [this page](a/b%20c.md) now.\n",                  1, 4],
    'fenced code is no prose'               => ["One.\n\n```sh\necho a b c d e f\n```\n",              1, 1],
    'a table is no prose'                   => ["One.\n\n| a b c | d |\n| --- | --- |\n| e f | g |\n", 1, 1],
    'a heading is no sentence'              => ["# One two three\n\nFour.\n",                          1, 1],
    'the syntax of a directive is no prose' =>
        ["**Syntax:** a b c d\\\n**Default:** none\\\n**Context:** http, server\n\nOne.\n", 1, 1],
    'a sentence may begin with a small letter' => ["One two. nginx three four.\n", 2, 3],
    'an abbreviation ends nothing'             => ["One, e.g. two, i.e. three.\n", 1, 5],
    'marks without letters are no words'       => ["One – two / three!\n",         1, 3],
);
for my $name (sort keys %counted) {
    my ($text, $sentences, $longest) = @{$counted{$name}};
    my ($rc, $said) = run(file('page.md', $text));
    like($said, qr/ $sentences sentences, .* longest $longest words$/, $name);
}

my ($rc, $said) = run(file('code.cpp', <<~'CPP'));
    // One two three
    // four.
    //     a table of many words
    int a = 1;  // five six
    const char* url = "http://seven eight nine ten";
    const char* raw = R"(// eleven twelve
    // thirteen fourteen fifteen sixteen)";
    CPP
like($said, qr/ 2 sentences, mean 3\.0 words, longest 4 words$/, 'comments count, literals do not');

my $long = 'word ' x 21;
($rc, $said) = run('--limit', 20, file('long.md', "Short.\n\n$long.\n"));
is($rc, 1, 'a sentence over the limit fails');
like($said, qr/long\.md:3: a sentence of 21 words/, 'a sentence over the limit is named with its line');

($rc, $said) = run('--limit', 20, file('begin.md', "What follows is short. Of many, one.\nWho knows.\n"));
is(scalar(() = $said =~ /begins with/g), 3, 'sentences that begin with What, Who or Of are named');

($rc, $said) = run('--limit', 20, file('short.md', "Whatever is short passes.\n"));
is("$rc$said", '0', 'a page within the limit passes silently');

done_testing;
