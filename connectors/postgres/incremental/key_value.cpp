#include "connectors/postgres/incremental/key_value.hpp"

#include "connectors/postgres/types/numeric.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/support/java_number.hpp"

namespace millrace::postgres {
namespace {

using Kind = KeyValue::Kind;

/// A day that java.sql.Date has, too.
bool plain_date(std::string_view text) {
    const auto date = parse_date(text);
    return date.infinity == Infinity::None;
}

Kind kind_of(Oid type, std::string_view text) {
    switch (type) {
    case oid::boolean:
        return Kind::Boolean;
    case oid::int2:
    case oid::int4:
        return Kind::Integer;
    case oid::int8:
    case oid::oid:
        return Kind::Long;
    case oid::float4:
        return Kind::Float;
    case oid::float8:
        return Kind::Double;
    case oid::numeric:
        return is_special_number(text) ? Kind::String : Kind::Decimal;
    case oid::uuid:
        return Kind::Uuid;
    case oid::date:
        return plain_date(text) ? Kind::Date : Kind::String;
    default:
        return Kind::String;
    }
}

void append_shown(std::string& out, const KeyValue& value) {
    switch (value.kind) {
    case Kind::Null:
        out += "<null>";
        break;
    case Kind::Boolean:
        out += value.text == "t" ? "true" : "false";
        break;
    case Kind::Float:
        append_java_float(out, parse_java_float(value.text).value_or(0));
        break;
    case Kind::Double:
        append_java_double(out, parse_java_double(value.text).value_or(0));
        break;
    default:
        out += value.text;
    }
}

}

KeyValue key_value(Oid type, std::optional<std::string_view> text) {
    if (!text) return {};
    return {.kind = kind_of(type, *text), .text = std::string(*text)};
}

std::string shown(const RowKey& key) {
    std::string text;
    for (const auto& value : key) {
        if (!text.empty()) text += ',';
        append_shown(text, value);
    }
    return text;
}

}
