// The unit tests' entry point. Its reporter writes TAP for prove: one line for each test case, so
// that `prove -v t/unit.t` reads as a list of sentences, and what failed on the standard error,
// which prove passes on.

// Version 2 of Catch2 is compiled into this file; version 3 is a library.
#define CATCH_CONFIG_RUNNER
#include <iostream>
#include <string>

#include "catch.hpp"

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_assertion_info.hpp>
#include <catch2/catch_assertion_result.hpp>
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <catch2/reporters/catch_reporter_streaming_base.hpp>
#endif

namespace {

#if __has_include(<catch2/catch_session.hpp>)
using StreamingReporter = Catch::StreamingReporterBase;
using AssertionEnded = void;
#else
class TapReporter;
using StreamingReporter = Catch::StreamingReporterBase<TapReporter>;
using AssertionEnded = bool;
#endif

class TapReporter : public StreamingReporter {
public:
    using StreamingReporter::StreamingReporter;

    static std::string getDescription() { return "one TAP line for each test case"; }

    void assertionStarting(const Catch::AssertionInfo&) override {}

    AssertionEnded assertionEnded(const Catch::AssertionStats& stats) override {
        const Catch::AssertionResult& result = stats.assertionResult;
        if (!result.isOk()) {
            std::cerr << "# " << result.getSourceInfo() << ": " << currentTestCaseInfo->name
                      << '\n';
            explain(result.getExpressionInMacro());
            explain(result.getExpandedExpression());
            explain(std::string(result.getMessage()));
            for (const Catch::MessageInfo& message : stats.infoMessages) {
                explain(message.message);
            }
        }
        return AssertionEnded(true);
    }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        std::cout << (stats.totals.assertions.allOk() ? "ok " : "not ok ") << ++cases_ << " - "
                  << currentTestCaseInfo->name << '\n';
        StreamingReporter::testCaseEnded(stats);
    }

    void testRunEnded(const Catch::TestRunStats& stats) override {
        std::cout << "1.." << cases_ << std::endl;
        StreamingReporter::testRunEnded(stats);
    }

private:
    // Keeps every line a TAP comment, whatever bytes a test feeds.
    static void explain(const std::string& text) {
        if (text.empty()) {
            return;
        }
        std::cerr << "#     ";
        for (const char c : text) {
            const auto octet = static_cast<unsigned char>(c);
            if (c == '\n') {
                std::cerr << "\n#     ";
            } else {
                std::cerr << (octet < 0x20 || octet == 0x7f ? '.' : c);
            }
        }
        std::cerr << '\n';
    }

    int cases_ = 0;
};

// Version 3 has a "tap" of its own, with one line for each assertion.
CATCH_REGISTER_REPORTER("sentences", TapReporter)

}  // namespace

int main(int count, char** words) {
    return Catch::Session().run(count, words);
}
