#include "connectors/api/java_class.hpp"
#include "connectors/postgres/source/config.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/with_cause.hpp"

using namespace millrace;
using namespace millrace::postgres;

TEST_CASE("settings that the topic naming strategy cannot use fail the task as they do Debezium's",
          "[postgres][config]") {
    const std::string regex = "io.debezium.schema.DefaultRegexTopicNamingStrategy";
    const auto failure = [](Settings more) -> std::string {
        try {
            for (const auto& [key, value] : Settings{{"database.hostname", "db"},
                                                     {"database.user", "u"},
                                                     {"database.dbname", "d"},
                                                     {"topic.prefix", "p"}})
                more.emplace(key, value);
            parse_config(more, [](const std::string&) {});
        } catch (const PermanentException& e) {
            const auto* java = dynamic_cast<const HasJavaClass*>(&e);
            return (java == nullptr ? "" : std::string(java->java_class()) + ": ") + with_cause(e);
        }
        return "";
    };
    const auto of = [](const std::string& strategy, const std::string& cause) {
        return fmt::format(
            "java.lang.IllegalArgumentException: Call to constructor of class {} failed; Unable to validate config. {}",
            strategy, cause);
    };
    const auto of_regex = [&](Settings more) {
        more["topic.naming.strategy"] = regex;
        return failure(std::move(more));
    };
    CHECK(of_regex({}) == of(regex, "The 'topic.regex' value is invalid: A value is required"));
    CHECK(of_regex({{"topic.regex", "(.*)"}}) ==
          of(regex,
             "The 'topic.replacement' value is invalid: topic.replacement must be non-empty if topic.regex is set."));
    CHECK_THAT(of_regex({{"topic.regex", "("}, {"topic.replacement", "x"}}),
               Catch::StartsWith(of(regex, "The 'topic.regex' value '(' is invalid: A valid regular expressions is")));
    CHECK(of_regex({{"topic.regex", "(.*)"}, {"topic.replacement", "x"}, {"topic.key.field.regex", "(.*)"}}) ==
          of(regex,
             "The 'topic.key.field.replacement' value is invalid: topic.key.field.replacement must be non-empty if "
             "topic.key.field.regex is set."));
    CHECK(of_regex({{"topic.regex", "(.*)"}, {"topic.replacement", "x"}}).empty());
    CHECK(failure({{"topic.delimiter", "!"}}) ==
          of("io.debezium.schema.SchemaTopicNamingStrategy",
             "The 'topic.delimiter' value '!' is invalid: ! has invalid format (only the underscore, hyphen, dot and "
             "alphanumeric characters are allowed)"));
}

TEST_CASE("a topic naming strategy of one's own fails the task, with those that are known", "[postgres][config]") {
    const Settings settings{{"database.hostname", "db"},
                            {"database.user", "u"},
                            {"database.dbname", "d"},
                            {"topic.prefix", "p"},
                            {"topic.naming.strategy", "com.example.Mine"}};
    CHECK_THROWS_AS(parse_config(settings, [](const std::string&) {}), ConfigException);
    CHECK_THROWS_WITH(parse_config(settings, [](const std::string&) {}),
                      Catch::Contains("com.example.Mine") && Catch::Contains("SchemaTopicNamingStrategy"));
}
