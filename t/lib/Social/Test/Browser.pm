# A browser driven by hand: a strict cookie jar, redirects followed one by one, forms
# and links pressed by their text, fragments carried along as browsers do.
#
# Every code, state, cookie and session id that it meets is handed to `watch`, so that
# the harness can look for it in the logs.
package Social::Test::Browser;
use v5.36;

use Carp qw(croak);
use Social::Test::RawConnection;

# Parameters of a URL that nobody may log.
my $SECRET = qr/^(?:code|state|sessionId|token|access_token|oauth_token|oauth_verifier|denied)$/;

# new(base => 'http://127.0.0.1:8080', [hosts => {'gateway.example:443' => PORT}],
#     [watch => sub($secret) {}], [tls => {…}])
# hosts: where an origin's bytes go in truth. Loopback addresses need no entry.
sub new ($class, %arg) {
    return bless {hosts => {}, watch => sub { }, jar => {}, headers => {}, %arg}, $class;
}

sub get  ($self, $url, %arg) { return $self->request(GET  => $url, %arg) }
sub post ($self, $url, %arg) { return $self->request(POST => $url, %arg) }

# request(METHOD => url or path, [headers => {}], [form => {} | []], [body => ''], [cookies => 0])
sub request ($self, $method, $url, %arg) {
    my $to = $self->target_of($url);
    $self->_watch_url($url);
    my $bytes = $self->bytes_of($method, $to, %arg);
    my $wire  = Social::Test::RawConnection->new(port => $to->{port}, $self->{tls} ? (tls => $self->{tls}) : ());
    $wire->put($bytes);
    my $response = $wire->read_response(method => $method);
    $wire->hang_up;
    croak "$method $to->{path}: no answer" if !$response && !$arg{may_fail};
    $self->keep($to, $response)            if $response;
    return $response;
}

# Sends requests at the same time: together([GET => url, headers => {}], …). The responses
# in that order, undef where none came.
sub together ($self, @requests) {
    my @sent = map {
        my ($method, $url, %arg) = @$_;
        my $to = $self->target_of($url);
        {port => $to->{port}, method => $method, to => $to, bytes => $self->bytes_of($method, $to, %arg)}
    } @requests;
    my @responses = Social::Test::RawConnection->together(@sent);
    for my $index (grep { $responses[$_] } 0 .. $#responses) { $self->keep($sent[$index]{to}, $responses[$index]) }
    return @responses;
}

# The GET of the response's Location, with the fragment a browser would carry along.
sub follow ($self, $response) {
    my $url = $response->location // croak 'there is no Location to follow';
    $url .= $1 if $url !~ /#/ && ($response->url // '') =~ /(#.*)/s;
    return $self->get($url =~ m{^/} ? "$response->{origin}$url" : $url);
}

# Presses the button or link with that text on a page.
sub press ($self, $page, $text) {
    my $body = $page->body;
    while ($body =~ m{<form\b([^>]*)>(.*?)</form>}gs) {
        my ($head, $inside) = ($1, $2);
        my ($button) = $inside =~ m{<button\b([^>]*)>[^<]*\Q$text\E} or next;
        my %field    = map { _attribute($_, 'name') => _attribute($_, 'value') } $inside =~ /<input\b([^>]*)>/g;
        my $name     = _attribute($button, 'name');
        $field{$name} = _attribute($button, 'value') if length $name;
        my $action = _attribute($head, 'action') || $page->url;
        return $self->post(_absolute($page, $action), form => \%field);
    }
    my ($link) = $body =~ m{<a\b([^>]*)>[^<]*\Q$text\E} or croak "nothing on the page says '$text'";
    return $self->get(_absolute($page, _attribute($link, 'href')));
}

# Goes through a login by hand and returns the last answer: the redirect that carries
# the session id, or the page at which it ended.
# redirect => redirectUrl; choice => what to press on a consent page; start => another first URL
sub login ($self, $provider, %arg) {
    my $start    = $arg{start} // "/$provider/auth?redirectUrl=" . _escape($arg{redirect});
    my $response = $self->get($start);
    for (1 .. 12) {
        if ($response->is_redirect) {
            return $response if defined $response->session_id || !$self->reaches($response->location);
            $response = $self->follow($response);
        }
        elsif ($response->status == 200 && $response->body =~ /data-consent="(\w+)"/) {
            my $choice = $arg{choice} // 'Continue';
            $response = $self->press($response, $1 eq 'refused' ? 'Return to' : $choice);
        }
        else { return $response }
    }
    croak 'the login goes round in circles';
}

# A login up to the provider's consent: the callback URL that the browser would open next.
# Options as those of login.
sub callback_of ($self, $provider, %arg) {
    my $start    = $arg{start} // "/$provider/auth?redirectUrl=" . _escape($arg{redirect} // 'https://mysite.example/');
    my $response = $self->get($start);
    for (1 .. 12) {
        my $next = $response->location // croak 'the provider is not reached: ' . $response->status;
        return $next if $next =~ m{/\Q$provider\E/callback\?};
        $response = $self->follow($response);
    }
    croak 'the login goes round in circles';
}

sub reaches ($self, $url) {
    my ($host, $port) = $url =~ m{^https?://([^/:?#]+)(?::(\d+))?}i or return $url =~ m{^/};
    return 1 if lc($host) =~ /^(?:127\.0\.0\.1|localhost)$/;
    return defined $self->_mapped($url);
}

# A header that goes with every request; undef takes it away.
sub always ($self, $name, $value) { $self->{headers}{$name} = $value; return $self }

sub cookies ($self, $url = $self->{base}) {
    return {map { $_->{name} => $_->{value} } $self->_sendable($self->target_of($url))};
}
sub cookie ($self, $name) { return $self->cookies->{$name} }
sub forget ($self)        { $self->{jar} = {}; return $self }

sub set_cookie ($self, $name, $value, $url = $self->{base}) {
    my $host = $self->target_of($url)->{host};
    $self->{jar}{"$host;/;$name"}
        = {name => $name, value => $value, host => $host, path => '/', order => ++$self->{order}};
    return $self;
}

# Where a URL goes: {scheme, host, authority, port (of the socket), path, origin, url}
sub target_of ($self, $url) {
    $url = "$self->{base}$url" if $url =~ m{^/};
    my ($scheme, $authority, $path) = $url =~ m{^(https?)://([^/?#]+)([^#]*)}i or croak "no URL: $url";
    $path = "/$path" if $path !~ m{^/};
    my ($host, $port) = $authority =~ /^(.*?)(?::(\d+))?$/;
    return {
        scheme    => lc $scheme,
        host      => lc $host,
        authority => $authority,
        port      => $self->_mapped($url) // $port // (lc $scheme eq 'https' ? 443 : 80),
        path      => $path,
        origin    => "$scheme://$authority",
        url       => $url,
    };
}

# The request as bytes, cookies and all; for sending many at once.
sub bytes_of ($self, $method, $to, %arg) {
    my %headers = (%{$self->{headers}}, %{$arg{headers} // {}});
    my $cookies = join '; ', map {"$_->{name}=$_->{value}"} $self->_sendable($to);
    $headers{Cookie} //= $cookies if length $cookies && ($arg{cookies} // 1);
    my $body = $arg{body};
    if (my $form = $arg{form}) {
        my @pairs = ref $form eq 'HASH' ? map { $_ => $form->{$_} } sort keys %$form : @$form;
        $body = '';
        while (my ($name, $value) = splice @pairs, 0, 2) {
            $body .= (length $body ? '&' : '') . _escape($name) . '=' . _escape($value);
        }
        $headers{'Content-Type'} //= 'application/x-www-form-urlencoded';
    }
    return Social::Test::RawConnection->format_request(
        method    => $method,
        target    => $to->{path},
        authority => $to->{authority},
        headers   => \%headers,
        body      => $body,
    );
}

# Takes in what a response means to a browser.
sub keep ($self, $to, $response) {
    @$response{qw(url origin)} = @$to{qw(url origin)};
    $self->_watch_url($response->location) if defined $response->location;
    for my $line ($response->header_all('Set-Cookie')) {
        my ($name, $value, $rest) = $line =~ /^([^=;]+)=([^;]*)(.*)$/s or next;
        $self->{watch}->($value) if length $value;
        my %attribute = map { lc($1) => $2 // 1 if /^\s*([^=]+)(?:=(.*))?$/s } grep {length} split /;/, $rest;
        $self->_store($to, $name, $value, \%attribute);
    }
    return $response;
}

# RFC 6265bis §5.6: what a browser refuses to keep.
sub _store ($self, $to, $name, $value, $attribute) {
    my $host = lc($attribute->{domain} // $to->{host}) =~ s/^\.//r;
    return if $to->{host} ne $host   && $to->{host} !~ /\.\Q$host\E$/;
    return if $attribute->{secure}   && $to->{scheme} ne 'https';
    return if $name =~ /^__Secure-/i && !$attribute->{secure};
    return
        if $name =~ /^__Host-/i
        && (!$attribute->{secure} || defined $attribute->{domain} || ($attribute->{path} // '') ne '/');
    my $age = $attribute->{'max-age'};
    my $path
        = ($attribute->{path} // '') =~ m{^/} ? $attribute->{path} : $to->{path} =~ s{\?.*}{}sr =~ s{(.)/[^/]*$}{$1}r;
    my $key = "$host;$path;$name";
    if (defined $age && $age <= 0) { delete $self->{jar}{$key}; return }
    $self->{jar}{$key} = {
        name   => $name,
        value  => $value,
        host   => $host,
        exact  => !defined $attribute->{domain},
        path   => $path,
        secure => $attribute->{secure},
        until  => defined $age ? time + $age : undef,
        order  => $self->{jar}{$key}{order} // ++$self->{order},
    };
    return;
}

# RFC 6265 §5.4: longer paths first, then the older ones.
sub _sendable ($self, $to) {
    my $path = $to->{path} =~ s/\?.*//sr;
    return sort { length $b->{path} <=> length $a->{path} || $a->{order} <=> $b->{order} } grep {
               ($to->{host} eq $_->{host} || !$_->{exact} && $to->{host} =~ /\.\Q$_->{host}\E$/)
            && ($path eq $_->{path} || $path =~ m{^\Q$_->{path}\E(?:(?<=/)|/)})
            && (!$_->{secure} || $to->{scheme} eq 'https')
            && (!defined $_->{until} || $_->{until} > time)
    } values %{$self->{jar}};
}

sub _mapped ($self, $url) {
    my ($scheme, $authority) = $url =~ m{^(https?)://([^/?#]+)}i or return;
    $authority .= lc $scheme eq 'https' ? ':443' : ':80' if $authority !~ /:\d+$/;
    return $self->{hosts}{lc $authority};
}

sub _watch_url ($self, $url) {
    while ($url =~ /[?&#]([\w.]+)=([^&#]+)/g) {
        my ($name, $value) = ($1, $2);
        $self->{watch}->($value =~ s/%([0-9a-fA-F]{2})/chr hex $1/ger) if $name =~ $SECRET;
    }
    return;
}

sub _absolute ($page, $url) { return $url =~ m{^/} ? $page->{origin} . $url : $url }

sub _attribute ($tag, $name) {
    my ($value) = $tag =~ /\b\Q$name\E="([^"]*)"/;
    my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");
    return ($value // '') =~ s/&(amp|lt|gt|quot|#39);/$entity{$1}/gr;
}

sub _escape ($text) { return $text =~ s/([^A-Za-z0-9\-._~])/sprintf '%%%02X', ord $1/ger }

1;
