#include "connectors/transforms/debezium/metadata_reference.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <stdexcept>

namespace millrace::transforms {

namespace {

/// In which struct a field without one is looked for.
std::string_view usual_struct(std::string_view field) {
    if (field == "id" || field == "data_collection_order" || field == "total_order") return "transaction";
    if (field == "op" || field == "ts_ms" || field == "ts_us" || field == "ts_ns") return "";
    return "source";
}

SchemaPtr optional_copy(const Schema& schema) {
    auto parts = basics_of(schema, schema.type());
    parts.optional = true;
    parts.key = schema.key_schema();
    parts.value = schema.value_schema();
    return make_schema(std::move(parts));
}

}

MetadataReference::MetadataReference(std::string_view prefix, std::string_view text) {
    const auto parts = java_split(text, ':');
    if (parts.empty() || parts.size() > 2) throw std::invalid_argument("Unexpected field name: " + std::string(text));
    const auto path = java_split(parts[0], '.');
    const bool simple = path.size() <= 1;
    field_ = simple ? parts[0] : path[1];
    structure_ = simple ? usual_struct(field_) : path[0];
    name_ = prefix;
    name_ += parts.size() == 2 ? std::string(parts[1]) : simple ? field_ : structure_ + "_" + field_;
}

std::vector<MetadataReference> MetadataReference::parse_list(std::string_view prefix, std::string_view list) {
    std::vector<MetadataReference> references;
    for (const auto& item : split_list(list)) references.emplace_back(prefix, item);
    return references;
}

std::optional<MetadataReference::Resolved> MetadataReference::resolve(const Schema& event) const {
    if (!structure_.empty()) {
        const auto parent = event.index_of(structure_);
        if (parent && event.fields()[*parent].schema->type() == Type::Struct) {
            const auto& schema = *event.fields()[*parent].schema;
            if (const auto place = schema.index_of(field_)) {
                return Resolved{name_, parent, *place, optional_copy(*schema.fields()[*place].schema)};
            }
        }
    }
    const auto place = event.index_of(field_);
    if (!place) return std::nullopt;
    return Resolved{name_, std::nullopt, *place, optional_copy(*event.fields()[*place].schema)};
}

Value MetadataReference::Resolved::find(const Value& event) const noexcept {
    const auto holder = parent ? event.as_values()[*parent] : event;
    return holder.is_null() ? Value() : holder.as_values()[place];
}

}
