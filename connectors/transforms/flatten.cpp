#include "connectors/transforms/flatten.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "delimiter",
     .type = ConfigType::String,
     .default_value = ".",
     .importance = Importance::Medium,
     .doc = "Delimiter to insert between field names from the input record when generating field names for the output "
            "record"},
};

constexpr std::string_view purpose = "flattening";

std::string joined(std::string_view prefix, std::string_view delimiter, std::string_view name) {
    return prefix.empty() ? std::string(name) : fmt::format("{}{}{}", prefix, delimiter, name);
}

class SchemaFlattener {
public:
    SchemaFlattener(SchemaParts& parts, std::string_view delimiter) : parts_(parts), delimiter_(delimiter) {}

    /// `defaults`: the struct that stands for one that is missing, or Null.
    void add(const Schema& schema, const std::string& prefix, bool optional, const Value& defaults) {
        for (std::size_t i = 0; i < schema.fields().size(); ++i) {
            const auto& field = schema.fields()[i];
            const auto name = joined(prefix, delimiter_, field.name);
            const bool is_optional = optional || field.schema->optional();
            Value default_value = field.schema->default_value();
            if (default_value.is_null() && !defaults.is_null()) default_value = defaults.as_values()[i];
            if (field.schema->type() == Type::Struct) {
                add(*field.schema, name, is_optional, default_value);
                continue;
            }
            if (field.schema->type() == Type::Map) {
                throw DataException(fmt::format(
                    "Flatten transformation does not support MAP for record with schemas (for field {}).", name));
            }
            auto parts = basics_of(*field.schema, field.schema->type());
            parts.optional = is_optional;
            parts.default_value = default_value;
            parts.value = field.schema->value_schema();
            add_field(parts_, name, make_schema(std::move(parts)));
        }
    }

private:
    SchemaParts& parts_;
    std::string_view delimiter_;
};

/// Writes the leaves at `to` and returns the place behind them. `value` may be Null: then the leaves are.
Value* write_leaves(const Schema& schema, const Value& value, Value* to) {
    for (std::size_t i = 0; i < schema.fields().size(); ++i) {
        const auto& field = schema.fields()[i];
        const bool is_struct = field.schema->type() == Type::Struct;
        // Structs themselves are read without their defaults.
        const auto part = value.is_null() ? Value() : field_value(field, value.as_values()[i], !is_struct);
        if (is_struct) {
            to = write_leaves(*field.schema, part, to);
        } else {
            if (!value.is_null()) require_present(field, part);
            *to++ = part;
        }
    }
    return to;
}

std::size_t count_entries(std::span<const MapEntry> entries) {
    std::size_t count = 0;
    for (const auto& entry : entries) {
        count += entry.value.kind() == Value::Kind::Map ? count_entries(entry.value.as_entries()) : 1;
    }
    return count;
}

void put_entries(std::span<const MapEntry> entries, const std::string& prefix, std::string_view delimiter, Arena& arena,
                 MapBuilder& map) {
    for (const auto& entry : entries) {
        const auto name = joined(prefix, delimiter, entry.key.as_text());
        if (entry.value.kind() == Value::Kind::Map) {
            put_entries(entry.value.as_entries(), name, delimiter, arena, map);
        } else if (entry.value.kind() == Value::Kind::Struct) {
            throw DataException(
                fmt::format("Flatten transformation does not support class {} for record without "
                            "schemas (for field {}).",
                            java_class_of(nullptr, entry.value), name));
        } else {
            map.put(arena.copy(name), entry.value);
        }
    }
}

}

std::span<const ConfigKey> Flatten::config_keys() const noexcept { return keys; }

void Flatten::configure(const Settings& settings) {
    delimiter_ = ConfigDef(keys).parse(settings).get_string("delimiter");
}

bool Flatten::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (operand.value.is_null()) return true;
    if (!operand.schema) {
        const auto entries = require_map(operand.value, purpose);
        MapBuilder map(arena, count_entries(entries));
        put_entries(entries, "", delimiter_, arena, map);
        operand.value = map.value();
        return true;
    }
    require_struct(operand.schema, operand.value, purpose);
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) {
        auto parts = basics_of(*schema, Type::Struct);
        SchemaFlattener(parts, delimiter_).add(*schema, "", schema->optional(), schema->default_value());
        return Plan{make_schema(std::move(parts))};
    });
    const auto count = plan.schema->fields().size();
    auto* values = arena.make_array<Value>(count);
    write_leaves(*operand.schema, operand.value, values);
    operand.value = Value::structure({values, count});
    operand.schema = plan.schema;
    return true;
}

}
