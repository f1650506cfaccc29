#include "connectors/postgres/source/topic_naming.hpp"

#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <vector>

namespace millrace::postgres {
namespace {

constexpr std::size_t max_topic_length = 249;

bool letter(char16_t c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char16_t c) noexcept { return c >= '0' && c <= '9'; }

std::string not_only_dots(std::string name) {
    if (name == ".") return "_";
    if (name == "..") return "__";
    return name;
}

}

std::string sanitize_topic(std::string_view name) {
    std::string out;
    for (const char16_t c : to_utf16(name)) {
        out += letter(c) || digit(c) || c == '.' || c == '_' || c == '-' ? static_cast<char>(c) : '_';
    }
    if (out.size() > max_topic_length) out.resize(max_topic_length);
    return not_only_dots(out);
}

std::string sanitize_topic_unicode(std::string_view name) {
    std::string out;
    for (const char16_t c : to_utf16(name)) {
        if (letter(c) || digit(c) || c == '.' || c == '-') {
            out += static_cast<char>(c);
        } else {
            out += unicode_replacement(c);
        }
    }
    if (out.size() > max_topic_length) out.resize(max_topic_length);
    return not_only_dots(out);
}

TopicNaming::TopicNaming(const TopicConfig& config) : config_(config) {
    if (!config_.regex.empty()) regex_.emplace(config_.regex);
}

std::string TopicNaming::sanitize(std::string_view name) const {
    return config_.unicode ? sanitize_topic_unicode(name) : sanitize_topic(name);
}

std::string TopicNaming::physical_topic(const TableId& table) const {
    const auto schema = config_.with_schema ? table.schema + config_.delimiter : "";
    return config_.prefix + config_.delimiter + schema + table.table;
}

std::optional<TopicNaming::KeyField> TopicNaming::key_field(const TableId& table) const {
    auto topic = physical_topic(table);
    if (config_.key_field.empty() || !regex_) return {};
    if (!config_.key_field_regex.empty()) {
        const Regex regex(config_.key_field_regex);
        if (regex.matches(topic)) topic = regex.replace_first(topic, config_.key_field_replacement);
    }
    return KeyField{config_.key_field, std::move(topic)};
}

std::string TopicNaming::data_topic(const TableId& table) const {
    auto topic = sanitize(physical_topic(table));
    if (regex_ && regex_->matches(topic)) {
        if (auto routed = regex_->replace_first(topic, config_.replacement); !routed.empty()) return routed;
    }
    return topic;
}

std::string TopicNaming::message_topic() const { return config_.prefix + ".message"; }

std::string TopicNaming::schema_name(std::string_view topic, std::string_view part) const {
    return adjust_name(fmt::format("{}.{}", topic, part), config_.schema_names, false);
}

std::string TopicNaming::field_name(std::string_view column) const {
    return adjust_name(column, config_.field_names, true);
}

}
