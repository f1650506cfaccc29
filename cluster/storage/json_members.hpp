/// Reading and writing the small JSON objects of the internal topics. For the .cpp files of this folder alone: it
/// brings RapidJSON along.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/support/json.hpp"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::cluster {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

/// With Java's escapes.
inline void write_text(JsonWriter& writer, std::string_view text) {
    std::string quoted;
    json::append_string(quoted, text);
    writer.RawValue(quoted.data(), quoted.size(), rapidjson::kStringType);
}
inline void write_key(JsonWriter& writer, std::string_view text) { write_text(writer, text); }
inline std::string_view text_of(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

/// The first JSON value of the text; what follows is ignored, as Java's reader does. An empty text reads as null.
inline rapidjson::Document parse_first(std::optional<std::string_view> text) {
    rapidjson::Document document;
    if (!text || text->empty()) return document;
    constexpr unsigned flags = rapidjson::kParseStopWhenDoneFlag | rapidjson::kParseFullPrecisionFlag;
    document.Parse<flags>(text->data(), text->size());
    if (document.HasParseError())
        throw DataException("not JSON at byte " + std::to_string(document.GetErrorOffset()) + ": " +
                            rapidjson::GetParseError_En(document.GetParseError()));
    return document;
}

/// Null unless `object` is an object with this member.
inline const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
    if (!object.IsObject()) return nullptr;
    const auto it = object.FindMember(name);
    return it == object.MemberEnd() ? nullptr : &it->value;
}
inline std::optional<std::string> text_member(const rapidjson::Value& object, const char* name) {
    const auto* value = member(object, name);
    if (!value || !value->IsString()) return std::nullopt;
    return std::string(text_of(*value));
}
inline std::optional<std::int64_t> integer_member(const rapidjson::Value& object, const char* name) {
    const auto* value = member(object, name);
    if (!value || !value->IsInt64()) return std::nullopt;
    return value->GetInt64();
}
inline bool flag_member(const rapidjson::Value& object, const char* name) {
    const auto* value = member(object, name);
    return value && value->IsBool() && value->GetBool();
}
inline std::string text_of(const rapidjson::StringBuffer& buffer) { return {buffer.GetString(), buffer.GetSize()}; }

}
