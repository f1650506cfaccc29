#include "connectors/postgres/incremental/key_value.hpp"

#include "connectors/postgres/types/numeric.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/temporal.hpp"

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

}

KeyValue key_value(Oid type, std::optional<std::string_view> text) {
    if (!text) return {};
    return {.kind = kind_of(type, *text), .text = std::string(*text)};
}

std::string shown(const RowKey& key) {
    std::string text;
    for (const auto& value : key) {
        if (!text.empty()) text += ',';
        text += value.kind == Kind::Null ? "<null>" : value.text;
    }
    return text;
}

}
