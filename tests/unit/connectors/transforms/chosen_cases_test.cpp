/// What the Java classes made of the cases in chosen_cases.jsonl, against ours, results and messages. A line of input
/// is completed by `recorder/record --complete <LINES`.
#include "tests/pch.hpp"
#include "tests/unit/connectors/transforms/java_case.hpp"

#include <cstdlib>
#include <fstream>

namespace millrace::transforms {

TEST_CASE("chosen cases are what the Java classes make of them", "[chosen_cases]") {
    const auto* other = std::getenv("MILLRACE_CHOSEN_CASES");
    std::ifstream file(other ? other : "tests/unit/connectors/transforms/chosen_cases.jsonl");
    REQUIRE(file);
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        const json::Document document(line);
        INFO("case " << ++number << ": " << line);
        JavaCase java(document.root());
        if (java.unwritable()) continue;
        const auto [result, error] = java.outcome();
        CHECK(error == java.expected_error());
        if (!java.must_fail()) CHECK(result == java.expected());
    }
    CHECK(number > 0);
}

}
