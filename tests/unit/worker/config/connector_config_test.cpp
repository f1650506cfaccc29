#include "worker/config/connector_config.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {
std::vector<std::string> errors_of(const std::string& name, const std::string& value) {
    Settings settings{{"name", "x"}, {"connector.class", "C"}};
    settings[name] = value;
    for (const auto keys : {common_connector_keys(), source_connector_keys(), sink_connector_keys()}) {
        for (const auto& found : ConfigDef(keys).validate(settings)) {
            if (found.name == name) return found.errors;
        }
    }
    return {"no such key"};
}
}

TEST_CASE("a connector's settings are refused with Kafka Connect's texts") {
    const auto [name, value, why] = GENERATE(table<std::string, std::string, std::string>({
        {"name", "", "Invalid value  for configuration name: String may not be empty"},
        {"name", "a\tb",
         "Invalid value a\tb for configuration name: String may not contain control sequences but had the following "
         "ASCII chars: 9"},
        {"tasks.max", "0", "Invalid value 0 for configuration tasks.max: Value must be at least 1"},
        {"tasks.max", "abc", "Invalid value abc for configuration tasks.max: Not a number of type INT"},
        {"errors.tolerance", "ALL",
         "Invalid value ALL for configuration errors.tolerance: String must be one of: none, all"},
        {"exactly.once.support", "maybe",
         "Invalid value maybe for configuration exactly.once.support: String must be one of (case insensitive): "
         "REQUIRED, REQUESTED"},
    }));
    CHECK(errors_of(name, value) == std::vector<std::string>{why});
}

TEST_CASE("the framework's keys are as many as Kafka Connect's") {
    CHECK(common_connector_keys().size() == 19);
    CHECK(source_connector_keys().size() == 5);
    CHECK(sink_connector_keys().size() == 5);
    CHECK(errors_of("name", "Überweisungen / 2024").empty());
    CHECK(errors_of("exactly.once.support", "REQUIRED").empty());
}

TEST_CASE("error handling is read from a connector's settings") {
    const auto given = error_handling({{"errors.tolerance", "all"}, {"errors.retry.timeout", "-1"}});
    CHECK(given.tolerance == Tolerance::All);
    CHECK(given.retry_timeout.count() == -1);
    CHECK(given.retry_delay_max == std::chrono::minutes(1));
    CHECK(!given.log_enable);
    CHECK_THROWS_AS(connector_basics({{"name", "x"}}), ConfigException);
}
