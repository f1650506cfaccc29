#include "connectors/converters/envelope_heads.hpp"

#include <algorithm>

namespace millrace::converters {

namespace {

constexpr std::string_view schema_part = "{\"schema\":";
constexpr std::string_view payload_part = ",\"payload\":";

/// Where the JSON object at `at` ends, in a text that was parsed before.
std::size_t end_of_object(std::string_view text, std::size_t at) noexcept {
    std::size_t depth = 0;
    for (bool quoted = false; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c == '\\') ++at;
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return at + 1;
        }
    }
    return text.size();
}

}

std::optional<EnvelopeHeads::Found> EnvelopeHeads::find(std::string_view message) {
    if (!message.ends_with('}')) return std::nullopt;
    const auto found = std::ranges::find_if(heads_, [&](const Head& head) { return message.starts_with(head.text); });
    if (found == heads_.end()) return std::nullopt;
    std::rotate(heads_.begin(), found, found + 1);
    const auto& head = heads_.front();
    return Found{head.schema, message.substr(head.text.size(), message.size() - head.text.size() - 1)};
}

void EnvelopeHeads::add(std::string_view message, const SchemaPtr& schema) {
    if (!message.starts_with(schema_part) || !message.substr(schema_part.size()).starts_with('{')) return;
    const auto end = end_of_object(message, schema_part.size());
    if (end > most_bytes || !message.substr(end).starts_with(payload_part)) return;
    if (heads_.size() >= most_heads) heads_.pop_back();
    heads_.insert(heads_.begin(), {std::string(message.substr(0, end + payload_part.size())), schema});
}

}
