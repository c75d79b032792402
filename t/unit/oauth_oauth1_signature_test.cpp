#include "oauth/oauth1_signature.hpp"

#include <string>
#include <vector>
#include "catch.hpp"

using social::base::FormField;
using namespace social::oauth;

namespace {

using Fields = std::vector<FormField>;

std::string signed_with(const Oauth1Request& request, const Fields& protocol,
                        const Oauth1Credentials& credentials) {
    const auto base_string = oauth1_base_string(request, protocol);
    REQUIRE(base_string.has_value());
    return oauth1_signature(*base_string, credentials);
}

constexpr std::string_view kUpdateForm =
    "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21";

const Fields kUpdateFields{
    {"oauth_consumer_key", "xvz1evFS4wEEPTGEFPHBog"},
    {"oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"},
    {"oauth_signature_method", "HMAC-SHA1"},
    {"oauth_timestamp", "1318622958"},
    {"oauth_token", "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"},
    {"oauth_version", "1.0"},
};

constexpr Oauth1Credentials kUpdateCredentials{
    .consumer_key = "xvz1evFS4wEEPTGEFPHBog",
    .consumer_secret = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    .token = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    .token_secret = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"};

std::string update_signature(std::string_view url) {
    return signed_with({.method = "POST", .url = url, .form = kUpdateForm}, kUpdateFields,
                       kUpdateCredentials);
}

Fields protocol_of(const Oauth1Credentials& credentials, const Oauth1Stamp& stamp, Fields more) {
    more.push_back({"oauth_consumer_key", std::string(credentials.consumer_key)});
    more.push_back({"oauth_nonce", stamp.nonce});
    more.push_back({"oauth_signature_method", "HMAC-SHA1"});
    more.push_back({"oauth_timestamp", std::to_string(stamp.seconds)});
    if (!credentials.token.empty()) {
        more.push_back({"oauth_token", std::string(credentials.token)});
    }
    return more;
}

constexpr Oauth1Credentials kPhotos{.consumer_key = "dpf43f3p2l4k3l03",
                                    .consumer_secret = "kd94hf93k423kf44",
                                    .token = "",
                                    .token_secret = ""};

constexpr Oauth1Credentials kSignIn{.consumer_key = "cChZNFj6T5R0TigYB9yd1w",
                                    .consumer_secret = "L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg",
                                    .token = "",
                                    .token_secret = ""};

}  // namespace

TEST_CASE("the base string of X's documentation is reproduced octet by octet", "[oauth]") {
    const auto base_string = oauth1_base_string(
        {.method = "POST",
         .url = "https://api.x.com/1.1/statuses/update.json?include_entities=true",
         .form = kUpdateForm},
        kUpdateFields);
    REQUIRE(base_string.has_value());
    CHECK(
        *base_string ==
        "POST&https%3A%2F%2Fapi.x.com%2F1.1%2Fstatuses%2Fupdate.json&include_entities%3Dtrue%26"
        "oauth_consumer_key%3Dxvz1evFS4wEEPTGEFPHBog%26oauth_nonce%3DkYjzVBB8Y0ZFabxSWbWovY3uYSQ2"
        "pTgmZeNu2VS4cg%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1318622958%26"
        "oauth_token%3D370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb%26oauth_version%3D1.0%26"
        "status%3DHello%2520Ladies%2520%252B%2520Gentlemen%252C%2520a%2520signed%2520OAuth%2520"
        "request%2521");
}

TEST_CASE("the three signatures that X has published are reproduced", "[oauth]") {
    CHECK(update_signature("https://api.x.com/1.1/statuses/update.json?include_entities=true") ==
          "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=");
    CHECK(update_signature(
              "https://api.twitter.com/1.1/statuses/update.json?include_entities=true") ==
          "hCtSmYh+iHYCEqBWrE7C7hYmtUk=");
    CHECK(
        update_signature("https://api.twitter.com/1/statuses/update.json?include_entities=true") ==
        "tnnArxj06cWHq44gCs1OSKk/jLY=");
}

TEST_CASE("the requests of X's sign-in walk-through are signed as published", "[oauth]") {
    const Fields request_token = protocol_of(
        kSignIn, {.nonce = "ea9ec8429b68d6b77cd5600adbbb0456", .seconds = 1318467427},
        {{"oauth_callback", "http://localhost/sign-in-with-twitter/"}, {"oauth_version", "1.0"}});
    CHECK(signed_with(
              {.method = "POST", .url = "https://api.twitter.com/oauth/request_token", .form = ""},
              request_token, kSignIn) == "F1Li3tvehgcraF8DMJ7OyxO4w9Y=");
    CHECK(
        signed_with({.method = "POST", .url = "https://api.x.com/oauth/request_token", .form = ""},
                    request_token, kSignIn) == "X9xhcB9d+NxXd/ThJ/n51vPhetM=");

    Oauth1Credentials with_token = kSignIn;
    with_token.token = "NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0";
    with_token.token_secret = "veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI";
    const Fields access_token = protocol_of(
        with_token, {.nonce = "a9900fe68e2573b27a37f10fbad6a755", .seconds = 1318467427},
        {{"oauth_version", "1.0"}});
    constexpr std::string_view kVerifier =
        "oauth_verifier=uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY";
    CHECK(signed_with({.method = "POST",
                       .url = "https://api.twitter.com/oauth/access_token",
                       .form = kVerifier},
                      access_token, with_token) == "39cipBtIOHEEnybAR4sATQTpl2I=");
    CHECK(signed_with(
              {.method = "POST", .url = "https://api.x.com/oauth/access_token", .form = kVerifier},
              access_token, with_token) == "G3DdousFWwxEepaZcmHguKqeBvs=");
}

TEST_CASE("a callback with a query of its own is signed as Twitter once published", "[oauth]") {
    constexpr Oauth1Credentials kOld{
        .consumer_key = "GDdmIQH6jhtmLUypg82g",
        .consumer_secret = "MCD8BKwGdgPHvAuvgvz4EQpqDAtx89grbuNMRd7Eh98",
        .token = "",
        .token_secret = ""};
    const Fields fields = protocol_of(
        kOld, {.nonce = "QP70eNmVz8jvdPevU3oJD2AfF7R7odC2XJcn4XlZJqk", .seconds = 1272323042},
        {{"oauth_callback",
          "http://localhost:3005/the_dance/process_callback?service_provider_id=11"},
         {"oauth_version", "1.0"}});
    CHECK(signed_with(
              {.method = "POST", .url = "https://api.twitter.com/oauth/request_token", .form = ""},
              fields, kOld) == "8wUi7m5HFQy76nowoCThusfgB+Q=");
}

TEST_CASE("the three requests of RFC 5849, section 1.2, are signed as printed there", "[oauth]") {
    CHECK(signed_with({.method = "POST", .url = "https://photos.example.net/initiate", .form = ""},
                      protocol_of(kPhotos, {.nonce = "wIjqoS", .seconds = 137131200},
                                  {{"oauth_callback", "http://printer.example.com/ready"}}),
                      kPhotos) == "74KNZJeDHnMBp0EMJ9ZHt/XKycU=");

    Oauth1Credentials token = kPhotos;
    token.token = "hh5s93j4hdidpola";
    token.token_secret = "hdhd0244k9j7ao03";
    CHECK(signed_with({.method = "POST", .url = "https://photos.example.net/token", .form = ""},
                      protocol_of(token, {.nonce = "walatlh", .seconds = 137131201},
                                  {{"oauth_verifier", "hfdp7dh39dks9884"}}),
                      token) == "gKgrFCywp7rO0OXSjdot/IHF7IU=");

    Oauth1Credentials resource = kPhotos;
    resource.token = "nnch734d00sl2jdk";
    resource.token_secret = "pfkkdhi9sl3r4s00";
    constexpr std::string_view kPhoto =
        "http://photos.example.net/photos?file=vacation.jpg&size=original";
    CHECK(signed_with({.method = "GET", .url = kPhoto, .form = ""},
                      protocol_of(resource, {.nonce = "chapoH", .seconds = 137131202}, {}),
                      resource) == "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    CHECK(signed_with({.method = "GET", .url = kPhoto, .form = ""},
                      protocol_of(resource, {.nonce = "kllo9940pd9333jh", .seconds = 1191242096},
                                  {{"oauth_version", "1.0"}}),
                      resource) == "tR3+Ty81lMeYAr/Fid0kMTYa/WM=");
}

TEST_CASE("repeated names, empty values and double escapes follow RFC 5849, section 3.4.1",
          "[oauth]") {
    constexpr Oauth1Credentials kExample{.consumer_key = "9djdj82h48djs9d2",
                                         .consumer_secret = "j49sk3j29djd",
                                         .token = "kkk9d7dh3k39sjv7",
                                         .token_secret = "dh893hdasih9"};
    const Fields fields = protocol_of(kExample, {.nonce = "7d8f3e4a", .seconds = 137131201}, {});
    const Oauth1Request request{.method = "POST",
                                .url = "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
                                .form = "c2&a3=2+q"};
    const auto base_string = oauth1_base_string(request, fields);
    REQUIRE(base_string.has_value());
    CHECK(
        *base_string ==
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D"
        "%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D"
        "7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token"
        "%3Dkkk9d7dh3k39sjv7");
    // The RFC prints another value; erratum 2550 corrects it.
    CHECK(oauth1_signature(*base_string, kExample) == "r6/TJjbCOr97/+UU0NsvSne7s5g=");
}

TEST_CASE("the method is signed in uppercase", "[oauth]") {
    const auto base_of = [](std::string_view method) {
        return oauth1_base_string({.method = method, .url = "https://api.x.com/2/x", .form = ""},
                                  {})
            .value();
    };
    CHECK(base_of("get") == base_of("GET"));
    CHECK(base_of("Post").starts_with("POST&"));
    CHECK(base_of("M-SEARCH").starts_with("M-SEARCH&"));
}

TEST_CASE("scheme, host and default port of the URL are normalized, the path is not", "[oauth]") {
    const auto base_of = [](std::string_view url) {
        return oauth1_base_string({.method = "GET", .url = url, .form = ""}, {}).value();
    };
    CHECK(base_of("HTTP://EXAMPLE.COM:80/r%20v/X?id=123") ==
          "GET&http%3A%2F%2Fexample.com%2Fr%2520v%2FX&id%3D123");
    CHECK(base_of("https://www.example.net:8080/?q=1") ==
          "GET&https%3A%2F%2Fwww.example.net%3A8080%2F&q%3D1");
    CHECK(base_of("https://api.x.com:443") == "GET&https%3A%2F%2Fapi.x.com%2F&");
    CHECK(base_of("https://api.x.com:80/") == "GET&https%3A%2F%2Fapi.x.com%3A80%2F&");
    CHECK(base_of("https://api.x.com/p?a=1#frag") == "GET&https%3A%2F%2Fapi.x.com%2Fp&a%3D1");
    CHECK(base_of("https://a.b/p?x=1?y=2") == "GET&https%3A%2F%2Fa.b%2Fp&x%3D1%253Fy%253D2");
    CHECK(base_of("https://a.b/?x=%E2%98%83~") == "GET&https%3A%2F%2Fa.b%2F&x%3D%25E2%2598%2583~");
}

TEST_CASE("what cannot be read is not signed", "[oauth]") {
    for (const char* url : {"", "/path", "example.com/path", "https://", "https:///x",
                            "https://a.b/?x=%zz", "https://a.b/?x=%"}) {
        INFO(url);
        CHECK_FALSE(oauth1_base_string({.method = "GET", .url = url, .form = ""}, {}).has_value());
    }
    CHECK_FALSE(oauth1_base_string({.method = "POST", .url = "https://a.b/", .form = "x=%q"}, {})
                    .has_value());
}

TEST_CASE("the header carries the signature and every parameter once, percent-encoded", "[oauth]") {
    const auto header = oauth1_authorization(
        {.method = "POST", .url = "https://api.twitter.com/oauth/request_token", .form = ""},
        kSignIn, {.nonce = "ea9ec8429b68d6b77cd5600adbbb0456", .seconds = 1318467427},
        Fields{{"oauth_callback", "http://localhost/sign-in-with-twitter/"}});
    REQUIRE(header.has_value());
    CHECK(*header ==
          "OAuth oauth_callback=\"http%3A%2F%2Flocalhost%2Fsign-in-with-twitter%2F\", "
          "oauth_consumer_key=\"cChZNFj6T5R0TigYB9yd1w\", "
          "oauth_nonce=\"ea9ec8429b68d6b77cd5600adbbb0456\", "
          "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318467427\", "
          "oauth_version=\"1.0\", oauth_signature=\"F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D\"");
    CHECK(header->find("L8qq9PZ") == std::string::npos);
    CHECK(header->find("oauth_token=") == std::string::npos);
}

TEST_CASE("a URL that cannot be signed makes no header", "[oauth]") {
    CHECK_FALSE(oauth1_authorization({.method = "GET", .url = "nowhere", .form = ""}, kSignIn,
                                     {.nonce = "n", .seconds = 1})
                    .has_value());
}
