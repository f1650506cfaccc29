#include "connectors/support/json_values.hpp"

#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace {

namespace {

Value number_value(const json::Node& node) {
    const auto whole = node.as_wrapped_integer();
    return whole ? Value::int64(*whole) : Value::float64(node.as_double());
}

Value map_value(std::span<const json::Member> members, Arena& arena) {
    EntryList entries(members.size(), arena);
    for (const auto& member : members) entries.put(member.name, to_value(member.value, arena));
    return entries.map();
}

void append_pairs(std::string& out, std::span<const MapEntry> entries) {
    out += '[';
    for (const auto& entry : entries) {
        if (&entry != entries.data()) out += ',';
        out += '[';
        append_value(out, entry.key);
        out += ',';
        append_value(out, entry.value);
        out += ']';
    }
    out += ']';
}

void append_map(std::string& out, std::span<const MapEntry> entries) {
    if (std::ranges::any_of(entries, [](const MapEntry& e) { return e.key.kind() != Value::Kind::String; })) {
        return append_pairs(out, entries);
    }
    out += '{';
    for (const auto& entry : entries) {
        if (&entry != entries.data()) out += ',';
        json::append_string(out, entry.key.as_text());
        out += ':';
        append_value(out, entry.value);
    }
    out += '}';
}

[[noreturn]] void refuse_offset_value(std::string_view field, std::string_view kind) {
    throw DataException(
        fmt::format("Offsets may only contain primitive types as values, but field {} contains {}", field, kind));
}

}

void EntryList::put(std::string_view key, const Value& value) {
    auto* const end = entries_ + count_;
    auto* const found = std::find_if(entries_, end, [&](const MapEntry& e) { return e.key.as_text() == key; });
    *found = {Value::string(key), value};
    if (found == end) ++count_;
}

Value to_value(const json::Node& node, Arena& arena) {
    switch (node.kind()) {
    case json::Node::Kind::Null:
        return {};
    case json::Node::Kind::Boolean:
        return Value::boolean(node.as_boolean());
    case json::Node::Kind::Number:
        return number_value(node);
    case json::Node::Kind::String:
        return Value::string(node.text());
    case json::Node::Kind::Array: {
        const auto from = node.elements();
        auto* to = arena.make_array<Value>(from.size());
        for (std::size_t i = 0; i < from.size(); ++i) to[i] = to_value(from[i], arena);
        return Value::array({to, from.size()});
    }
    case json::Node::Kind::Object:
        return map_value(node.members(), arena);
    }
    return {};
}

void append_value(std::string& out, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Null:
        out += "null";
        break;
    case Value::Kind::Boolean:
        out += value.as_boolean() ? "true" : "false";
        break;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
    case Value::Kind::Int64:
        json::append_integer(out, value.as_integer());
        break;
    case Value::Kind::Float32:
        json::append_float(out, static_cast<float>(value.as_double()));
        break;
    case Value::Kind::Float64:
        json::append_double(out, value.as_double());
        break;
    case Value::Kind::String:
        json::append_string(out, value.as_text());
        break;
    case Value::Kind::Bytes:
        out += '"';
        append_base64(out, value.as_text());
        out += '"';
        break;
    case Value::Kind::Array:
        out += '[';
        for (const auto& element : value.as_values()) {
            if (&element != value.as_values().data()) out += ',';
            append_value(out, element);
        }
        out += ']';
        break;
    case Value::Kind::Map:
        append_map(out, value.as_entries());
        break;
    case Value::Kind::Struct:
        throw DataException("A struct cannot be written as JSON without its schema");
    }
}

void append_offset_entries(std::string& out, OffsetEntries entries) {
    out += '{';
    for (const auto& entry : entries) {
        const auto kind = entry.value.kind();
        if (kind == Value::Kind::Array || kind == Value::Kind::Map || kind == Value::Kind::Struct)
            refuse_offset_value(entry.key, "a collection");
        if (&entry != entries.data()) out += ',';
        json::append_string(out, entry.key);
        out += ':';
        append_value(out, entry.value);
    }
    out += '}';
}

OffsetMap to_offset_map(const json::Node& node) {
    if (!node.is_object()) throw DataException("An offset or partition must be a JSON object");
    OffsetMap map;
    Arena arena(64);
    for (const auto& member : node.members()) {
        if (member.value.is_array()) refuse_offset_value(member.name, "ARRAY");
        if (member.value.is_object()) refuse_offset_value(member.name, "MAP");
        map.set(member.name, to_value(member.value, arena));
    }
    return map;
}

}
