# social_pages: the operator's HTML in place of the built-in pages, one by one.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new;

# A directory with such pages.
sub pages ($name, %file) {
    my $dir = $t->dir . "/conf/$name";
    mkdir $dir;
    $t->file("$name/$_.html", $file{$_}) for keys %file;
    return $dir;
}

my $own = pages(
    'own',
    landing      => '<p lang="{{lang}}" title="{{title}}">{{session_label}}: {{session_id}} {{ session_id }}</p>',
    'wrong-site' => "<h1>Not with us: {{title}}</h1>\n{{#try_again}}never{{/try_again}}",
    refused      =>
        '<h1>{{title}}</h1>{{provider}} {{message}} {{hint}}'
            . '{{#try_again}}<a href="{{try_again}}">{{try_again_label}}</a>{{/try_again}}',
);
my $other = pages('other', refused => '<h1>The other server</h1>');

$t->gateway(
    site   => {origin       => ['https://mysite.example', $t->url]},
    social => {social_pages => $own},
    http   => <<~"CONF",
        server {
            listen 127.0.0.1:%%PORT:second%%;
            social_pages $other;
            include %%ROOT%%/conf-examples/endpoints.conf;
        }
        CONF
)->start;

sub refused (%arg) {
    my $browser = $t->browser;
    my ($state) = $browser->callback_of('facebook', redirect => $arg{redirect} // $SITE) =~ /[?&]state=([^&#]+)/;
    my $path    = "/facebook/callback?error=access_denied&state=$state";
    my $port    = $t->port($arg{server} // 'gateway');
    return $browser->get("http://127.0.0.1:$port$path", headers => $arg{headers} // {});
}

subtest 'a page of the operator' => sub {
    my $page = $t->get('/facebook/auth?redirectUrl=https://evil.example/');
    is_page($page, 400, qr/^<h1>Not with us: Wrong site url<\/h1>\n$/, 'a page has the words of its template');
    like($page->header('Content-Security-Policy'), qr/default-src 'self'/,
        'a page may load what lies on the same host');
    unlike($page->header('Content-Security-Policy'), qr/unsafe/, 'the policy allows nothing inline');

    $page = $t->get('/facebook/auth?redirectUrl=x', headers => {'Accept-Language' => 'id'});
    like($page->body, qr/URL situs salah/, 'a page is filled in the language of its reader');
    is_envelope($t->get('/facebook/auth?redirectUrl=x', headers => {Accept => 'application/json'}),
        400, 'Wrong site url');
};

subtest 'values are escaped' => sub {
    my $url  = $SITE . q{?a='b'&c=(d)};
    my $page = refused(redirect => $url);
    is_page($page, 403, qr/^<h1>Login canceled<\/h1>Facebook You did not give/, 'a page with a link');
    my ($link) = $page->body =~ /<a href="([^"]+)">Try again<\/a>$/;
    unlike($link, qr/['<>&]/, 'the link has no character that leaves its attribute');
    like($t->browser->login('facebook', start => $link)->location,
        qr{^\Q$url\E&sessionId=}, 'the link of the page leads to the same site');

    my $end = $t->browser->login('facebook', redirect => $t->url('/facebook/session'));
    my $id  = $end->session_id;
    is_page(
        $t->get("/facebook/session?sessionId=$id"),
        200,
        qr/^<p lang="en" title="You are logged in">Session id: $id $id<\/p>$/,
        'the landing page shows the session id'
    );
};

is_page(
    $t->get('/facebook/callback?code=x'),
    400,
    qr/<!DOCTYPE html>.*This login is no longer valid/s,
    'a page that the directory does not have is the built-in one'
);
is_page(refused(server => 'second'), 403, qr/^<h1>The other server<\/h1>$/, 'a server has pages of its own');
is_page(
    $t->get('http://127.0.0.1:' . $t->port('second') . '/facebook/auth'),
    400,
    qr/<!DOCTYPE html>/,
    'templates of a server do not mix with those of http'
);

subtest 'mistakes stop nginx -t' => sub {
    my %mistake = (
        '<p>{{titel}}</p>'                       => 'placeholder that this page does not have: titel',
        '<p>{{session_id}}</p>'                  => 'placeholder that this page does not have: session_id',
        '<p>{{}}</p>'                            => 'placeholder that this page does not have',
        '<p>{{title</p>'                         => 'placeholder is not closed with "}}": title',
        '{{#try_again}}<p>'                      => 'section is not closed: try_again',
        '{{#try_again}}{{/title}}'               => 'end of a section that is not open: title',
        '{{/title}}'                             => 'end of a section that is not open: title',
        '{{#title}}{{#hint}}{{/hint}}{{/title}}' => 'section inside of another section: hint',
    );
    for my $text (sort keys %mistake) {
        my $dir   = pages('broken', expired => $text);
        my $error = $t->conf_error(social => {social_pages => $dir}) // '';
        like($error, qr{\[emerg\].*"social_pages" \Q$mistake{$text}\E}, $text);
        like($error, qr{in \Q$dir\E/expired\.html.* in .*check\.conf:\d+},
            "$text: the message names template and line");
    }
    like(
        $t->conf_error(social => {social_pages => '/nonexistent/pages'}),
        qr{"social_pages" names no directory: /nonexistent/pages},
        'a directory that is not there'
    );
    like(
        $t->conf_error(social => {social_pages => "$own/refused.html"}),
        qr/"social_pages" names no directory/,
        'a file'
    );
    like($t->conf_error(social => {social_pages => [$own, $own]}), qr/"social_pages" is duplicate/, 'two directories');
    my $big = pages('big', expired => 'x' x (1024 * 1024 + 1));
    like(
        $t->conf_error(social => {social_pages => $big}),
        qr/"social_pages" names a file of over 1 MiB/,
        'a page of over 1 MiB'
    );
    is($t->conf_error(social => {social_pages => pages('empty')}), undef, 'an empty directory is none');
};

done_testing;
