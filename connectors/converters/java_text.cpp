#include "connectors/converters/java_text.hpp"

#include "connectors/support/civil_date.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/java_date_names.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <chrono>

namespace millrace::converters {

namespace {

/// Milliseconds since the epoch, taken apart as Java's calendar does.
struct Moment {
    explicit Moment(std::int64_t ms) {
        const auto days = ms / day_ms - (ms % day_ms < 0 ? 1 : 0);
        date = java_date_from_days(days);
        weekday = static_cast<std::size_t>(((days + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
        of_day_ = std::chrono::milliseconds(ms - days * day_ms);
    }
    CivilDate date;
    std::size_t weekday;  ///< 0 is Sunday
    std::chrono::hh_mm_ss<std::chrono::milliseconds> clock() const { return std::chrono::hh_mm_ss(of_day_); }

private:
    std::chrono::milliseconds of_day_;
};

/// java.util.Date.toString(): Thu Jan 01 00:00:00 UTC 1970.
void append_java_date(std::string& out, std::int64_t ms) {
    const Moment at(ms);
    const auto clock = at.clock();
    fmt::format_to(std::back_inserter(out), "{} {} {:02} {:02}:{:02}:{:02} UTC {}", day_names[at.weekday].substr(0, 3),
                   month_names[static_cast<std::size_t>(at.date.month - 1)].substr(0, 3), at.date.day,
                   clock.hours().count(), clock.minutes().count(), clock.seconds().count(), year_of_era(at.date.year));
}

void append_header_date(std::string& out, std::int64_t ms) {
    const Moment at(ms);
    const bool time_only = ms < day_ms && ms >= 0;
    const bool date_only = ms % day_ms == 0;
    if (!time_only) {
        fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", year_of_era(at.date.year), at.date.month,
                       at.date.day);
        if (date_only) return;
        out += 'T';
    }
    const auto clock = at.clock();
    fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:03}Z", clock.hours().count(), clock.minutes().count(),
                   clock.seconds().count(), clock.subseconds().count());
}

/// True if the value is no container, string or bytes.
bool append_plain(std::string& out, const Value& value) {
    switch (value.kind()) {
    case Value::Kind::Null:
        out += "null";
        return true;
    case Value::Kind::Boolean:
        out += value.as_boolean() ? "true" : "false";
        return true;
    case Value::Kind::Int8:
    case Value::Kind::Int16:
    case Value::Kind::Int32:
    case Value::Kind::Int64:
        json::append_integer(out, value.as_integer());
        return true;
    case Value::Kind::Float32:
        append_java_float(out, static_cast<float>(value.as_double()));
        return true;
    case Value::Kind::Float64:
        append_java_double(out, value.as_double());
        return true;
    default:
        return false;
    }
}

SchemaPtr part_of(const SchemaPtr& schema, const SchemaPtr& (Schema::*part)() const noexcept) {
    return schema ? ((*schema).*part)() : nullptr;
}

/// A struct cannot be told apart without its schema; then its fields have no names.
std::span<const Field> fields_of(const SchemaPtr& schema) {
    return schema ? schema->fields() : std::span<const Field>{};
}

void append_java_struct(std::string& out, const SchemaPtr& schema, std::span<const Value> values) {
    const auto fields = fields_of(schema);
    out += "Struct{";
    bool first = true;
    for (std::size_t i = 0; i < values.size() && i < fields.size(); ++i) {
        if (values[i].is_null()) continue;
        if (!first) out += ',';
        first = false;
        out += fields[i].name;
        out += '=';
        append_java_text(out, fields[i].schema, values[i]);
    }
    out += '}';
}

void append_header_part(std::string& out, const SchemaPtr& schema, const Value& value, bool embedded);

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_header_container(std::string& out, const SchemaPtr& schema, const Value& value) {
    auto comma = [&out, first = true]() mutable {
        if (!first) out += ',';
        first = false;
    };
    if (value.kind() == Value::Kind::Array) {
        out += '[';
        const auto element_schema = part_of(schema, &Schema::value_schema);
        for (const auto& element : value.as_values()) {
            comma();
            append_header_part(out, element_schema, element, true);
        }
        out += ']';
        return;
    }
    out += '{';
    if (value.kind() == Value::Kind::Map) {
        const auto key_schema = part_of(schema, &Schema::key_schema);
        const auto value_schema = part_of(schema, &Schema::value_schema);
        for (const auto& entry : value.as_entries()) {
            comma();
            append_header_part(out, key_schema, entry.key, true);
            out += ':';
            append_header_part(out, value_schema, entry.value, true);
        }
    } else {
        const auto fields = fields_of(schema);
        const auto values = value.as_values();
        for (std::size_t i = 0; i < values.size() && i < fields.size(); ++i) {
            comma();
            append_quoted(out, fields[i].name);
            out += ':';
            // Java's Struct answers with the default where there is no value.
            const bool has_default = values[i].is_null() && fields[i].schema;
            append_header_part(out, fields[i].schema, has_default ? fields[i].schema->default_value() : values[i],
                               true);
        }
    }
    out += '}';
}

void append_header_part(std::string& out, const SchemaPtr& schema, const Value& value, bool embedded) {
    const auto logical = value.is_null() ? Logical::None : logical_of(schema);
    if (logical == Logical::Decimal) return append_decimal(out, value.as_text(), decimal_scale(*schema));
    if (logical != Logical::None) return append_header_date(out, epoch_ms(logical, value));
    if (append_plain(out, value)) return;
    switch (value.kind()) {
    case Value::Kind::String:
        if (embedded) {
            append_quoted(out, value.as_text());
        } else {
            out += value.as_text();
        }
        break;
    case Value::Kind::Bytes:
        if (embedded) out += '"';
        append_base64(out, value.as_text());
        if (embedded) out += '"';
        break;
    default:
        append_header_container(out, schema, value);
    }
}

}

void append_java_text(std::string& out, const SchemaPtr& schema, const Value& value) {
    const auto logical = value.is_null() ? Logical::None : logical_of(schema);
    if (logical == Logical::Decimal) return append_decimal(out, value.as_text(), decimal_scale(*schema));
    if (logical != Logical::None) return append_java_date(out, epoch_ms(logical, value));
    if (append_plain(out, value)) return;
    switch (value.kind()) {
    case Value::Kind::String:
        out += value.as_text();
        break;
    case Value::Kind::Bytes:
        append_base64(out, value.as_text());
        break;
    case Value::Kind::Array: {
        out += '[';
        const auto element_schema = part_of(schema, &Schema::value_schema);
        for (const auto& element : value.as_values()) {
            if (&element != value.as_values().data()) out += ", ";
            append_java_text(out, element_schema, element);
        }
        out += ']';
        break;
    }
    case Value::Kind::Map: {
        out += '{';
        const auto key_schema = part_of(schema, &Schema::key_schema);
        const auto value_schema = part_of(schema, &Schema::value_schema);
        for (const auto& entry : value.as_entries()) {
            if (&entry != value.as_entries().data()) out += ", ";
            append_java_text(out, key_schema, entry.key);
            out += '=';
            append_java_text(out, value_schema, entry.value);
        }
        out += '}';
        break;
    }
    default:
        append_java_struct(out, schema, value.as_values());
    }
}

void append_header_text(std::string& out, const SchemaPtr& schema, const Value& value) {
    append_header_part(out, schema, value, false);
}

}
