#include "connectors/transforms/struct_builder.hpp"

#include "connectors/api/errors.hpp"

#include <algorithm>

namespace millrace::transforms {

SchemaParts basics_of(const Schema& schema, Type type) {
    return {.type = type,
            .name = schema.name(),
            .version = schema.version(),
            .doc = schema.doc(),
            .parameters = schema.parts().parameters};
}

void add_field(SchemaParts& parts, std::string name, SchemaPtr schema) {
    if (name.empty()) throw SchemaBuilderException("fieldName cannot be null.");
    if (std::ranges::find(parts.fields, name, &Field::name) != parts.fields.end()) {
        throw SchemaBuilderException("Cannot create field because of field name duplication " + name);
    }
    parts.fields.push_back({std::move(name), std::move(schema)});
}

const Value* find_entry(std::span<const MapEntry> entries, std::string_view key) noexcept {
    const auto found = std::ranges::find_if(entries, [&](const MapEntry& entry) {
        return entry.key.kind() == Value::Kind::String && entry.key.as_text() == key;
    });
    return found == entries.end() ? nullptr : &found->value;
}

MapBuilder::MapBuilder(Arena& arena, std::span<const MapEntry> copied, std::size_t more)
    : MapBuilder(arena, copied.size() + more) {
    std::ranges::copy(copied, entries_);
    size_ = copied.size();
}

void MapBuilder::put(std::string_view key, const Value& value) {
    for (std::size_t i = 0; i < size_; ++i) {
        if (entries_[i].key.kind() == Value::Kind::String && entries_[i].key.as_text() == key) {
            entries_[i].value = value;
            return;
        }
    }
    entries_[size_++] = {Value::string(key), value};
}

std::shared_ptr<std::vector<Header>> copy_headers(const Headers& headers) {
    constexpr std::size_t room = 4;
    auto copied = std::make_shared<std::vector<Header>>();
    copied->reserve((headers ? headers->size() : 0) + room);
    if (headers) copied->insert(copied->end(), headers->begin(), headers->end());
    return copied;
}

}
