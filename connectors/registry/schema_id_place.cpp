#include "connectors/registry/schema_id_place.hpp"

#include "connectors/registry/registry_keys.hpp"

#include <fmt/core.h>

namespace millrace::registry {

namespace {

constexpr std::string_view package = "io.confluent.kafka.serializers.schema.id.";

std::string_view simple_class(std::string_view name) {
    name = trim(name);
    if (name.starts_with(package)) name.remove_prefix(package.size());
    return name;
}

std::string one_of(std::string_view value, std::string_view one, std::string_view other) {
    const auto name = simple_class(value);
    if (name == one || name == other) return "";
    return fmt::format("Class must be one of: {}, {}; others cannot run here", one, other);
}

}

std::string schema_id_serializer(std::string_view value) {
    return one_of(value, "PrefixSchemaIdSerializer", "HeaderSchemaIdSerializer");
}

std::string schema_id_deserializer(std::string_view value) {
    return one_of(value, "DualSchemaIdDeserializer", "PrefixSchemaIdDeserializer");
}

SchemaIdPlaces schema_id_places(const Settings& settings, bool is_key) {
    const Config config(registry_keys, settings);
    const std::string side = is_key ? "key" : "value";
    const auto chosen = [&](const std::string& key, auto&& complaint) {
        const auto value = config.get_string(key);
        if (const auto wrong = complaint(value); !wrong.empty())
            throw ConfigException(fmt::format("Invalid value {} for configuration {}: {}", value, key, wrong));
        return std::string(simple_class(value));
    };
    return {
        .header = is_key ? "__key_schema_id" : "__value_schema_id",
        .write_header = chosen(side + ".schema.id.serializer", schema_id_serializer) == "HeaderSchemaIdSerializer",
        .read_header = chosen(side + ".schema.id.deserializer", schema_id_deserializer) == "DualSchemaIdDeserializer"};
}

}
