# The sandbox as Facebook and as Instagram: what they verify, and what they refuse.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use Social::Test;
use Social::Sandbox;
use Social::Sandbox::Facebook::Proof;
use Social::Sandbox::Reply;

my $form = sub (@pairs) { return Social::Sandbox::Reply::encode_form(\@pairs) };

my $callback = 'https://gateway.example/facebook/callback';
my $box      = Social::Sandbox->new(settings => {map { $_ => {redirect_uris => [$callback]} } qw(facebook instagram)});
my $facebook = $box->mount('facebook');
my ($id, $secret) = map { $facebook->setting($_) } qw(client_id client_secret);

sub dialog (%arg) {
    my %query = (
        client_id     => $id,
        redirect_uri  => $callback,
        state         => 'state-of-the-browser',
        response_type => 'code',
        scope         => 'pages_show_list,instagram_basic,email',
        %arg
    );
    return $box->call(GET => '/facebook/v26.0/dialog/oauth?'
            . $form->(map { $_ => $query{$_} } grep { defined $query{$_} } sort keys %query));
}

sub exchange (%arg) {
    my %query = (client_id => $id, client_secret => $secret, redirect_uri => $callback, %arg);
    return $box->call(
        POST => '/facebook/v26.0/oauth/access_token',
        body => $form->(map { $_ => $query{$_} } grep { defined $query{$_} } sort keys %query)
    );
}

sub graph ($path, @query) { return $box->call(GET => "/facebook/v26.0$path?" . $form->(@query)) }

sub is_graph_error ($reply, $code, $subcode, $name) {
    my $error = $reply->decoded->{error};
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply [@$error{qw(code error_subcode)}], [$code, $subcode], $name;
}

subtest 'the Facebook dialog goes back to registered addresses alone' => sub {
    my $good = dialog();
    is $good->status, 302, 'a good request';
    like $good->headers->{Location}, qr{^\Q$callback\E\?code=AQ\w+&state=state-of-the-browser#_=_$},
        'with code, state and fragment';
    my %bad = (
        'another redirect_uri'    => {redirect_uri  => 'https://evil.example/facebook/callback'},
        'a longer redirect_uri'   => {redirect_uri  => "$callback/"},
        'a query on redirect_uri' => {redirect_uri  => "$callback?a=b"},
        'no redirect_uri'         => {redirect_uri  => undef},
        'another app'             => {client_id     => '1'},
        'no state'                => {state         => undef},
        'an unknown scope'        => {scope         => 'publish_actions'},
        'an unknown parameter'    => {client_secret => $secret},
        'the implicit flow'       => {response_type => 'token'},
    );
    for my $name (sort keys %bad) {
        my $reply = dialog(%{$bad{$name}});
        is_deeply [$reply->status, $reply->headers->{Location}], [400, undef], "not with $name";
    }
    is $box->call(GET => "/facebook/v99.0/dialog/oauth?client_id=$id")->status, 400, 'not in a version to come';
};

subtest 'people say no to Facebook' => sub {
    $box->consent->set_mode('deny');
    like dialog()->headers->{Location},
        qr/\?error=access_denied&error_code=200&error_description=Permissions\+error&error_reason=user_denied&state=/,
        'by setting';
    $box->consent->set_mode('page');
    my $page = dialog();
    like $page->body, qr/Continue as Ovan/, 'the consent page asks the user';
    my ($request) = $page->body =~ /name="request" value="(\w+)"/;
    my $no = $box->call(POST => '/facebook/consent', body => "request=$request&decision=cancel");
    like $no->headers->{Location}, qr/error=access_denied/, 'that has a button for it';
    is $box->call(POST => '/facebook/consent', body => "request=$request&decision=continue")->status, 400, 'once';
    $box->consent->set_mode('auto');
};

subtest 'Facebook exchanges a code once, for its app and address' => sub {
    my $code = sub { dialog()->location_param('code') };
    is_graph_error(exchange(code => $code->(), client_secret => 'x'),
        1, undef, 'a code is not exchanged with another secret');
    is_graph_error(exchange(code => $code->(), client_id => '1'), 101, undef,
        'a code is not exchanged for another app');
    is_graph_error(exchange(code => $code->(), redirect_uri => "$callback/"),
        100, 36008, 'a code is not exchanged for another redirect_uri');
    is_graph_error(exchange(code => 'AQinvented'), 100, undef, 'an invented code is not exchanged');
    my $used  = $code->();
    my $reply = exchange(code => $used);
    is $reply->status, 200, 'a good one';
    is_deeply [sort keys %{$reply->decoded}], [qw(access_token expires_in token_type)], 'with token and lifetime';
    is_graph_error(exchange(code => $used), 100, 36009, 'a code is not exchanged twice');
    my $old = $code->();
    $box->advance(601);
    is_graph_error(exchange(code => $old), 100, 36007, 'a code is not exchanged after ten minutes');

    my $short = exchange(code => $code->())->decoded->{access_token};
    my $long = exchange(redirect_uri => undef, grant_type => 'fb_exchange_token', fb_exchange_token => $short)->decoded;
    is $long->{expires_in}, 5_183_944, 'a short token becomes a long one';
    $box->advance(5_401);
    is_graph_error(exchange(redirect_uri => undef, grant_type => 'fb_exchange_token', fb_exchange_token => $short),
        190, 463, 'an expired token is not exchanged');
    is graph('/me', access_token => $long->{access_token})->status, 200, 'the long one is still good then';
};

subtest 'the Graph API obeys fields, proofs and permissions' => sub {
    my $token = exchange(code => dialog()->location_param('code'))->decoded->{access_token};
    my @token = (access_token => $token);
    is_deeply graph('/me', @token, fields => 'id,name')->decoded, {id => '508654789659284', name => 'Ovan Donnovan'},
        'a profile';
    is_graph_error(graph('/me', @token, fields => 'id,shoe_size'), 100, undef, 'no unknown field');
    is_graph_error(graph('/me', fields       => 'id'),          2500, undef, 'no call without a token');
    is_graph_error(graph('/me', access_token => 'EAAinvented'), 190,  undef, 'no invented token');
    like graph('/me', access_token => 'EAAinvented')->headers->{'WWW-Authenticate'},
        qr/^OAuth "Facebook Platform" "invalid_token" "/, 'an invented token gets the challenge of the Graph API';

    is_graph_error(graph('/me/accounts', @token, fields => "id,instagram_accounts{id,$_}"), 100, undef, "no $_")
        for qw(has_profile_picture profile_pic);
    my $pages = graph('/me/accounts', @token,
        fields =>
            'id,name,instagram_business_account{id,name,username},'
                . 'instagram_accounts{id,username,has_profile_pic,profile_picture_url}'
    )->decoded->{data};
    is_deeply [map { $_->{instagram_business_account}{username} } @$pages], [undef, 'trycloudy123'],
        'Instagram where a page has it';
    is $pages->[1]{instagram_accounts}{data}[0]{id}, '4887037594655873', 'with the edge of the page';

    my $plain = Social::Sandbox::Facebook::Proof::proof($secret, $token);
    my $now   = $box->now;
    my $timed = Social::Sandbox::Facebook::Proof::proof($secret, $token, $now);
    $facebook->configure(require_proof => 1);
    is_graph_error(graph('/me', @token), 100, undef, 'no call without proof where it is required');
    is graph('/me', @token, appsecret_proof => $plain)->status, 200, 'a plain proof';
    is graph('/me', @token, appsecret_proof => $timed, appsecret_time => $now)->status, 200, 'a timed proof';
    is_graph_error(graph('/me', @token, appsecret_proof => $timed), 100, undef, 'no timed proof without its time');
    is_graph_error(
        graph(
            '/me', @token,
            appsecret_proof => Social::Sandbox::Facebook::Proof::proof($secret, $token, $now - 301),
            appsecret_time  => $now - 301
        ),
        100, undef,
        'no proof of five minutes ago'
    );
    $facebook->configure(require_proof => 0);

    is $box->call(DELETE => '/facebook/v26.0/me/permissions', headers => {Authorization => "Bearer $token"})->body,
        '{"success":true}', 'the user takes everything back';
    is_graph_error(graph('/me', @token), 190, 458, 'a token dies when the user revokes the permissions');
};

subtest 'lists of pages come in pieces' => sub {
    $facebook->set_user('many', pages => 1_003, empty_pages => 2);
    $facebook->configure(user => 'many');
    my $token = exchange(code => dialog()->location_param('code'))->decoded->{access_token};
    my ($url, @names, @sizes)
        = ('/facebook/v26.0/me/accounts?'
            . $form->(access_token => $token, fields => 'id,name,access_token', limit => 100));
    while ($url) {
        my $answer = $box->call(GET => $url)->decoded;
        push @sizes, scalar @{$answer->{data}};
        push @names, map { $_->{name} } @{$answer->{data}};
        my $next = $answer->{paging}{next};
        unlike $next, qr/appsecret/, 'the link to the rest has no proof' if $next && @sizes == 1;
        $url = $next && $next =~ s{^http://[^/]+}{}r;
    }
    is_deeply \@sizes, [0, 0, (100) x 10, 3], 'empty ones among them';
    is scalar(@names), 1_003, 'paging loses no account';
    $facebook->configure(user => 'ovan');
};

subtest 'Instagram Login has errors of its own' => sub {
    my $mount = $box->mount('instagram');
    my ($client, $secret) = map { $mount->setting($_) } qw(client_id client_secret);
    my $back = $box->call(
        GET => '/instagram/oauth/authorize?'
            . $form->(
            client_id     => $client,
            redirect_uri  => $callback,
            response_type => 'code',
            scope         => 'instagram_business_basic',
            state         => 's'
            )
    );
    like $back->headers->{Location}, qr/#_$/, 'another fragment';
    my $ask = sub {
        $box->call(
            POST => '/instagram/oauth/access_token',
            body => $form->(
                client_id     => $client,
                client_secret => $secret,
                grant_type    => 'authorization_code',
                redirect_uri  => $callback,
                code          => $back->location_param('code')
            )
        );
    };
    my $short = $ask->()->decoded;
    is ref $short->{permissions},          'ARRAY',                                           'a flat answer';
    is $ask->()->decoded->{error_message}, 'Matching code was not found or was already used', 'no second one';
    my $long = $box->call(
        GET => '/instagram/access_token?'
            . $form->(
            grant_type    => 'ig_exchange_token',
            client_secret => $secret,
            access_token  => $short->{access_token}
            )
    )->decoded;
    is $box->call(GET => "/instagram/v26.0/me?fields=user_id,username&access_token=$long->{access_token}")
        ->decoded->{username}, 'trycloudy123', 'a profile';
    my $refresh = sub {
        $box->call(
            GET => "/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token=$long->{access_token}")
            ->status;
    };
    is $refresh->(), 400, 'no refresh within a day';
    $box->advance(86_401);
    is $refresh->(), 200, 'a refresh after a day succeeds';
};

done_testing;
