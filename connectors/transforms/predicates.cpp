#include "connectors/transforms/predicates.hpp"

#include "connectors/transforms/validators.hpp"

#include <algorithm>

namespace millrace::transforms {

namespace {

constexpr ConfigKey header_keys[] = {
    {.name = "name",
     .type = ConfigType::String,
     .default_value = required,
     .valid = non_empty_string,
     .importance = Importance::Medium,
     .doc = "The header name."},
};

std::string valid_pattern(std::string_view value) {
    const auto complaint = non_empty_string(value);
    return complaint.empty() ? java_regex(value) : complaint;
}

constexpr ConfigKey topic_keys[] = {
    {.name = "pattern",
     .type = ConfigType::String,
     .default_value = required,
     .valid = valid_pattern,
     .importance = Importance::Medium,
     .doc = "A Java regular expression for matching against the name of a record's topic.",
     .null_complaint = null_regex},
};

}

std::span<const ConfigKey> HasHeaderKey::config_keys() const noexcept { return header_keys; }
void HasHeaderKey::configure(const Settings& settings) {
    name_ = ConfigDef(header_keys).parse(settings).get_string("name");
}
bool HasHeaderKey::test(const ConnectRecord& record) {
    return record.headers && std::ranges::find(*record.headers, name_, &Header::key) != record.headers->end();
}

std::span<const ConfigKey> TopicNameMatches::config_keys() const noexcept { return topic_keys; }
void TopicNameMatches::configure(const Settings& settings) {
    pattern_ = std::make_unique<Regex>(ConfigDef(topic_keys).parse(settings).get_string("pattern"));
    last_topic_.clear();
    last_result_ = pattern_->matches(last_topic_);
}
bool TopicNameMatches::test(const ConnectRecord& record) {
    if (record.topic != last_topic_) {
        last_topic_ = record.topic;
        last_result_ = pattern_->matches(record.topic);
    }
    return last_result_;
}

}
