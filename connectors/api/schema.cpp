#include "connectors/api/schema.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace {

std::string_view type_name(Type type) noexcept {
    static constexpr std::array names{"INT8",    "INT16",  "INT32", "INT64", "FLOAT32", "FLOAT64",
                                      "BOOLEAN", "STRING", "BYTES", "ARRAY", "MAP",     "STRUCT"};
    return names[static_cast<std::size_t>(type)];
}

Schema::Schema(SchemaParts parts) : parts_(std::move(parts)) {
    parts_.default_value = deep_copy(parts_.default_value, defaults_);
}

const std::string* Schema::parameter(std::string_view name) const noexcept {
    const auto found =
        std::ranges::find(parts_.parameters, name, [](const auto& p) -> std::string_view { return p.first; });
    return found == parts_.parameters.end() ? nullptr : &found->second;
}

std::optional<std::size_t> Schema::index_of(std::string_view field) const noexcept {
    const auto found = std::ranges::find(parts_.fields, field, &Field::name);
    if (found == parts_.fields.end()) return std::nullopt;
    return static_cast<std::size_t>(found - parts_.fields.begin());
}

bool equal(const SchemaPtr& a, const SchemaPtr& b) noexcept {
    if (a == b) return true;
    if (!a || !b) return false;
    return a->type() == b->type() && a->optional() == b->optional() && a->name() == b->name() &&
           a->version() == b->version() && a->doc() == b->doc() &&
           std::ranges::equal(a->parameters(), b->parameters()) && a->default_value() == b->default_value() &&
           equal(a->key_schema(), b->key_schema()) && equal(a->value_schema(), b->value_schema()) &&
           std::ranges::equal(a->fields(), b->fields(), [](const Field& x, const Field& y) {
               return x.name == y.name && equal(x.schema, y.schema);
           });
}

void refuse_null(std::string_view field, Type type) {
    throw DataException(
        fmt::format("Invalid value: null used for required field: \"{}\", schema type: {}", field, type_name(type)));
}

}
