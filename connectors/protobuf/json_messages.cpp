#include "connectors/protobuf/json_messages.hpp"

#include "connectors/protobuf/wire.hpp"
#include "connectors/support/json.hpp"

#include <fmt/core.h>

#include <cmath>
#include <map>
#include <vector>

namespace millrace::protobuf {

namespace {

constexpr int most_levels = 100;
constexpr double most_exact = 9'007'199'254'740'992;  // whole numbers up to here are exact
constexpr std::uint32_t elements = 1;                 // of a Struct and a ListValue
constexpr std::uint32_t entry_key = 1;
constexpr std::uint32_t entry_value = 2;

/// The numbers of a Value's fields.
enum Kind : std::uint32_t { Null = 1, Number = 2, String = 3, Boolean = 4, Object = 5, Array = 6 };

void check(int level) {
    if (level > most_levels) throw DataException(fmt::format("JSON is nested more than {} deep", most_levels));
}

void put_value(std::string& out, const json::Node& node, int level);

void put_message(std::string& out, std::uint32_t number, const json::Node& value, int level) {
    put_tag(out, number, WireType::Length);
    const auto begin = out.size();
    put_value(out, value, level);
    close_length(out, begin);
}

void put_text(std::string& out, std::uint32_t number, std::string_view text) {
    put_tag(out, number, WireType::Length);
    put_varint(out, text.size());
    out += text;
}

void put_object(std::string& out, const json::Node& node, int level) {
    check(level);
    for (const auto& [name, value] : node.members()) {
        put_tag(out, elements, WireType::Length);
        const auto begin = out.size();
        put_text(out, entry_key, name);
        put_message(out, entry_value, value, level);
        close_length(out, begin);
    }
}

void put_list(std::string& out, const json::Node& node, int level) {
    check(level);
    for (const auto& element : node.elements()) put_message(out, elements, element, level);
}

void put_value(std::string& out, const json::Node& node, int level) {
    switch (node.kind()) {
    case json::Node::Kind::Null:
        put_tag(out, Null, WireType::Varint);
        return put_varint(out, 0);
    case json::Node::Kind::Boolean:
        put_tag(out, Boolean, WireType::Varint);
        return put_varint(out, node.as_boolean() ? 1 : 0);
    case json::Node::Kind::Number:
        put_tag(out, Number, WireType::Fixed64);
        return put_fixed(out, node.as_double());
    case json::Node::Kind::String:
        return put_text(out, String, node.text());
    case json::Node::Kind::Array:
    case json::Node::Kind::Object:
        break;
    }
    put_tag(out, node.is_object() ? Object : Array, WireType::Length);
    const auto begin = out.size();
    if (node.is_object()) {
        put_object(out, node, level + 1);
    } else {
        put_list(out, node, level + 1);
    }
    close_length(out, begin);
}

/// What the message's fields of this number hold, each by itself; others are skipped.
template <class Use>
void for_each(std::string_view message, std::uint32_t number, Use&& use) {
    WireReader in(message);
    while (!in.at_end()) {
        const auto [found, type] = read_tag(in);
        if (found == number && type == WireType::Length) {
            use(in.length_delimited());
        } else {
            in.skip(found, type);
        }
    }
}

/// Parts of one message are as good as the whole, so they only have to stand behind each other.
std::string joined(std::string_view message, std::uint32_t number) {
    std::string whole;
    for_each(message, number, [&](std::string_view part) { whole += part; });
    return whole;
}

void read_value(json::Writer& out, std::string_view message, int level);

void read_object(json::Writer& out, std::string_view message, int level) {
    check(level);
    std::vector<std::pair<std::string, std::string>> members;
    std::map<std::string, std::size_t> places;
    for_each(message, elements, [&](std::string_view entry) {
        std::string name;
        for_each(entry, entry_key, [&](std::string_view key) { name = key; });
        const auto [place, is_new] = places.emplace(name, members.size());
        if (is_new) members.emplace_back(std::move(name), "");
        members[place->second].second = joined(entry, entry_value);
    });
    out.begin_object();
    for (const auto& [name, value] : members) {
        out.key(name);
        read_value(out, value, level);
    }
    out.end_object();
}

void read_list(json::Writer& out, std::string_view message, int level) {
    check(level);
    out.begin_array();
    for_each(message, elements, [&](std::string_view element) { read_value(out, element, level); });
    out.end_array();
}

void read_number(json::Writer& out, double number) {
    if (!std::isfinite(number)) throw DataException(fmt::format("JSON has no number {}", number));
    const bool exact = number == std::trunc(number) && std::abs(number) <= most_exact;
    if (exact && !(number == 0 && std::signbit(number))) {
        out.integer(static_cast<std::int64_t>(number));
    } else {
        out.real(number);
    }
}

/// Of several kinds the last counts.
void read_value(json::Writer& out, std::string_view message, int level) {
    std::uint32_t kind = Null;
    double number = 0;
    bool truth = false;
    std::string_view text;
    WireReader in(message);
    while (!in.at_end()) {
        const auto [found, type] = read_tag(in);
        if (found == Number && type == WireType::Fixed64) {
            number = in.fixed<double>();
        } else if (found == Boolean && type == WireType::Varint) {
            truth = in.varint() != 0;
        } else if (found == String && type == WireType::Length) {
            text = in.length_delimited();
        } else {
            in.skip(found, type);
            const auto expected = found == Null ? WireType::Varint : WireType::Length;
            if ((found != Null && found != Object && found != Array) || type != expected) continue;
        }
        kind = found;
    }
    if (kind == Number) return read_number(out, number);
    if (kind == Object) return read_object(out, joined(message, Object), level + 1);
    if (kind == Array) return read_list(out, joined(message, Array), level + 1);
    if (kind == String) {
        out.string(text);
    } else if (kind == Boolean) {
        out.boolean(truth);
    } else {
        out.null();
    }
}

}

JsonMessage json_message(std::string_view full_name) noexcept {
    if (full_name == "google.protobuf.Struct") return JsonMessage::Struct;
    if (full_name == "google.protobuf.Value") return JsonMessage::Value;
    return full_name == "google.protobuf.ListValue" ? JsonMessage::List : JsonMessage::None;
}

void put_json(std::string& out, std::string_view json, JsonMessage kind) {
    const json::Document document(json);
    const auto& root = document.root();
    if (kind == JsonMessage::Value) return put_value(out, root, 0);
    if (kind == JsonMessage::Struct) {
        if (!root.is_object()) throw DataException("google.protobuf.Struct has no place for JSON that is no object");
        return put_object(out, root, 1);
    }
    if (!root.is_array()) throw DataException("google.protobuf.ListValue has no place for JSON that is no array");
    put_list(out, root, 1);
}

std::string read_json(std::string_view message, JsonMessage kind) {
    std::string text;
    json::Writer out(text);
    switch (kind) {
    case JsonMessage::Struct:
        read_object(out, message, 1);
        break;
    case JsonMessage::List:
        read_list(out, message, 1);
        break;
    default:
        read_value(out, message, 0);
        break;
    }
    return text;
}

}
