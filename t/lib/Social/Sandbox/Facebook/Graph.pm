# Reading from the Graph API: nodes, the accounts edge with its paging, and the fields
# parameter, which is obeyed to the letter.
package Social::Sandbox::Facebook::Graph;
use v5.36;

use MIME::Base64 qw(encode_base64url decode_base64url);
use Social::Sandbox::Facebook::Tokens;
use Social::Sandbox::Facebook::Users;
use Social::Sandbox::Reply;

my %USER_FIELD  = map { $_ => 1 } qw(id name email first_name last_name accounts);
my @PAGE_FIELDS = qw(access_token category category_list name id tasks);
my %PAGE_FIELD  = map { $_ => 1 } @PAGE_FIELDS,
    qw(instagram_business_account connected_instagram_account instagram_accounts link username);
my %IG_FIELD = map { $_ => 1 }
    qw(id name username has_profile_pic profile_picture_url biography website followers_count follows_count media_count ig_id is_published);

my ($LIMIT, $MOST) = (25, 100);

# GET /me and GET /{id}: a user, a page or an Instagram account.
sub node ($mount, $request, $version, $id) {
    return $mount->not_found($request) if !$mount->version($version);
    my ($entry, $error) = Social::Sandbox::Facebook::Tokens::authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    return $mount->error_reply(
        {code => 2500, message => 'An active access token must be used to query information about the current user.'})
        if $entry->{life} eq 'app';
    my $user = $mount->user($entry->{user});
    my $data = eval {
        my $fields = parse_fields($request->param('fields'));
        my $own_id = $entry->{page} // $user->{id};
        $id = $own_id if $id eq 'me';
        if ($id eq $user->{id}) { _user($mount, $entry, $user, $fields // _plain(qw(id name))) }
        else {
            my $page = Social::Sandbox::Facebook::Users::page_by_id($user, $id)
                or die {
                code    => 100,
                subcode => 33,
                type    => 'GraphMethodException',
                message =>
                    "Unsupported get request. Object with ID '$id' does not exist, cannot be loaded due to missing permissions, or does not support this operation."
                };
            $page->{id} eq $id
                ? _page($mount, $entry, $page, $fields   // _plain(qw(name id)))
                : _instagram($page->{instagram}, $fields // _plain(qw(id)));
        }
    };
    return $mount->error_reply($@) if ref $@;
    die $@                         if $@;
    return $mount->graph($data, $version);
}

# GET /me/accounts and GET /{user}/accounts
sub accounts ($mount, $request, $version, $who) {
    return $mount->not_found($request) if !$mount->version($version);
    my ($entry, $error) = Social::Sandbox::Facebook::Tokens::authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    my $user = $entry->{life} eq 'app' ? undef : $mount->user($entry->{user});
    return $mount->error_reply(
        {code => 100, message => "(#100) Tried accessing nonexisting field (accounts) on node type (Page)"})
        if !$user || $entry->{page} || $who ne 'me' && $who ne $user->{id};
    my $limit = $request->param('limit') // $LIMIT;
    return $mount->error_reply({code => 100, message => '(#100) param limit must be non negative'})
        if $limit !~ /^\d+$/;
    my $data = eval {
        my $fields = parse_fields($request->param('fields')) // _plain(@PAGE_FIELDS);
        _accounts(
            $mount, $entry, $user, $fields,
            {
                limit   => $limit,
                after   => $request->param('after'),
                version => $mount->version($version),
                fields  => $request->param('fields'),
            }
        );
    };
    return $mount->error_reply($@) if ref $@;
    die $@                         if $@;
    return $mount->graph($data, $version);
}

# GET /{page}/instagram_accounts
sub instagram_accounts ($mount, $request, $version, $id) {
    my ($entry, $error) = Social::Sandbox::Facebook::Tokens::authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    my $data = eval {
        my $page = Social::Sandbox::Facebook::Users::page_by_id($mount->user($entry->{user}), $id)
            or die {code => 100, subcode => 33, type => 'GraphMethodException', message => 'Unsupported get request.'};
        _need($entry, 'instagram_basic');
        _instagram_edge($page, parse_fields($request->param('fields')) // _plain(qw(id)));
    };
    return $mount->error_reply($@) if ref $@;
    return $mount->graph($data // {data => []}, $version);
}

# [{name, [sub => […]], [limit => N]}, …] of `a,b.limit(5){c,d}`; undef of nothing.
sub parse_fields ($text) {
    return if !length($text // '');
    my $list = _list(\$text);
    _syntax() if length $text;
    return $list;
}

sub _list ($rest) {
    my @fields;
    do {
        $$rest =~ s/^\s*(\w+)// or _syntax();
        my $field = {name => $1};
        while ($$rest =~ s/^\.(\w+)\((\w+)\)//) { $field->{$1} = $2 }
        if ($$rest =~ s/^\{//) {
            $field->{sub} = _list($rest);
            $$rest =~ s/^\s*\}// or _syntax();
        }
        push @fields, $field;
    } while $$rest =~ s/^\s*,//;
    return \@fields;
}

sub _syntax { die {code => 2500, message => 'Syntax error in the fields parameter'} }

sub _plain (@names) {
    return [map { {name => $_} } @names];
}

sub _check ($fields, $known, $type) {
    for my $field (@$fields) {
        next if $known->{$field->{name}};
        die {code => 100, message => "(#100) Tried accessing nonexisting field ($field->{name}) on node type ($type)"};
    }
    return;
}

sub _need ($entry, $scope) {
    return if grep { $_ eq $scope } @{$entry->{scopes}};
    die {code => 10, message => "(#10) This endpoint requires the '$scope' permission"};
}

sub _user ($mount, $entry, $user, $fields) {
    _check($fields, \%USER_FIELD, 'User');
    my ($first, $last) = split / /, $user->{name}, 2;
    my %value = (%$user, first_name => $first, last_name => $last);
    my %data  = (id                 => $user->{id});
    for my $field (@$fields) {
        my $name = $field->{name};
        if ($name eq 'accounts') {
            $data{accounts} = _accounts(
                $mount, $entry, $user,
                $field->{sub} // _plain(@PAGE_FIELDS),
                {limit => $field->{limit} // $LIMIT, version => $mount->version(undef)}
            );
        }
        elsif ($name eq 'email' && !grep { $_ eq 'email' } @{$entry->{scopes}}) {
            next;
        }
        elsif (defined $value{$name}) { $data{$name} = $value{$name} }
    }
    return \%data;
}

# One answer of the edge. A cursor is the place of the next page and the empty answers left.
sub _accounts ($mount, $entry, $user, $fields, $query) {
    _check($fields, \%PAGE_FIELD, 'Page');
    my %granted = map { $_ => 1 } @{$entry->{scopes}};
    return {data => []} if !$granted{pages_show_list};

    my ($from, $empty) = (0, $user->{empty_pages} // 0);
    if (length($query->{after} // '')) {
        ($from, $empty) = decode_base64url($query->{after}) =~ /^(\d+):(\d+)$/
            or die {code => 100, message => '(#100) Invalid cursors values'};
    }
    my $size  = (sort { $a <=> $b } $query->{limit} || $LIMIT, $MOST, $user->{page_size} // $MOST)[0];
    my $count = Social::Sandbox::Facebook::Users::page_count($user);
    my @pages;
    if ($empty) { $empty-- }
    else {
        my $last = $from + $size < $count ? $from + $size - 1 : $count - 1;
        @pages = map { Social::Sandbox::Facebook::Users::page($user, $_) } $from .. $last;
        $from  = $last + 1;
    }
    my @seen   = grep { !$_->{business} || $granted{business_management} } @pages;
    my $more   = $from < $count || $user->{endless};
    my %answer = (data => [map { _page($mount, $entry, $_, $fields) } @seen]);
    return \%answer if !$more && !@pages;

    my $after = encode_base64url("$from:$empty");
    $answer{paging}{cursors} = {before => encode_base64url(($from - @pages) . ':0'), after => $after};
    $answer{paging}{next}    = _next($mount, $entry, $user, $query, $after) if $more;
    return \%answer;
}

# The link to the rest has the access token in it, and no appsecret_proof.
sub _next ($mount, $entry, $user, $query, $after) {
    return
          ($user->{next_origin} // $mount->url)
        . "/$query->{version}/$user->{id}/accounts?"
        . Social::Sandbox::Reply::encode_form(
        [
            access_token => $entry->{value},
            (defined $query->{fields} ? (fields => $query->{fields}) : ()),
            limit => $query->{limit},
            after => $after,
        ]
        );
}

sub _page ($mount, $entry, $page, $fields) {
    _check($fields, \%PAGE_FIELD, 'Page');
    my %data = (id => $page->{id});
    for my $field (@$fields) {
        my $name = $field->{name};
        if ($name eq 'access_token') {
            $data{$name}
                = $entry->{page}
                ? $entry->{value}
                : Social::Sandbox::Facebook::Tokens::page_token($mount, $entry, $page);
        }
        elsif ($name =~ /^(?:instagram_business_account|connected_instagram_account)$/) {
            _need($entry, 'instagram_basic');
            my $sub = $field->{sub} // _plain('id');
            _check($sub, \%IG_FIELD, 'IGUser');
            $data{$name} = _instagram($page->{instagram}, $sub) if $page->{instagram};
        }
        elsif ($name eq 'instagram_accounts') {
            _need($entry, 'instagram_basic');
            my $edge = _instagram_edge($page, $field->{sub} // _plain('id'));
            $data{$name} = $edge if $edge;
        }
        elsif (defined $page->{$name}) { $data{$name} = $page->{$name} }
    }
    return \%data;
}

sub _instagram ($account, $fields) {
    _check($fields, \%IG_FIELD, 'IGUser');
    return {
        id => $account->{id},
        map { $_ => $account->{$_} } grep { defined $account->{$_} } map { $_->{name} } @$fields
    };
}

# The older edge names the same account by another id.
sub _instagram_edge ($page, $fields) {
    _check($fields, \%IG_FIELD, 'IGUser');
    my $account = $page->{instagram} or return;
    my $cursor  = encode_base64url('0');
    return {
        data   => [_instagram({%$account, id => $account->{edge_id} // $account->{id}}, $fields)],
        paging => {cursors => {before => $cursor, after => $cursor}},
    };
}

1;
