# No access log holds a credential of social_credential, whichever variable has got hold of it, and whichever
# request is logged: the main one, a subrequest, a clone.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Time::HiRes qw(sleep);

my $backend = Social::Test::Backend->new(
    sub ($request) {
        return [
            200,
            {'Content-Type' => 'text/html', 'X-Echo' => $request->{headers}{authorization} // 'none'},
            $request->{target} =~ /page/
            ? '<!--# include virtual="/owner/part?n=1" --><!--# include virtual="/signed/part" -->'
            : 'part'
        ];
    }
);
my $url = $backend->url;

my $t      = Social::Test->new(log_level => 'info')->secret('page-token-of-the-operator');
my $format = join ' ', map {"\$$_"} qw(social_authorization cached fresh token prefixed signature kind copied
    sent_http_x_debug sent_http_x_echo upstream_http_x_echo);
$t->gateway(
    providers => ['facebook', 'twitter'],
    provider  => {facebook => {access_token => 'page-token-of-the-operator'}},
    http      => <<~"CONF",
        map \$social_authorization \$cached    { default \$social_authorization; }
        map \$social_authorization \$fresh     { volatile; default "x \$social_authorization y"; }
        map \$social_authorization \$token     { "~^Bearer (?<secret>.*)\$" \$secret; default -; }
        map \$social_authorization \$signature { "~oauth_signature=\\"(?<part>[^\\"]+)" "sig:\$part"; default -; }
        map \$token                \$prefixed  { default "[\$token]"; }
        map \$social_authorization \$kind      { "~^Bearer" bearer; "~^OAuth" oauth1; default none; }
        log_subrequest on;
        log_format credential '\$uri \$kind| $format';
        access_log %%DIR%%/logs/credential.log credential;
        proxy_cache_path %%DIR%%/temp/pages keys_zone=pages:1m;
        CONF
    server => <<~"CONF",
        ssi on;
        social_bearer on;
        set \$copied \$social_authorization;
        proxy_set_header Authorization \$social_authorization;
        proxy_set_header X-All "\$cached \$fresh \$token \$prefixed \$signature \$kind";
        proxy_set_header Accept-Encoding "";
        add_header X-Debug \$social_authorization;
        location /owner/  { social_credential facebook owner; proxy_pass $url; }
        location /signed/ { social_credential twitter owner; proxy_pass $url; }
        location /plain/  { proxy_pass $url; }
        location /copied/ { social_credential facebook owner; mirror /owner/mirrored; proxy_pass $url; }
        location /stored/ {
            social_credential facebook owner;
            proxy_cache pages; proxy_cache_key \$request_uri; proxy_cache_valid 200 1s;
            proxy_cache_use_stale updating; proxy_cache_background_update on;
            proxy_pass $url;
        }
        CONF
)->start;

sub call ($path) { return $t->api(GET => $path, token => $t->bearer) }

sub sent ($pattern) {
    return map { $_->{headers}{'x-all'} } grep { $_->{target} =~ $pattern } $backend->requests;
}

my $bearer = 'Bearer page-token-of-the-operator';
is(call('/owner/x')->status, 200, 'a request with a token');
is( (sent(qr{^/owner/x}))[0],
    "$bearer x $bearer y page-token-of-the-operator [page-token-of-the-operator] - bearer",
    'the variables hold it where they are sent upstream'
);
is(call('/signed/x')->status, 200, 'a request with a signature');
my ($signed) = sent(qr{^/signed/x});
like($signed, qr/^OAuth .*oauth_signature=.* sig:\S+ oauth1$/, 'the variables hold it');
my @secrets = $signed =~ /oauth_signature="([^"]+)".* sig:(\S+) oauth1/;
$t->secret(@secrets);

is(call('/plain/page')->body,                                'partpart', 'a page with subrequests');
is(scalar(grep {defined} sent(qr{^/(?:owner|signed)/part})), 2,          'both subrequests are sent upstream');
is(call('/copied/x')->body,                                  'part',     'a mirrored request');
ok($t->wait_for(sub { sent(qr{/owner/mirrored}) }), 'the mirrored subrequest is sent upstream');
call('/stored/x');
sleep 2.1;
call('/stored/x');
ok($t->wait_for(sub { sent(qr{^/stored/x}) == 2 }), 'an update of the cache');
$t->secret(map {/oauth_(?:signature|nonce)="([^"]+)"/g} sent(qr/./));

my %expected
    = map { $_ => 1 } qw(/owner/x /signed/x /plain/page /owner/part /signed/part /copied/x /owner/mirrored /stored/x);
$t->quit;
my @lines = $t->log->lines('credential.log');
is_deeply([sort keys %{{map { (split / /)[0] => 1 } @lines}}], [sort keys %expected], 'each request has been logged');
is(scalar(grep {m{^/stored/x }} @lines), 3, 'the clone, too');
is_deeply([grep {/page-token|oauth_|sig:|Bearer .|OAuth /} @lines], [], 'no line holds a credential');
like(
    (grep {m{^/owner/part}} @lines)[0],
    qr{^/owner/part (?:bearer|none)\|},
    'a variable that only depends on one stays'
);
is($t->start && call('/owner/y')->status, 200, 'signed calls work after a restart');

done_testing;
