// The unit tests' entry point. Its reporter writes TAP for prove: one line for each test case, so
// that `prove -v t/unit.t` reads as a list of sentences, and what failed on the standard error,
// which prove passes on.

#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <iostream>
#include <string>

namespace {

class TapReporter : public Catch::StreamingReporterBase<TapReporter> {
public:
    using StreamingReporterBase::StreamingReporterBase;

    static std::string getDescription() { return "one TAP line for each test case"; }

    void assertionStarting(const Catch::AssertionInfo&) override {}

    bool assertionEnded(const Catch::AssertionStats& stats) override {
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
        return true;
    }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        std::cout << (stats.totals.assertions.allOk() ? "ok " : "not ok ") << ++cases_ << " - "
                  << stats.testInfo.name << '\n';
        StreamingReporterBase::testCaseEnded(stats);
    }

    void testRunEnded(const Catch::TestRunStats& stats) override {
        std::cout << "1.." << cases_ << std::endl;
        StreamingReporterBase::testRunEnded(stats);
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

CATCH_REGISTER_REPORTER("tap", TapReporter)

}  // namespace
