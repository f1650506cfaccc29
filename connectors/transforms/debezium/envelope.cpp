#include "connectors/transforms/debezium/envelope.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/transforms/requirements.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

bool is_envelope(const SchemaPtr& schema) noexcept {
    return schema && schema->type() == Type::Struct && schema->name().ends_with(".Envelope");
}

Envelope::Envelope(const Schema& schema)
    : before(schema.index_of("before")),
      after(schema.index_of("after")),
      source(schema.index_of("source")),
      op(schema.index_of("op")),
      ts_ms(schema.index_of("ts_ms")) {}

std::size_t place_of(const Schema& schema, std::string_view name) {
    const auto place = schema.index_of(name);
    if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
    return *place;
}

Value typed_field(const Schema& schema, const Value& structure, std::string_view name, Type type) {
    const auto place = place_of(schema, name);
    if (schema.fields()[place].schema->type() != type) {
        throw DataException(fmt::format("Field '{}' is not of type {}", name, type_name(type)));
    }
    return structure.as_values()[place];
}

}
