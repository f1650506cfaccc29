#include "connectors/transforms/debezium/enforce_record_size.hpp"

#include "connectors/support/java_number.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "max.bytes",
     .type = ConfigType::Int,
     .default_value = required,
     .importance = Importance::High,
     .doc = "The maximum record size in bytes. Records exceeding this size will have their string and bytes columns "
            "truncated proportionally to fit within this limit."},
    {.name = "compression.ratio",
     .type = ConfigType::Double,
     .default_value = "1.0",
     .importance = Importance::Medium,
     .doc = "Ratio to account for record serialization differences. The estimated record size is multiplied by this "
            "ratio before comparing to the max size. For example, if your serialization compresses raw record size by "
            "50%, set this to 0.5. Downstream systems typically provide metrics to discover the effective ratio, e.g. "
            "Kafka exposes kafka.producer:type=producer-metrics,client-id=<id>/compression-rate-avg. Default is 1.0 "
            "(no adjustment)."},
    {.name = "min.field.size",
     .type = ConfigType::Int,
     .default_value = "25000",
     .importance = Importance::Medium,
     .doc = "Fields with a size at or below this value (in bytes) will not be truncated. Only fields larger than this "
            "threshold are eligible for proportional truncation. Default is 25000 (25KB)."},
};

// Of Java's objects, in bytes.
constexpr std::int64_t struct_size = 56;
constexpr std::int64_t text_size = 56;
constexpr std::int64_t bytes_size = 24;
constexpr std::int64_t number_size = 24;
constexpr std::int64_t array_size = 64;
constexpr std::int64_t map_size = 88;
constexpr std::int64_t reference_size = 8;
constexpr std::int64_t entry_size = 100;  ///< of a header, and of an offset's entry
constexpr std::int64_t timestamp_size = 8;

std::int64_t size_of(const Schema& schema, const Value& value) {
    const bool absent = value.is_null();
    switch (schema.type()) {
    case Type::String:
        return absent ? 0 : text_size + static_cast<std::int64_t>(value.as_text().size());
    case Type::Bytes:
        return absent ? 0 : bytes_size + static_cast<std::int64_t>(value.as_text().size());
    case Type::Array: {
        if (absent) return 0;
        auto size = array_size;
        for (const auto& element : value.as_values()) size += reference_size + size_of(*schema.value_schema(), element);
        return size;
    }
    case Type::Map: {
        if (absent) return 0;
        auto size = map_size;
        for (const auto& [key, mapped] : value.as_entries()) {
            size += 2 * reference_size + size_of(*schema.key_schema(), key) + size_of(*schema.value_schema(), mapped);
        }
        return size;
    }
    case Type::Struct: {
        if (absent) return 0;
        auto size = struct_size;
        const auto fields = value.as_values();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            size += reference_size + size_of(*schema.fields()[i].schema, fields[i]);
        }
        return size;
    }
    default:
        return number_size;
    }
}

std::int64_t size_of(const SourceRecord& record) {
    constexpr std::int64_t partition_entries = 1;  // whose names are not at hand: a server's, or a file's
    const auto entries = partition_entries + static_cast<std::int64_t>(record.source_offset.size()) +
                         static_cast<std::int64_t>(record.headers ? record.headers->size() : 0);
    auto size = entries * entry_size + timestamp_size + static_cast<std::int64_t>(record.topic.size());
    if (record.key_schema) size += size_of(*record.key_schema, record.key);
    return size + size_of(*record.value_schema, record.value);
}

/// In UTF-16 units, which String.length counts.
std::int64_t units_of(char lead) noexcept {
    const auto byte = static_cast<unsigned char>(lead);
    return (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
}
std::int64_t length_of(const Value& value) noexcept {
    if (value.kind() == Value::Kind::Bytes) return static_cast<std::int64_t>(value.as_text().size());
    std::int64_t length = 0;
    for (const char c : value.as_text()) length += units_of(c);
    return length;
}
/// At most `length` of it; no character is cut in two.
Value first_of(const Value& value, std::int64_t length) {
    const auto text = value.as_text();
    if (value.kind() == Value::Kind::Bytes) return Value::bytes(text.substr(0, static_cast<std::size_t>(length)));
    std::size_t end = 0;
    for (std::int64_t taken = 0; end < text.size(); ++end) {
        taken += units_of(text[end]);
        if (taken > length) break;
    }
    return Value::string(text.substr(0, end));
}

std::int64_t share_of(std::int64_t part, std::int64_t whole, std::int64_t excess) noexcept {
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    return static_cast<std::int64_t>(std::ceil(share * static_cast<double>(excess)));
}

[[noreturn]] void refuse(std::string_view key, std::string_view value, std::string_view why) {
    throw ConfigException(fmt::format("Invalid value {} for configuration {}: {}", value, key, why));
}

}

std::span<const ConfigKey> EnforceRecordSize::config_keys() const noexcept { return keys; }

void EnforceRecordSize::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    most_bytes_ = config.get_int("max.bytes");
    if (most_bytes_ <= 0) refuse("max.bytes", std::to_string(most_bytes_), "Must be a positive integer");
    ratio_ = config.get_double("compression.ratio");
    if (!(ratio_ > 0)) {
        std::string text;
        append_java_double(text, ratio_);
        refuse("compression.ratio", text, "Must be a positive number");
    }
    least_field_ = config.get_int("min.field.size");
    if (least_field_ < 0) refuse("min.field.size", std::to_string(least_field_), "Must be non-negative");
}

EnforceRecordSize::Row EnforceRecordSize::row_of(const ConnectRecord& record, std::string_view name) const {
    const auto place = record.value_schema->index_of(name);
    if (!place) return {};
    Row row{.place = *place};
    const auto& value = record.value.as_values()[*place];
    if (value.kind() != Value::Kind::Struct) return row;
    const auto fields = record.value_schema->fields()[*place].schema->fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = field_value(fields[i], value.as_values()[i], true);
        const bool cuttable = (field.kind() == Value::Kind::String || field.kind() == Value::Kind::Bytes) &&
                              logical_of(fields[i].schema) == Logical::None;
        const auto length = cuttable ? length_of(field) : 0;
        if (length <= least_field_) continue;
        row.fields.emplace_back(i, length);
        row.size += length;
    }
    return row;
}

Value EnforceRecordSize::cut(const ConnectRecord& record, const Row& row, std::int64_t excess, Arena& arena) {
    const auto& old = record.value.as_values()[row.place];
    const auto fields = record.value_schema->fields()[row.place].schema->fields();
    auto* values = arena.make_array<Value>(fields.size());
    std::ranges::copy(old.as_values(), values);
    for (const auto& [place, length] : row.fields) {
        const auto& value = field_value(fields[place], old.as_values()[place], true);
        values[place] = first_of(value, std::max<std::int64_t>(0, length - share_of(length, row.size, excess)));
    }
    return Value::structure({values, fields.size()});
}

bool EnforceRecordSize::apply(ConnectRecord& record, Arena& arena) {
    if (record.direction != Direction::Source || record.value.kind() != Value::Kind::Struct) return true;
    const auto estimate = static_cast<double>(size_of(static_cast<const SourceRecord&>(record)));
    const auto size = static_cast<std::int64_t>(std::ceil(estimate * ratio_));
    if (size <= most_bytes_) return true;
    const auto before = row_of(record, "before");
    const auto after = row_of(record, "after");
    const auto whole = before.size + after.size;
    if (whole == 0) return true;
    const auto fields = record.value.as_values();
    auto* values = arena.make_array<Value>(fields.size());
    std::ranges::copy(fields, values);
    for (const auto* row : {&before, &after}) {
        if (row->size == 0) continue;
        values[row->place] = cut(record, *row, share_of(row->size, whole, size - most_bytes_), arena);
    }
    record.value = Value::structure({values, fields.size()});
    return true;
}

}
