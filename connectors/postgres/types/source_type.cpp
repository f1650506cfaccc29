#include "connectors/postgres/types/source_type.hpp"

#include "connectors/postgres/types/oids.hpp"

#include <algorithm>
#include <cctype>

namespace millrace::postgres {

namespace {

constexpr std::int32_t header_in_typmod = 4;
constexpr std::int32_t unlimited_numeric = 131089;

/// The width of the fraction with its point; a fraction of one digit is shown with two.
std::int32_t fraction_width(std::int32_t typmod) {
    switch (typmod) {
    case -1:
        return 7;
    case 0:
        return 0;
    case 1:
        return 3;
    default:
        return typmod + 1;
    }
}

std::int32_t length_of(Oid type, std::int32_t typmod) {
    switch (type) {
    case oid::int2:
        return 5;
    case oid::int4:
    case oid::oid:
        return 10;
    case oid::int8:
        return 19;
    case oid::float4:
        return 8;
    case oid::float8:
        return 17;
    case oid::boolean:
    case oid::character:
        return 1;
    case oid::numeric:
        return typmod == -1 ? unlimited_numeric : numeric_size(typmod).precision;
    case oid::bpchar:
    case oid::varchar:
        return typmod == -1 ? unknown_length : typmod - header_in_typmod;
    case oid::date:
        return 13;
    case oid::time:
        return 8 + fraction_width(typmod);
    case oid::timetz:
        return 14 + fraction_width(typmod);
    case oid::timestamp:
        return 22 + fraction_width(typmod);
    case oid::timestamptz:
        return 28 + fraction_width(typmod);
    case oid::interval:
        return 49;
    case oid::bit:
        return typmod;
    case oid::varbit:
        return typmod == -1 ? unknown_length : typmod;
    default:
        return unknown_length;
    }
}

std::int32_t scale_of(Oid type, std::int32_t typmod) {
    constexpr std::int32_t scale_bits = 0x7ff;
    constexpr std::int32_t interval_precision_bits = 0xffff;
    switch (type) {
    case oid::float4:
        return 8;
    case oid::float8:
        return 17;
    case oid::numeric:
        return typmod == -1 ? 0 : (typmod - header_in_typmod) & scale_bits;
    case oid::time:
    case oid::timetz:
    case oid::timestamp:
    case oid::timestamptz:
        return time_precision(typmod);
    case oid::interval:
        return typmod == -1 ? 6 : typmod & interval_precision_bits;
    default:
        return 0;
    }
}

/// Types of pgvector have their number of dimensions as typmod.
bool is_vector(const TypeRow& type) {
    return type.kind == 'b' && (type.name == "vector" || type.name == "halfvec" || type.name == "sparsevec");
}

bool is_characters(const TypeRow& type) {
    switch (type.oid) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::character:
    case oid::name:
        return true;
    default:
        return type.kind == 'e';
    }
}

std::string shown_name(const TypeRow& type) {
    std::string name = type.name;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
    return name;
}

std::string serial_name(const TypeRow& type, std::string otherwise) {
    switch (type.oid) {
    case oid::int2:
        return "SMALLSERIAL";
    case oid::int4:
        return "SERIAL";
    case oid::int8:
        return "BIGSERIAL";
    default:
        return otherwise;
    }
}

}

std::int32_t time_precision(std::int32_t typmod) noexcept { return typmod == -1 ? 6 : typmod; }

NumericSize numeric_size(std::int32_t typmod) noexcept {
    if (typmod < header_in_typmod) return {0, 0};
    const auto packed = typmod - header_in_typmod;
    const auto scale = packed & 0x7ff;  // 11 bits, signed
    return {packed >> 16 & 0xffff, (scale ^ 0x400) - 0x400};
}

std::string source_type_name(const TypeRow& type, const std::optional<std::string>& default_expression) {
    auto name = shown_name(type);
    const bool numbered = default_expression && default_expression->find("nextval(") != std::string::npos;
    return type.kind != 'd' && numbered ? serial_name(type, std::move(name)) : name;
}

const TypeRow& described_type(const ColumnInfo& column, const TypeRow& type, const TypeRegistry& types) {
    const auto* described = column.catalog_type != 0 ? types.find(column.catalog_type) : nullptr;
    return described ? *described : type;
}

SourceType source_type(const ColumnInfo& column, const TypeRow& type, const TypeRegistry::Resolved& resolved,
                       const TypeRegistry& types) {
    const auto* element = resolved.type ? types.element(*resolved.type) : nullptr;
    const auto* measured = element ? element : resolved.type;
    SourceType source{.name = source_type_name(described_type(column, type, types), column.default_expression),
                      .length = unknown_length,
                      .characters = false};
    if (!measured) return source;
    source.length = length_of(measured->oid, resolved.typmod);
    source.scale = scale_of(measured->oid, resolved.typmod);
    // JDBC's catalog functions know nothing of a numeric without precision; the type's description in the stream does.
    if (type.oid == oid::numeric && resolved.typmod == -1 && !column.from_relation) {
        source.length = 0;
        source.scale.reset();
    }
    if (is_vector(type)) {
        source.length.reset();
        if (resolved.typmod != -1) source.length = resolved.typmod;
    }
    source.characters = !element && is_characters(*measured);
    return source;
}

}
