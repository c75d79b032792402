# X's API for the three kinds of credentials: OAuth 1.0a user, OAuth 2.0 user, app alone.
package Social::Sandbox::Twitter::Api;
use v5.36;

use Mojo::JSON qw(false true);
use Social::Sandbox::Reply;

my $WINDOW = 900;

# {kind => 'oauth1'|'oauth2'|'app', user, scopes, token} or {reply => what to answer}.
sub _caller ($mount, $request, $version) {
    my $header = $request->header('authorization') // '';
    if ($header =~ /^OAuth\s/i) {
        my $verdict = $mount->judge($request, 'twitter_user_token');
        return {reply => $mount->error_reply($verdict)} if $verdict->{fault};
        my $entry = $mount->ledger->find('twitter_user_token', $verdict->{oauth}{oauth_token});
        return {kind => 'oauth1', user => $mount->user($entry->{user}), scopes => {}, token => $entry};
    }
    my $token = $request->credentials('Bearer');
    my $entry = $mount->ledger->valid('twitter_access', $token);
    if ($entry && $version == 2) {
        return {
            kind   => 'oauth2',
            user   => $mount->user($entry->{user}),
            scopes => {map { $_ => 1 } @{$entry->{scopes}}},
            token  => $entry
        };
    }
    $entry = $mount->ledger->valid('twitter_app', $token);
    return {kind  => 'app', scopes => {}, token => $entry} if $entry;
    return {reply => $mount->error_reply({code => 215})} if $version == 1 && !length($token // '');
    return {reply => $mount->error_reply({code => 89, message => 'Invalid or expired token'})}
        if $version == 1 || ($token // '') =~ /%/;
    return {reply => problem(401, 'about:blank', 'Unauthorized', 'Unauthorized')};
}

sub problem ($status, $type, $title, $detail, %more) {
    $type = "https://api.twitter.com/2/problems/$type" if $type ne 'about:blank';
    return Social::Sandbox::Reply->new($status, 'application/problem+json',
        Mojo::JSON::encode_json({title => $title, type => $type, status => $status, detail => $detail, %more}),
    );
}

# Everything that a call of v2 must pass: credentials, kind, scopes, credits, rate.
sub _admit ($mount, $request, $endpoint, %need) {
    my $caller = _caller($mount, $request, 2);
    return $caller if $caller->{reply};
    return {
        reply => problem(
            402,
            'credits',
            'CreditsDepleted',
            'Your enrolled account ['
                . $mount->setting('owner_id')
                . '] does not have any credits to fulfill this request.'
        )
        }
        if !$mount->setting('credits');
    return {
        reply => problem(
            403,
            'unsupported-authentication',
            'Unsupported Authentication',
            'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].'
        )
        }
        if $need{user} && $caller->{kind} eq 'app';
    if ($caller->{kind} eq 'oauth2' && grep { !$caller->{scopes}{$_} } @{$need{scopes} // []}) {
        return {reply => problem(403, 'about:blank', 'Forbidden', 'Forbidden')};
    }
    my $window = int($mount->now / $WINDOW);
    my $limit  = $mount->setting('rate_limit');
    my $used   = ++$mount->{rates}{join "\0", $endpoint, $caller->{token}{value}, $window};
    $caller->{rate} = {
        'x-rate-limit-limit'     => $limit,
        'x-rate-limit-remaining' => $used > $limit ? 0 : $limit - $used,
        'x-rate-limit-reset'     => ($window + 1) * $WINDOW,
    };
    return $caller if $used <= $limit;
    my $reply = problem(429, 'about:blank', 'Too Many Requests', 'Too Many Requests');
    %{$reply->headers} = %{$caller->{rate}};
    return {reply => $reply};
}

sub me ($mount, $request) {
    my $caller = _admit($mount, $request, 'me', user => 1, scopes => ['tweet.read', 'users.read']);
    return $caller->{reply} if $caller->{reply};
    my $user  = $caller->{user};
    my %extra = (
        verified          => false,
        created_at        => '2020-08-04T08:12:00.000Z',
        profile_image_url => "https://pbs.example/$user->{id}.jpg",
        description       => '',
        protected         => false
    );
    my @fields = split /,/, $request->query('user.fields') // '';
    my @bad    = grep { !exists $extra{$_} && !/^(?:id|name|username|confirmed_email)$/ } @fields;
    return problem(
        400,
        'invalid-request',
        'Invalid Request',
        'One or more parameters to your request was invalid.',
        errors => [
            {
                parameters => {'user.fields' => \@bad},
                message    => 'The `user.fields` query parameter value is not one of the allowed ones'
            }
        ]
    ) if @bad;
    return Social::Sandbox::Reply->json(
        200,
        {
            data => {
                id       => "$user->{id}",
                name     => $user->{name},
                username => $user->{screen_name},
                map { $_ => $extra{$_} } grep { exists $extra{$_} } @fields
            }
        },
        %{$caller->{rate}},
    );
}

sub create_tweet ($mount, $request) {
    my $caller = _admit($mount, $request, 'tweets', user => 1, scopes => ['tweet.read', 'tweet.write', 'users.read']);
    return $caller->{reply} if $caller->{reply};
    my $tweet = $request->json;
    return problem(400, 'invalid-request', 'Invalid Request', 'One or more parameters to your request was invalid.')
        if ($request->header('content-type') // '') !~ m{^application/json\b}i
        || ref $tweet ne 'HASH'
        || !length($tweet->{text} // '') && !$tweet->{media} && !$tweet->{poll};
    return Social::Sandbox::Reply->json(
        201,
        {
            data => {
                id                     => sprintf('19%017d', ++$mount->{tweets}),
                text                   => $tweet->{text} // '',
                edit_history_tweet_ids => [],
                author_id              => "$caller->{user}{id}"
            }
        },
        %{$caller->{rate}},
    );
}

sub search ($mount, $request) {
    my $caller = _admit($mount, $request, 'search');
    return $caller->{reply} if $caller->{reply};
    return problem(400, 'invalid-request', 'Invalid Request', 'The `query` query parameter can not be empty')
        if !length($request->query('query') // '');
    return Social::Sandbox::Reply->json(200, {data => [], meta => {result_count => 0}}, %{$caller->{rate}});
}

sub search_v1 ($mount, $request) {
    my $caller = _caller($mount, $request, 1);
    return $caller->{reply}                   if $caller->{reply};
    return $mount->error_reply({code => 453}) if !$mount->setting('v1_reads');
    return Social::Sandbox::Reply->json(200,
        {statuses => [], search_metadata => {query => $request->query('q') // '', count => 0}});
}

sub verify_credentials ($mount, $request) {
    my $caller = _caller($mount, $request, 1);
    return $caller->{reply} if $caller->{reply};
    return $mount->error_reply({code => 220}) if $caller->{kind} eq 'app';
    return $mount->error_reply({code => 453}) if !$mount->setting('v1_reads');
    my $user = $caller->{user};
    return Social::Sandbox::Reply->json(200,
        {id => 0 + $user->{id}, id_str => "$user->{id}", name => $user->{name}, screen_name => $user->{screen_name}});
}

# Ends the very token that signs.
sub invalidate ($mount, $request) {
    my $caller = _caller($mount, $request, 1);
    return $caller->{reply}                   if $caller->{reply};
    return $mount->error_reply({code => 220}) if $caller->{kind} ne 'oauth1';
    $caller->{token}{revoked} = 1;
    return Social::Sandbox::Reply->json(200, {access_token => $caller->{token}{value}});
}

1;
