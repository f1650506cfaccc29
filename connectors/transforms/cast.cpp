#include "connectors/transforms/cast.hpp"

#include "connectors/support/text.hpp"
#include "connectors/transforms/cast_value.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

struct Spec {
    std::vector<std::pair<std::string, Type>> fields = {};
    std::optional<Type> whole = {};
};

/// A type as users write it. Throws ConfigException with Kafka Connect's text, which names things in an odd order.
Type parse_type(std::string_view text) {
    std::string name(trim(text));
    std::string upper = name;
    std::ranges::transform(upper, upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    for (auto type = Type::Int8; type <= Type::Struct; type = static_cast<Type>(static_cast<int>(type) + 1)) {
        if (type_name(type) != upper) continue;
        if (type <= Type::String) return type;
        throw ConfigException(
            fmt::format("Cast transformation does not support casting to {}; supported types are [INT8, INT16, INT32, "
                        "INT64, FLOAT32, FLOAT64, BOOLEAN, STRING]",
                        upper));
    }
    throw ConfigException(
        fmt::format("Invalid value java.lang.IllegalArgumentException: No enum constant "
                    "org.apache.kafka.connect.data.Schema.Type.{} for configuration Invalid type found in casting "
                    "spec: {}",
                    upper, name));
}

Spec parse_spec(const std::vector<std::string>& items) {
    if (items.empty()) throw ConfigException("Must specify at least one field to cast.");
    Spec spec;
    for (const auto& item : items) {
        const auto parts = java_split(item, ':');
        if (parts.empty() || parts.size() > 2) {
            throw ConfigException(
                fmt::format("Invalid value [{}] for configuration renames: Invalid rename mapping: {}",
                            fmt::join(items, ", "), item));
        }
        if (parts.size() == 1) {
            spec.whole = parse_type(parts[0]);
            continue;
        }
        const std::string field(trim(parts[0]));
        const auto type = parse_type(parts[1]);
        const auto known = std::ranges::find(spec.fields, field, &std::pair<std::string, Type>::first);
        if (known == spec.fields.end()) {
            spec.fields.emplace_back(field, type);
        } else {
            known->second = type;
        }
    }
    if (spec.whole && items.size() > 1) {
        throw ConfigException(
            "Cast transformations that specify a type to cast the entire value to may only specify a single cast in "
            "their spec");
    }
    return spec;
}

std::string valid_spec(std::string_view value) {
    try {
        parse_spec(split_list(value));
        return "";
    } catch (const ConfigException& e) {
        return whole_message + std::string(e.what());
    }
}

constexpr ConfigKey keys[] = {
    {.name = "spec",
     .type = ConfigType::List,
     .default_value = required,
     .valid = valid_spec,
     .importance = Importance::High,
     .doc = "List of fields and the type to cast them to of the form field1:type,field2:type to cast fields of Maps or "
            "Structs. A single type to cast the entire value. Valid types are int8, int16, int32, int64, float32, "
            "float64, boolean, and string. Note that binary fields can only be cast to string.",
     .null_complaint = "=Must specify at least one field to cast."},
    replace_null_key,
};

constexpr std::string_view purpose = "cast types";

}

std::span<const ConfigKey> Cast::config_keys() const noexcept { return keys; }

void Cast::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    auto spec = parse_spec(config.get_list("spec"));
    casts_ = std::move(spec.fields);
    whole_ = spec.whole;
    with_default_ = config.get_boolean("replace.null.with.default");
}

Cast::Plan Cast::make_plan(const SchemaPtr& schema) const {
    Arena defaults(256);
    auto parts = basics_of(*schema, whole_.value_or(Type::Struct));
    parts.optional = schema->optional();
    Plan plan;
    if (!whole_) {
        if (schema->type() != Type::Struct) throw DataException("Cannot list fields on non-struct type");
        for (const auto& field : schema->fields()) {
            const auto cast = std::ranges::find(casts_, field.name, &std::pair<std::string, Type>::first);
            if (cast == casts_.end()) {
                parts.fields.push_back(field);
                plan.targets.emplace_back();
                continue;
            }
            const auto& old = *field.schema;
            parts.fields.push_back(
                {field.name, make_schema({.type = cast->second,
                                          .optional = old.optional(),
                                          .default_value =
                                              cast_value(field.schema, old.default_value(), cast->second, defaults)})});
            plan.targets.emplace_back(cast->second);
        }
    }
    parts.default_value = cast_value(schema, schema->default_value(), parts.type, defaults);
    plan.schema = make_schema(std::move(parts));
    return plan;
}

void Cast::apply_schemaless(Operand operand, Arena& arena) const {
    if (whole_) {
        operand.value = cast_value(nullptr, operand.value, *whole_, arena);
        return;
    }
    const auto entries = require_map(operand.value, purpose);
    MapBuilder map(arena, entries, casts_.size());
    for (const auto& [field, type] : casts_) {
        const auto* value = find_entry(entries, field);
        map.put(field, value ? cast_value(nullptr, *value, type, arena) : Value());
    }
    operand.value = map.value();
}

bool Cast::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (operand.value.is_null()) return true;
    if (!operand.schema) {
        apply_schemaless(operand, arena);
        return true;
    }
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) { return make_plan(schema); });
    if (whole_) {
        operand.value = cast_value(operand.schema, operand.value, *whole_, arena);
    } else {
        const auto old = require_struct(operand.schema, operand.value, purpose);
        const auto fields = operand.schema->fields();
        auto* values = arena.make_array<Value>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            const auto& field = fields[i];
            const auto& value = field_value(field, old[i], with_default_);
            values[i] = plan.targets[i] ? cast_value(field.schema, value, *plan.targets[i], arena) : value;
            require_present(field, values[i]);
        }
        operand.value = Value::structure({values, old.size()});
    }
    operand.schema = plan.schema;
    return true;
}

}
