#include "cluster/storage/offset_records.hpp"

#include "cluster/storage/json_members.hpp"
#include "connectors/support/java_number.hpp"

#include <algorithm>
#include <vector>

namespace millrace::cluster {
namespace {

void write_value(JsonWriter& writer, std::string_view key, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Null:
        writer.Null();
        return;
    case Value::Kind::Boolean:
        writer.Bool(value.as_boolean());
        return;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
    case Value::Kind::Int64:
        writer.Int64(value.as_integer());
        return;
    case Value::Kind::String:
        write_text(writer, value.as_text());
        return;
    case Value::Kind::Float32:
    case Value::Kind::Float64: {
        std::string text;
        if (value.kind() == Value::Kind::Float32) {
            append_java_float(text, static_cast<float>(value.as_double()));
        } else {
            append_java_double(text, value.as_double());
        }
        writer.RawValue(text.data(), text.size(), rapidjson::kNumberType);
        return;
    }
    default:
        throw DataException("Offsets may only contain primitive types as values, but field " + std::string(key) +
                            " contains another");
    }
}

void write_map(JsonWriter& writer, OffsetEntries entries) {
    writer.StartObject();
    for (const auto& [key, value] : entries) {
        write_key(writer, key);
        write_value(writer, key, value);
    }
    writer.EndObject();
}

Value value_of(const rapidjson::Value& json, std::string_view key) {
    if (json.IsNull()) return {};
    if (json.IsBool()) return Value::boolean(json.GetBool());
    if (json.IsInt64()) return Value::int64(json.GetInt64());
    if (json.IsNumber()) return Value::float64(json.GetDouble());
    if (json.IsString()) return Value::string(text_of(json));
    throw DataException("Offsets may only contain primitive types as values, but field " + std::string(key) +
                        " contains " + (json.IsArray() ? "ARRAY" : "MAP"));
}

OffsetMap map_of(const rapidjson::Value& json) {
    OffsetMap map;
    for (const auto& [key, value] : json.GetObject()) map.set(text_of(key), value_of(value, text_of(key)));
    return map;
}

}

std::string offset_key(std::string_view connector, OffsetEntries partition) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartArray();
    write_text(writer, connector);
    write_map(writer, partition);
    writer.EndArray();
    return text_of(buffer);
}

std::string offset_value(OffsetEntries offset) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    write_map(writer, offset);
    return text_of(buffer);
}

OffsetKey parse_offset_key(std::string_view key) {
    const auto json = parse_first(key);
    if (!json.IsArray() || json.Size() != 2 || !json[0].IsString() || !(json[1].IsObject() || json[1].IsNull()))
        throw DataException("the offset key is not [connector, partition]: " + std::string(key));
    return {std::string(text_of(json[0])), json[1].IsObject() ? map_of(json[1]) : OffsetMap{}};
}

std::optional<OffsetMap> parse_offset_value(std::string_view value) {
    const auto json = parse_first(value);
    if (json.IsNull()) return std::nullopt;
    if (!json.IsObject()) throw DataException("the offset is no object: " + std::string(value));
    return map_of(json);
}

std::string canonical_offset_key(std::string_view connector, OffsetEntries partition) {
    std::vector<OffsetEntry> sorted(partition.begin(), partition.end());
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return offset_key(connector, sorted);
}

}
