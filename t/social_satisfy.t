# satisfy any: the guard refuses, and another module admits the request all the same. What the guard noted
# of it then counts for nothing: neither in the log nor in later errors.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;

my $backend = Social::Test::Backend->new(
    sub ($request) {
        return [($request->{target} =~ m{/(\d{3})})[0] // 200, {}, 'upstream'];
    }
);

my $t = Social::Test->new(sandbox => 0)->gateway(
    providers => [],
    sites     => {169 => {quota => 'limit=1'}, 170 => {origin => 'https://other.example'}},
    http      => <<~'CONF',
        log_format result '$uri $status [$social_result]';
        access_log %%DIR%%/logs/result.log result;
        CONF
    server => <<~"CONF",
        proxy_intercept_errors on;
        location /open/   { satisfy any; allow 127.0.0.1; deny all; social_bearer on; proxy_pass @{[$backend->url]}; }
        location /closed/ { satisfy any; deny all; social_bearer on; proxy_pass @{[$backend->url]}; }
        location /turned/ {
            satisfy any; deny all; social_bearer on; error_page 401 /open/help; proxy_pass @{[$backend->url]};
        }
        CONF
)->start;

# Path, status and result of the requests so far, with the counts of each.
sub logged ($path) {
    return [map {s/^\S+ //r} grep { index($_, "$path ") == 0 } $t->log->lines('result.log')];
}

sub is_logged ($path, $expected, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->wait_for(sub { @{logged($path)} });
    return is_deeply(logged($path), [$expected], $name);
}

my $spent = $t->bearer;
is($t->api(GET => '/closed/first', token => $spent)->status, 200, 'the only use of the quota');
is_logged('/closed/first', '200 [admitted]', 'the only use of the quota is logged as admitted');

is($t->api(GET => '/open/none')->status, 200, 'an admitted address needs no token');
is_logged('/open/none', '200 [-]', 'an admitted address without a token logs no result');
is($t->api(GET => '/open/bad', token => 'x')->status, 200, 'a bad one does no harm');
is_logged('/open/bad', '200 [-]', 'an admitted address with a bad token logs no result');
is($t->api(GET => '/open/spent', token => $spent)->status, 200, 'an admitted address passes with a spent quota');
is_logged('/open/spent', '200 [-]', 'an admitted address with a spent quota logs no result');
is($t->api(GET => '/open/good', token => $t->bearer(site => '170'))->status, 200, 'a good token');
is_logged('/open/good', '200 [admitted]', 'a good token is logged as admitted');

is_envelope($t->api(GET => '/closed/none'), 401, 'Token required', 'neither address nor token is a 401');
is_logged('/closed/none', '401 [unauthenticated]', 'a refused request is logged as unauthenticated');

my $error = $t->api(GET => '/open/401');
is($error->status, 401, 'a later 401 of the upstream');
unlike($error->body, qr/Token required/, 'a 401 of the upstream keeps its body');
is($error->header('WWW-Authenticate'), undef, 'a 401 of the upstream gets no challenge');
is_logged('/open/401', '401 [-]', 'a 401 of the upstream logs no result');

my $turned = $t->api(GET => '/turned/x');
is($turned->status, 401,        'an error page that an address may read');
is($turned->body,   'upstream', 'the error page of the refusal is shown');
like($turned->header('WWW-Authenticate'), qr/^Bearer/, 'the error page keeps the challenge of the refusal');
is_logged('/open/help', '401 [unauthenticated]', 'the error page is logged as unauthenticated');

done_testing;
