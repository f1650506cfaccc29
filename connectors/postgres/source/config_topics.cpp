// The strategies that name topics, and what they refuse.
#include "connectors/api/java_class.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/filters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

namespace millrace::postgres {
namespace {

constexpr std::string_view package = "io.debezium.schema.";
constexpr std::array strategies = {"SchemaTopicNamingStrategy",         "SchemaUnicodeTopicNamingStrategy",
                                   "SchemaRegexTopicNamingStrategy",    "DefaultTopicNamingStrategy",
                                   "DefaultUnicodeTopicNamingStrategy", "DefaultRegexTopicNamingStrategy"};

/// As Java tells of a class whose constructor throws.
struct ConstructorException : PermanentException, HasJavaClass {
    using PermanentException::PermanentException;
    std::string_view java_class() const noexcept override { return "java.lang.IllegalArgumentException"; }
};

bool plain(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
}

/// Of a pattern and what is to stand for it.
std::string rewriting_problem(const Config& config, std::string_view pattern, std::string_view replacement,
                              bool required) {
    const auto given = [&](std::string_view key) { return std::string(trim(config.get_string(key))); };
    const auto regex = given(pattern);
    if (regex.empty() && required) return fmt::format("The '{}' value is invalid: A value is required", pattern);
    if (regex.empty()) return {};
    if (const auto complaint = regex_complaint(regex); !complaint.empty()) {
        return fmt::format("The '{}' value '{}' is invalid: A valid regular expressions is expected, but {}", pattern,
                           regex, complaint);
    }
    if (!given(replacement).empty()) return {};
    return fmt::format("The '{}' value is invalid: {} must be non-empty if {} is set.", replacement, replacement,
                       pattern);
}

std::string topics_problem(const Config& config, bool routes) {
    for (const auto* key : {"topic.delimiter", "topic.heartbeat.prefix", "topic.transaction", "topic.heartbeat.name"}) {
        const auto name = config.get_string(key);
        if (plain(name) || (name.empty() && std::string_view(key) == "topic.heartbeat.name")) continue;
        return fmt::format(
            "The '{0}' value '{1}' is invalid: {1} has invalid format (only the underscore, hyphen, dot and "
            "alphanumeric characters are allowed)",
            key, name);
    }
    if (!routes) return {};
    auto problem = rewriting_problem(config, "topic.regex", "topic.replacement", true);
    if (!problem.empty()) return problem;
    return rewriting_problem(config, "topic.key.field.regex", "topic.key.field.replacement", false);
}

void require_known(std::string_view strategy) {
    const bool of_debezium = strategy.starts_with(package);
    const auto name = of_debezium ? strategy.substr(package.size()) : std::string_view();
    if (std::ranges::find(strategies, name) != strategies.end()) return;
    throw ConfigException(fmt::format(
        "The 'topic.naming.strategy' value '{}' is invalid: it is a Java class, which cannot be loaded here; set one "
        "of {}{{{}}}",
        strategy, package, fmt::join(strategies, ", ")));
}

}

void check_topics(const Config& config) {
    const auto strategy = config.get_string("topic.naming.strategy");
    require_known(strategy);
    const auto problem = topics_problem(config, strategy.find("Regex") != std::string::npos);
    if (problem.empty()) return;
    try {
        throw ConnectException("Unable to validate config. " + problem);
    } catch (const ConnectException&) {
        std::throw_with_nested(ConstructorException(fmt::format("Call to constructor of class {} failed", strategy)));
    }
}

}
