#include "connectors/api/config_def.hpp"

#include "tests/pch.hpp"

namespace millrace {

namespace {

std::string at_least_one(std::string_view value) {
    return value.starts_with('-') || value == "0" ? "Value must be at least 1" : "";
}

constexpr ConfigKey keys[] = {
    {.name = "topic", .type = ConfigType::String, .default_value = required},
    {.name = "tasks.max", .type = ConfigType::Int, .default_value = "1", .valid = at_least_one},
    {.name = "delay.ms", .type = ConfigType::Long, .default_value = "5"},
    {.name = "ratio", .type = ConfigType::Double, .default_value = "0.5"},
    {.name = "small", .type = ConfigType::Short},
    {.name = "on", .type = ConfigType::Boolean, .default_value = "false"},
    {.name = "names", .type = ConfigType::List, .default_value = ""},
    {.name = "secret", .type = ConfigType::Password},
};
constexpr ConfigDef def{keys};

}

TEST_CASE("a setting that will not do says why as ConfigDef does", "[config_def]") {
    const auto [key, value, error] = GENERATE(table<std::string, std::string, std::string>({
        {"tasks.max", "abc", "Invalid value abc for configuration tasks.max: Not a number of type INT"},
        {"tasks.max", "2147483648", "Invalid value 2147483648 for configuration tasks.max: Not a number of type INT"},
        {"tasks.max", "0", "Invalid value 0 for configuration tasks.max: Value must be at least 1"},
        {"tasks.max", "1.0", "Invalid value 1.0 for configuration tasks.max: Not a number of type INT"},
        {"small", "40000", "Invalid value 40000 for configuration small: Not a number of type SHORT"},
        {"delay.ms", "1s", "Invalid value 1s for configuration delay.ms: Not a number of type LONG"},
        {"ratio", "half", "Invalid value half for configuration ratio: Not a number of type DOUBLE"},
        {"on", "yes", "Invalid value yes for configuration on: Expected value to be either true or false"},
    }));
    Settings settings{{"topic", "t"}};
    settings[key] = value;
    std::vector<std::string> errors;
    for (const auto& found : def.validate(settings)) {
        errors.insert(errors.end(), found.errors.begin(), found.errors.end());
    }
    CHECK(errors == std::vector{error});
    CHECK_THROWS_WITH(def.parse(settings), error);
}

TEST_CASE("all problems are told at once", "[config_def]") {
    CHECK_THROWS_WITH(def.parse({{"tasks.max", "x"}}),
                      "Missing required configuration \"topic\" which has no default value.\n"
                      "Invalid value x for configuration tasks.max: Not a number of type INT");
}

TEST_CASE("settings are read trimmed, with their defaults", "[config_def]") {
    const auto config = def.parse({{"topic", " t "}, {"on", "TRUE"}, {"tasks.max", " +3 "}, {"names", " a , b,c "}});
    CHECK(config.get_string("topic") == "t");
    CHECK(config.get_boolean("on"));
    CHECK(config.get_int("tasks.max") == 3);
    CHECK(config.get_long("delay.ms") == 5);
    CHECK(config.get_double("ratio") == 0.5);
    CHECK(config.find("small") == std::nullopt);
    CHECK(config.get_list("names") == std::vector<std::string>{"a", "b", "c"});
    CHECK(config.has("on"));
    CHECK_FALSE(config.has("ratio"));
}

TEST_CASE("a password keeps its blanks", "[config_def]") {
    CHECK(def.parse({{"topic", "t"}, {"secret", " x "}}).get_string("secret") == " x ");
}

TEST_CASE("lists are split at commas", "[config_def]") {
    CHECK(split_list("").empty());
    CHECK(split_list(" ").empty());
    CHECK(split_list("a") == std::vector<std::string>{"a"});
    CHECK(split_list("a,,b") == std::vector<std::string>{"a", "", "b"});
    CHECK(split_list("a,") == std::vector<std::string>{"a", ""});
}

}
