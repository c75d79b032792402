#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/fixed_text.hpp"
#include "base/form.hpp"
#include "base/http_message.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "freed_memory.hpp"
#include "marked_random.hpp"

namespace {

using namespace social;
using base::FixedSecret;
using base::Secret;
using test::FreedMemory;
using test::kLongMarker;
using test::kShortMarker;
using test::MarkedRandom;

constexpr std::string_view kMarkers[] = {kLongMarker, kShortMarker};

// The bytes of a heap object, which FreedMemory inspects on its destruction.
template <class Type, class... Arguments>
std::unique_ptr<Type> on_heap(Arguments&&... arguments) {
    return std::make_unique<Type>(std::forward<Arguments>(arguments)...);
}

}  // namespace

TEST_CASE("freed memory is searched for remaining secrets", "[base]") {
    for (const std::string_view marker : kMarkers) {
        const FreedMemory freed(marker);
        on_heap<std::string>(marker).reset();
        CHECK(freed.found() == 1);
        std::free(std::strcpy(static_cast<char*>(std::malloc(100)), marker.data()));
        CHECK(freed.found() == 2);
        auto* grown = std::strcpy(static_cast<char*>(std::malloc(100)), marker.data());
        grown = static_cast<char*>(std::realloc(grown, 10'000'000));
        CHECK(freed.found() == 3);
        std::memset(grown, 0, 100);
        std::free(grown);
        CHECK(freed.found() == 3);
    }
}

TEST_CASE("the stack and thread-local objects are searched for remaining secrets", "[base]") {
    const auto local = test::left_on_stack([] {
        char bytes[64];
        std::memcpy(bytes, kLongMarker.data(), kLongMarker.size());
        asm volatile("" : : "r"(bytes) : "memory");
        return kLongMarker;
    });
    CHECK(local.before_exit);
    CHECK(local.after_exit);
    thread_local std::array<char, 64> of_thread;
    const auto left = test::left_on_stack([] {
        std::memcpy(of_thread.data(), kLongMarker.data(), kLongMarker.size());
        return kLongMarker;
    });
    CHECK(left.before_exit);
    CHECK(left.after_exit);
    CHECK_FALSE(test::left_on_stack([] { return kLongMarker; }).before_exit);
}

TEST_CASE("a secret is not left in freed memory", "[base]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        const FreedMemory freed(marker);
        on_heap<Secret>(marker).reset();
        CHECK(freed.found() == 0);
        {
            auto from = on_heap<Secret>(marker);
            const auto to = on_heap<Secret>(std::move(*from));
            from.reset();
            CHECK(freed.found() == 0);
        }
        {
            const auto from = on_heap<Secret>(marker);
            const auto to = on_heap<Secret>(*from);
        }
        CHECK(freed.found() == 0);
        {
            // A string whose capacity exceeds its size.
            auto text = on_heap<std::string>();
            text->reserve(500);
            *text = marker;
            const Secret taken(std::move(*text));
            text.reset();
        }
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("the former value of an assigned secret is not left in freed memory", "[base]") {
    for (const std::string_view marker : kMarkers) {
        for (const std::string_view other :
             {"x", "a secret that is longer than the one before it"}) {
            INFO(marker << " then " << other);
            const FreedMemory freed(marker);
            const Secret next(other);
            auto copied = on_heap<Secret>(marker);
            *copied = next;
            copied.reset();
            CHECK(freed.found() == 0);
            auto moved = on_heap<Secret>(marker);
            *moved = Secret(other);
            moved.reset();
            CHECK(freed.found() == 0);
            {
                auto from = on_heap<Secret>(marker);
                Secret to(other);
                to = std::move(*from);
                from.reset();
                CHECK(freed.found() == 0);
            }
            auto emptied = on_heap<Secret>(marker);
            *emptied = Secret();
            CHECK(emptied->empty());
            emptied.reset();
            CHECK(freed.found() == 0);
        }
    }
}

TEST_CASE("a fixed secret is not left in freed memory", "[base]") {
    using Fixed = FixedSecret<64>;
    for (const std::string_view marker : kMarkers) {
        const FreedMemory freed(marker);
        on_heap<Fixed>(marker).reset();
        CHECK(freed.found() == 0);
        Fixed keeps;
        {
            auto from = on_heap<Fixed>(marker);
            keeps = std::move(*from);
            CHECK(from->empty());
            std::string_view bytes(reinterpret_cast<const char*>(from.get()), sizeof(Fixed));
            CHECK_FALSE(bytes.contains(marker));
            Fixed again(std::move(keeps));
            bytes = {reinterpret_cast<const char*>(&keeps), sizeof(Fixed)};
            CHECK_FALSE(bytes.contains(marker));
            CHECK(again.reveal() == marker);
        }
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("a wiped text is not left in freed memory, nor beyond its end", "[base]") {
    for (const std::string_view marker : kMarkers) {
        const FreedMemory freed(marker);
        auto text = on_heap<std::string>("front " + std::string(200, 'x'));
        text->append(marker);
        text->resize(3);
        base::wipe(*text);
        text.reset();
        CHECK(freed.found() == 0);
        auto bytes = std::make_unique<char[]>(100);
        std::memcpy(bytes.get(), marker.data(), marker.size());
        base::wipe(std::span(bytes.get(), 100));
        bytes.reset();
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("form values are not left in freed memory", "[base]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        const std::string field = "&password=" + std::string(marker);
        const std::string wholes[] = {
            "a=b" + field,
            // Refused texts: a NUL, a malformed escape, one field over the limit. The fields
            // decoded before are wiped all the same.
            "a=b" + field + "%00",
            "a=b" + field + "&c=%zz",
            "a=b" + field + "&%zz=d",
            "a=b" + field + field + field,
        };
        for (const std::string& whole : wholes) {
            INFO(whole);
            const FreedMemory freed(marker);
            {
                const auto form = base::Form::parse(whole, {.bytes = 8192, .fields = 3});
            }
            CHECK(freed.found() == 0);
        }
    }
}

TEST_CASE("short form values are not left on the stack", "[base]") {
    const std::string whole = "a=b&password=" + std::string(kShortMarker);
    std::unique_ptr<Result<base::Form>> form;
    const auto left = test::left_on_stack([&] {
        form.reset(new auto(base::Form::parse(whole)));
        return kShortMarker;
    });
    CHECK_FALSE(left.before_exit);
    CHECK((*form)->find("password").value == kShortMarker);
}

TEST_CASE("JSON texts are not left in freed memory", "[base]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        const std::string text = R"({"token":")" + std::string(marker) + R"(","list":[")" +
                                 std::string(marker) + R"("]})";
        const std::string broken = text + "}";
        const FreedMemory freed(marker);
        {
            auto json = base::Json::parse(text);
            REQUIRE(json);
            const auto member = json->member("token");
            json->set("another", base::Json::string(marker));
            auto written = json->dump();
            base::wipe(written);
        }
        CHECK(freed.found() == 0);
        {
            CHECK_FALSE(base::Json::parse(broken));
        }
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("used random bytes are nowhere in memory", "[base]") {
    // Requests larger than the pool's limit go to OpenSSL directly.
    for (const std::size_t size : {16U, 128U}) {
        std::vector<std::uint8_t> bytes(size);
        const auto left = test::left_on_stack([&]() -> std::string_view {
            base::fill_random(bytes);
            return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        });
        CHECK_FALSE(left.before_exit);
        CHECK_FALSE(left.after_exit);
    }
}

TEST_CASE("pooled random bytes are wiped when their thread exits", "[base]") {
    const MarkedRandom random;
    std::vector<std::uint8_t> bytes(16);
    const auto left = test::left_on_stack([&]() -> std::string_view {
        base::fill_random(bytes);
        return kLongMarker;
    });
    CHECK(left.before_exit);
    CHECK_FALSE(left.after_exit);
}

TEST_CASE("random bytes that bypass the pool are not left in freed memory", "[base]") {
    const MarkedRandom random;
    std::vector<char> text(base::base64url_size(400));
    const FreedMemory freed(kLongMarker);
    base::fill_random_base64url(400, text);
    CHECK(freed.found() == 0);
}

TEST_CASE("an HTTP request and its answer leave nothing in freed memory, also when they move",
          "[base]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        const FreedMemory freed(marker);
        auto request = on_heap<base::HttpRequest>("POST", std::string(marker));
        request->headers.push_back({.name = "Authorization", .value = std::string(marker)});
        request->body = marker;
        auto sent = on_heap<base::HttpRequest>(std::move(*request));
        request.reset();
        CHECK(sent->body == marker);
        sent.reset();
        auto answer = on_heap<base::HttpResponse>();
        answer->body = marker;
        auto read = on_heap<base::HttpResponse>(std::move(*answer));
        answer.reset();
        CHECK(read->body == marker);
        read.reset();
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("a growing text is not left in freed memory", "[base]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        const FreedMemory freed(marker);
        const auto text = on_heap<std::string>();
        for (int i = 0; i < 100; ++i) {
            base::append_wiping(*text, marker);
        }
        CHECK(text->size() == 100 * marker.size());
        CHECK(text->ends_with(marker));
        base::wipe(*text);
        CHECK(freed.found() == 0);
    }
}
