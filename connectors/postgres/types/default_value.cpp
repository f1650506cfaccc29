#include "connectors/postgres/types/default_value.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/default_expression.hpp"
#include "connectors/postgres/types/numeric.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/source_type.hpp"
#include "connectors/postgres/types/temporal.hpp"

#include <algorithm>
#include <limits>

namespace millrace::postgres {

namespace {

/// A date or timestamp of an expression in the form in which the server prints values of the type.
std::string server_form(Oid type, std::string text) {
    if (type == oid::time && text.starts_with("24:")) return "23:59:59.999999";
    if (type != oid::date && type != oid::timestamp && type != oid::timestamptz) return text;
    const auto at = to_utc(parse_timestamp_leniently(text));
    const bool before_christ = at.date.year <= 0;
    auto form =
        fmt::format("{:04}-{:02}-{:02}", before_christ ? 1 - at.date.year : at.date.year, at.date.month, at.date.day);
    if (type != oid::date)
        form += fmt::format(" {:02}:{:02}:{:02}.{:06}", at.time.hour, at.time.minute, at.time.second, at.time.micros);
    if (type == oid::timestamptz) form += "+00";
    return before_christ ? form + " BC" : form;
}

/// Infinity as a default is the end of Java's own calendar, other than as a value.
Value infinite_default(bool positive, Oid type, const SchemaParts& schema) {
    constexpr std::int32_t java_max_day = 169560311;   // of the year 999999999, wrapped around
    constexpr std::int32_t java_min_day = -170999002;  // of the year -999999999
    constexpr std::int64_t java_max_micros = std::numeric_limits<std::int64_t>::min() + 999'998;
    const bool is_text = schema.type == Type::String;
    if (type == oid::date)
        return is_text ? Value::string(positive ? "+999999999-12-31Z" : "-999999999-01-01Z")
                       : Value::int32(positive ? java_max_day : java_min_day);
    if (type == oid::timestamp && is_text)
        return Value::string(positive ? "+999999999-12-31T23:59:59.999999999Z" : "-999999999-01-01T00:00:00Z");
    if (type == oid::timestamp && schema.name == "io.debezium.time.MicroTimestamp")
        return Value::int64(positive ? java_max_micros : std::numeric_limits<std::int64_t>::min());
    throw DataException("infinity is out of range");
}

bool is_uuid(std::string_view text) {
    constexpr std::size_t length = 36;
    return text.size() == length && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
           });
}

/// Throws if there is no such value, though the codec might take it.
void check(Oid type, std::int32_t typmod, std::string_view text, Arena& arena) {
    if (type == oid::uuid && !is_uuid(text)) throw DataException("not a UUID");
    if (type != oid::numeric) return;
    if (is_special_number(text)) throw DataException("no finite number");
    if (typmod == -1)
        smallest_scale(text, arena);
    else
        unscaled_bytes(text, std::max(numeric_size(typmod).scale, 0), Rounding::Never, arena);
}

}

Value default_value(const ColumnInfo& column, const DefaultTypes& types, const Codec& codec, const SchemaParts& schema,
                    Arena& arena, const Logger& logger) {
    if (!column.default_expression) return {};
    const auto& type = types.column;
    const auto constant = constant_of_default(*column.default_expression, types.expression);
    if (!constant) return {};
    if (schema.type == Type::Struct) {
        logger.warn("Struct can't be used as default value for column '{}', will use null instead.", column.name);
        return {};
    }
    try {
        const bool is_temporal = type.oid == oid::date || type.oid == oid::timestamp || type.oid == oid::timestamptz;
        if (is_temporal && constant->ends_with("infinity"))
            return infinite_default(!constant->starts_with('-'), type.oid, schema);
        check(type.oid, column.typmod, *constant, arena);
        return codec.convert(codec, arena.copy(server_form(type.oid, *constant)), arena);
    } catch (const DataException&) {
        logger.warn("Cannot parse column default value '{}' to type '{}'. Expression evaluation is not supported.",
                    *column.default_expression, type.name);
        return {};
    }
}

}
