/// Reading the small JSON objects of the internal topics.
#pragma once
#include "connectors/support/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::cluster {

/// The first JSON value of the text; what follows is ignored, as Java's reader does. An empty text reads as null.
/// Throws DataException if it is not JSON.
inline json::Document parse_first(std::optional<std::string_view> text) {
    return json::Document(text && !text->empty() ? *text : "null", {.ignore_trailing = true});
}

/// None unless `object` is an object with this member, of this kind.
inline std::optional<std::string> text_member(const json::Node& object, std::string_view name) {
    const auto* value = object.find(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->text());
}
inline std::optional<std::int64_t> integer_member(const json::Node& object, std::string_view name) {
    const auto* value = object.find(name);
    return value ? value->as_integer() : std::nullopt;
}
inline bool flag_member(const json::Node& object, std::string_view name) {
    const auto* value = object.find(name);
    return value && value->as_boolean();
}

}
