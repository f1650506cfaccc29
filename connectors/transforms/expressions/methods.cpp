#include "connectors/transforms/expressions/methods.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/expressions/letters.hpp"
#include "connectors/transforms/expressions/node.hpp"
#include "connectors/transforms/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace millrace::transforms {

namespace {

[[noreturn]] void refuse(const MethodCall& call) {
    throw DataException(fmt::format("{} has no method {}() for these arguments", class_name(call.on), call.name));
}

std::string_view text_of(const MethodCall& call, const Operand& operand) {
    if (!operand.is_text()) refuse(call);
    return operand.value.as_text();
}

std::int64_t whole_of(const MethodCall& call, const Operand& operand) {
    const auto kind = operand.value.kind();
    if (operand.kind != Operand::Kind::Data || kind < Value::Kind::Int8 || kind > Value::Kind::Int64) refuse(call);
    return operand.value.as_integer();
}

const Schema& schema_of(const MethodCall& call) {
    if (call.on.kind != Operand::Kind::Schema) refuse(call);
    return **call.on.schema;
}

Operand truth(bool value) noexcept { return data(Value::boolean(value)); }
Operand number(std::size_t value) noexcept { return data(Value::int32(static_cast<std::int32_t>(value))); }
Operand new_text(const MethodCall& call, std::string_view text) {
    return data(Value::string(call.scope.arena.copy(text)));
}
Operand text_or_null(const std::string& text) noexcept { return data(text.empty() ? Value() : Value::string(text)); }

Operand equals(const MethodCall& call) {
    const auto& other = call.arguments[0];
    const bool container = call.on.is_list() || call.on.is_map();
    return truth(container ? groovy_equal(call.on, other) : java_equal(call.on, other));
}

Operand to_string(const MethodCall& call) {
    std::string text;
    append_text(text, call.on);
    return new_text(call, text);
}

Operand length(const MethodCall& call) { return number(to_utf16(text_of(call, call.on)).size()); }

Operand size(const MethodCall& call) {
    if (call.on.is_list()) return number(call.on.value.as_values().size());
    if (call.on.is_map()) return number(call.on.value.as_entries().size());
    return length(call);
}

Operand is_empty(const MethodCall& call) { return truth(size(call).value.as_integer() == 0); }

Operand contains(const MethodCall& call) {
    const auto& sought = call.arguments[0];
    if (!call.on.is_list()) {
        return truth(text_of(call, call.on).find(text_of(call, sought)) != std::string_view::npos);
    }
    return truth(std::ranges::any_of(call.on.value.as_values(), [&](const Value& element) {
        return java_equal(element_of(call.on, element), sought);
    }));
}

Operand starts_with(const MethodCall& call) {
    return truth(text_of(call, call.on).starts_with(text_of(call, call.arguments[0])));
}
Operand ends_with(const MethodCall& call) {
    return truth(text_of(call, call.on).ends_with(text_of(call, call.arguments[0])));
}
Operand matches(const MethodCall& call) { return truth(call.regex->matches(text_of(call, call.on))); }

Operand equals_ignore_case(const MethodCall& call) {
    const auto text = text_of(call, call.on);
    if (call.arguments[0].is_null()) return truth(false);
    return truth(to_lower_case(to_upper_case(text)) == to_lower_case(to_upper_case(text_of(call, call.arguments[0]))));
}

Operand upper_case(const MethodCall& call) { return new_text(call, to_upper_case(text_of(call, call.on))); }
Operand lower_case(const MethodCall& call) { return new_text(call, to_lower_case(text_of(call, call.on))); }

Operand trimmed(const MethodCall& call) {
    auto text = text_of(call, call.on);
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return data(Value::string(text));
}

Operand substring(const MethodCall& call) {
    const auto text = text_of(call, call.on);
    const auto units = to_utf16(text);
    const auto length = static_cast<std::int64_t>(units.size());
    const auto begin = whole_of(call, call.arguments[0]);
    const auto end = call.arguments.size() > 1 ? whole_of(call, call.arguments[1]) : length;
    if (begin < 0 || end > length || begin > end) {
        throw DataException(fmt::format("begin {}, end {}, length {}", begin, end, length));
    }
    const auto part =
        std::u16string_view(units).substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    return new_text(call, from_utf16(part));
}

Operand index_of(const MethodCall& call) {
    const auto text = text_of(call, call.on);
    const auto found = text.find(text_of(call, call.arguments[0]));
    if (found == std::string_view::npos) return data(Value::int32(-1));
    return number(to_utf16(text.substr(0, found)).size());
}

Operand replace(const MethodCall& call) {
    const auto text = text_of(call, call.on);
    const auto old = text_of(call, call.arguments[0]);
    const auto with = text_of(call, call.arguments[1]);
    std::string out;
    std::size_t at = 0;
    if (old.empty()) {  // between all characters, and at both ends
        out = with;
        for (const char c : text) {
            if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 || &c == text.data()) {
                out += c;
                continue;
            }
            out += with;
            out += c;
        }
        return new_text(call, text.empty() ? out : out + std::string(with));
    }
    for (auto found = text.find(old); found != std::string_view::npos; found = text.find(old, at)) {
        out.append(text.substr(at, found - at)).append(with);
        at = found + old.size();
    }
    return new_text(call, out.append(text.substr(at)));
}

Operand replaced(const MethodCall& call, std::string (Regex::*how)(std::string_view, std::string_view) const) {
    try {
        return new_text(call, (call.regex->*how)(text_of(call, call.on), text_of(call, call.arguments[0])));
    } catch (const ConfigException& e) {
        throw DataException(e.what());
    }
}
Operand replace_all(const MethodCall& call) { return replaced(call, &Regex::replace_all); }
Operand replace_first(const MethodCall& call) { return replaced(call, &Regex::replace_first); }

Operand get(const MethodCall& call) {
    const auto& by = call.arguments[0];
    if (call.on.is_map()) return map_entry(call.on, by);
    if (call.on.is_struct()) return struct_field(call.on, text_of(call, by));
    if (call.on.kind == Operand::Kind::Headers) return header_of(call.scope, text_of(call, by));
    if (!call.on.is_list()) refuse(call);
    const auto index = whole_of(call, by);
    const auto count = static_cast<std::int64_t>(call.on.value.as_values().size());
    if (index < 0 || index >= count) {
        throw DataException(fmt::format("Index {} out of bounds for length {}", index, count));
    }
    return list_element(call.on, index);
}

/// Struct.getInt32 and its like: the value itself, without its default.
Operand get_typed(const MethodCall& call, std::optional<Type> type) {
    const auto name = text_of(call, call.arguments[0]);
    if (!call.on.is_struct()) refuse(call);
    const auto& schema = **call.on.schema;
    const auto place = schema.index_of(name);
    if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
    const auto& field = schema.fields()[*place];
    if (type && field.schema->type() != *type) {
        throw DataException(fmt::format("Field '{}' is not of type {}", name, type_name(*type)));
    }
    return data(field.schema, call.on.value.as_values()[*place]);
}
Operand get_without_default(const MethodCall& call) { return get_typed(call, std::nullopt); }
template <Type type>
Operand get_of(const MethodCall& call) {
    return get_typed(call, type);
}

Operand contains_key(const MethodCall& call) {
    const auto& key = call.arguments[0];
    if (call.on.kind == Operand::Kind::Headers) {
        return truth(header_of(call.scope, text_of(call, key)).kind == Operand::Kind::Header);
    }
    if (!call.on.is_map()) refuse(call);
    const auto& schema = *call.on.schema;
    return truth(std::ranges::any_of(call.on.value.as_entries(), [&](const MapEntry& entry) {
        return java_equal(data(schema ? schema->key_schema() : Operand::no_schema, entry.key), key);
    }));
}

Operand schema(const MethodCall& call) {
    const bool described = call.on.kind == Operand::Kind::Field || call.on.is_struct();
    if (!described) refuse(call);
    return {.kind = Operand::Kind::Schema, .schema = call.on.schema};
}

Operand name(const MethodCall& call) {
    if (call.on.kind == Operand::Kind::Field) return data(call.on.value);
    return text_or_null(schema_of(call).name());
}
Operand doc(const MethodCall& call) { return text_or_null(schema_of(call).doc()); }
Operand version(const MethodCall& call) {
    const auto found = schema_of(call).version();
    return data(found ? Value::int32(*found) : Value());
}
Operand is_optional(const MethodCall& call) { return truth(schema_of(call).optional()); }

Operand field(const MethodCall& call) {
    const auto& described = schema_of(call);
    const auto sought = text_of(call, call.arguments[0]);
    if (described.type() != Type::Struct) throw DataException("Cannot look up fields on non-struct type");
    const auto place = described.index_of(sought);
    if (!place) return {};
    const auto& found = described.fields()[*place];
    return {.kind = Operand::Kind::Field, .schema = &found.schema, .value = Value::string(found.name)};
}

Operand get_time(const MethodCall& call) {
    const auto logical = call.on.kind == Operand::Kind::Data ? logical_of(*call.on.schema) : Logical::None;
    if (logical == Logical::None || logical == Logical::Decimal) refuse(call);
    return data(Value::int64(epoch_ms(logical, call.on.value)));
}

constexpr auto methods = std::to_array<Method>({
    {"contains", 1, 1, false, contains},
    {"containsKey", 1, 1, false, contains_key},
    {"doc", 0, 0, false, doc},
    {"endsWith", 1, 1, false, ends_with},
    {"equals", 1, 1, false, equals},
    {"equalsIgnoreCase", 1, 1, false, equals_ignore_case},
    {"field", 1, 1, false, field},
    {"get", 1, 1, false, get},
    {"getArray", 1, 1, false, get_of<Type::Array>},
    {"getBoolean", 1, 1, false, get_of<Type::Boolean>},
    {"getFloat32", 1, 1, false, get_of<Type::Float32>},
    {"getFloat64", 1, 1, false, get_of<Type::Float64>},
    {"getInt16", 1, 1, false, get_of<Type::Int16>},
    {"getInt32", 1, 1, false, get_of<Type::Int32>},
    {"getInt64", 1, 1, false, get_of<Type::Int64>},
    {"getInt8", 1, 1, false, get_of<Type::Int8>},
    {"getMap", 1, 1, false, get_of<Type::Map>},
    {"getString", 1, 1, false, get_of<Type::String>},
    {"getStruct", 1, 1, false, get_of<Type::Struct>},
    {"getTime", 0, 0, false, get_time},
    {"getWithoutDefault", 1, 1, false, get_without_default},
    {"indexOf", 1, 1, false, index_of},
    {"isEmpty", 0, 0, false, is_empty},
    {"isOptional", 0, 0, false, is_optional},
    {"length", 0, 0, false, length},
    {"matches", 1, 1, true, matches},
    {"name", 0, 0, false, name},
    {"replace", 2, 2, false, replace},
    {"replaceAll", 2, 2, true, replace_all},
    {"replaceFirst", 2, 2, true, replace_first},
    {"schema", 0, 0, false, schema},
    {"size", 0, 0, false, size},
    {"startsWith", 1, 1, false, starts_with},
    {"substring", 1, 2, false, substring},
    {"toLowerCase", 0, 0, false, lower_case},
    {"toString", 0, 0, false, to_string},
    {"toUpperCase", 0, 0, false, upper_case},
    {"trim", 0, 0, false, trimmed},
    {"version", 0, 0, false, version},
});

}

const Method* find_method(std::string_view name) noexcept {
    const auto found = std::ranges::find(methods, name, &Method::name);
    return found == methods.end() ? nullptr : &*found;
}

std::string method_names() {
    std::string out;
    for (const auto& method : methods) out.append(out.empty() ? "" : ", ").append(method.name);
    return out;
}

Operand struct_field(const Operand& structure, std::string_view name) {
    const auto& schema = **structure.schema;
    const auto place = schema.index_of(name);
    if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
    const auto& field_schema = schema.fields()[*place].schema;
    const auto& found = structure.value.as_values()[*place];
    return data(field_schema, found.is_null() ? field_schema->default_value() : found);
}

Operand header_of(const Scope& scope, std::string_view name) {
    if (!scope.record.headers) return {};
    const auto& headers = *scope.record.headers;
    const auto found = std::find_if(headers.rbegin(), headers.rend(), [&](const Header& h) { return h.key == name; });
    if (found == headers.rend()) return {};
    return {.kind = Operand::Kind::Header, .schema = &found->schema, .value = found->value};
}

Operand map_entry(const Operand& map, const Operand& key) {
    const auto& schema = *map.schema;
    for (const auto& entry : map.value.as_entries()) {
        if (!java_equal(data(schema ? schema->key_schema() : Operand::no_schema, entry.key), key)) continue;
        return data(schema ? schema->value_schema() : Operand::no_schema, entry.value);
    }
    return {};
}

Operand list_element(const Operand& list, std::int64_t index) {
    const auto elements = list.value.as_values();
    const auto count = static_cast<std::int64_t>(elements.size());
    const auto place = index < 0 ? index + count : index;
    if (place < 0 && count > 0) {
        throw DataException(fmt::format("Negative array index [{}] too large for array size {}", index, count));
    }
    return place < 0 || place >= count ? Operand{} : element_of(list, elements[static_cast<std::size_t>(place)]);
}

}
