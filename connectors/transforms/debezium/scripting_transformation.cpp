#include "connectors/transforms/debezium/scripting_transformation.hpp"

#include "connectors/support/text.hpp"
#include "connectors/transforms/debezium/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::transforms {

namespace {

/// The names by which Java's script engines are found.
std::optional<Dialect> dialect_of(std::string_view language) {
    constexpr std::string_view names[] = {"graal.js", "js", "javascript", "ecmascript", "nashorn"};
    constexpr std::string_view prefix = "jsr223.";
    auto name = trim(language);
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    if (name == "groovy") return Dialect::Groovy;
    if (std::ranges::find(names, lower_case(name)) != std::end(names)) return Dialect::JavaScript;
    return std::nullopt;
}

std::string language_complaint(std::string_view language) {
    if (language.empty() || dialect_of(language)) return "";
    return "Only jsr223.groovy and jsr223.graal.js are supported, and of them what docs/differences.md lists: there is "
           "no script engine here";
}

/// In which language it is, another setting says.
std::string condition_complaint(std::string_view text) {
    if (trim(text).empty()) return "";
    const auto complaint = expression_complaint(text);
    return complaint.empty() || expression_complaint(text, Dialect::JavaScript).empty() ? "" : complaint;
}

std::string topics_complaint(std::string_view pattern) { return pattern.empty() ? "" : regex_complaint(pattern); }

constexpr ConfigKey topic_regex{
    .name = "topic.regex",
    .type = ConfigType::String,
    .valid = topics_complaint,
    .importance = Importance::Low,
    .doc = "A regex used for selecting the topic(s) to which this transformation should be applied.",
    .order_in_group = 1,
    .width = Width::Long,
    .display_name = "Topic regex"};
constexpr ConfigKey language{
    .name = "language",
    .type = ConfigType::String,
    .valid = language_complaint,
    .importance = Importance::High,
    .doc =
        "The language of the expression: jsr223.groovy or jsr223.graal.js; the parts of them that docs/differences.md "
        "lists are there.",
    .order_in_group = 1,
    .width = Width::Medium,
    .display_name = "Expression language"};
constexpr ConfigKey null_handling{.name = "null.handling.mode",
                                  .type = ConfigType::String,
                                  .default_value = "keep",
                                  .importance = Importance::Low,
                                  .doc =
                                      "How to handle records with null value. Options are: keep - records are "
                                      "passed (the default),drop - records are removed,evaluate - the null records "
                                      "are passed for evaluation.",
                                  .order_in_group = 1,
                                  .width = Width::Short,
                                  .display_name = "Handle null records"};

constexpr ConfigKey filter_keys[] = {topic_regex,
                                     language,
                                     {.name = "condition",
                                      .type = ConfigType::String,
                                      .valid = condition_complaint,
                                      .importance = Importance::High,
                                      .doc = "An expression: where it gives true the record is kept, where it gives "
                                             "false it is dropped.",
                                      .order_in_group = 1,
                                      .width = Width::Medium,
                                      .display_name = "Filtering condition"},
                                     null_handling};

constexpr ConfigKey router_keys[] = {topic_regex,
                                     language,
                                     {.name = "topic.expression",
                                      .type = ConfigType::String,
                                      .valid = condition_complaint,
                                      .importance = Importance::High,
                                      .doc = "An expression determining the new name of the topic the record should "
                                             "use. When null the record is delivered to the original topic.",
                                      .order_in_group = 1,
                                      .width = Width::Medium,
                                      .display_name = "Topic name expression"},
                                     null_handling};

}

void ScriptingTransformation::configure(const Settings& settings) {
    validate("The provided configuration isn't valid; check the error log for details.", [&] {
        const auto config = ConfigDef(config_keys()).parse(settings);
        const auto dialect = dialect_of(required_value(config, "language"));
        expression_.emplace(required_value(config, expression_key()), dialect.value_or(Dialect::Groovy));
        nulls_ = static_cast<Nulls>(choice(config, "null.handling.mode", {"keep", "drop", "evaluate"}));
        topics_.reset();
        if (const auto pattern = config.get_string("topic.regex"); !pattern.empty()) topics_.emplace(pattern);
    });
}

bool ScriptingTransformation::apply(ConnectRecord& record, Arena& arena) {
    if (topics_ && !topics_->matches(record.topic)) return true;
    if (record.value.is_null() && nulls_ != Nulls::Evaluate) return nulls_ == Nulls::Keep;
    return apply(record, arena, *expression_);
}

std::span<const ConfigKey> ConditionFilter::config_keys() const noexcept { return filter_keys; }

bool ConditionFilter::apply(ConnectRecord& record, Arena& arena, Expression& expression) {
    return expression.test(record, arena);
}

std::span<const ConfigKey> ContentBasedRouter::config_keys() const noexcept { return router_keys; }

bool ContentBasedRouter::apply(ConnectRecord& record, Arena& arena, Expression& expression) {
    const auto topic = expression.text(record, arena);
    if (!topic.is_null()) record.topic = topic.as_text();
    return true;
}

}
