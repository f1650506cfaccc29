#include "connectors/transforms/debezium/field_dropper.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <algorithm>

namespace millrace::transforms {

void FieldDropper::drop(SchemaPtr& schema, Value& value, const std::vector<std::string>& names, Step& last,
                        Arena& arena) const {
    if (!schema || value.is_null()) return;
    if (schema->type() != Type::Struct && options_.keep_schema_compatible) {
        throw DataException("Cannot list fields on non-struct type");
    }
    require_struct(schema, value, "field replacement");
    if (last.schema != schema || last.names != names) {
        last = {.schema = schema, .names = names};
        auto parts = basics_of(*schema, Type::Struct);
        for (std::size_t i = 0; i < schema->fields().size(); ++i) {
            const auto& field = schema->fields()[i];
            const bool droppable = !options_.keep_schema_compatible || field.schema->optional();
            if (droppable && std::ranges::find(names, field.name) != names.end()) continue;
            parts.fields.push_back(field);
            last.kept.push_back(i);
        }
        const bool drops = last.kept.size() < schema->fields().size();
        if (drops || !options_.keep_schema_compatible) last.made = make_schema(std::move(parts));
    }
    if (!last.made) return;
    auto* values = arena.make_array<Value>(last.kept.size());
    for (std::size_t i = 0; i < last.kept.size(); ++i) {
        const auto& field = schema->fields()[last.kept[i]];
        values[i] = field_value(field, value.as_values()[last.kept[i]], true);
        require_present(field, values[i]);
    }
    value = Value::structure({values, last.kept.size()});
    schema = last.made;
}

void FieldDropper::apply(ConnectRecord& record, Arena& arena) {
    if (options_.header.empty() || !record.headers) return;
    const auto header = std::ranges::find(*record.headers, options_.header, &Header::key);
    if (header == record.headers->end() || header->value.kind() != Value::Kind::Array) return;
    std::vector<std::string> names;
    for (const auto& name : header->value.as_values()) names.emplace_back(name.as_text());
    if (names.empty()) return;
    if (options_.from_key) drop(record.key_schema, record.key, names, last_key_, arena);
    drop(record.value_schema, record.value, names, last_value_, arena);
}

}
