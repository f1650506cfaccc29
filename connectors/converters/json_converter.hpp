/// org.apache.kafka.connect.json.JsonConverter: JSON with its schema in every message, or without.
///
/// State   what depends on a schema alone is kept for the last schemas.cache.size schemas, known by their pointers.
/// Facts   Kafka Connect, JsonConverter and JsonConverterConfig; KIP-481 (decimals), KIP-581 (defaults),
///         KIP-1054 (schema.content).
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/converters/envelope_heads.hpp"
#include "connectors/converters/json_plan.hpp"
#include "connectors/converters/json_schema.hpp"
#include "connectors/converters/text_buffer.hpp"

#include <string>
#include <unordered_map>

namespace millrace::converters {

class JsonConverter final : public Converter {
public:
    void configure(const Settings& settings, bool is_key) override;
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    /// What is written for one schema. It keeps the schema alive, so that its address cannot come to mean another.
    struct Entry {
        SchemaPtr schema;
        JsonPlan plan;
        std::string head;  ///< {"schema":…,"payload": or nothing
    };
    const Entry& entry_for(const SchemaPtr& schema);
    SchemaPtr schema_of(const json::Node& node);
    /// A message that begins as one before it did; none if it has to be read from its beginning.
    std::optional<SchemaAndValue> read_payload(std::string_view data, Arena& arena);

    JsonOptions options_;
    bool schemas_enable_ = true;
    std::size_t cache_size_ = 1000;
    SchemaPtr content_;  ///< of schema.content; null: every message brings its own

    std::unordered_map<const Schema*, Entry> entries_;
    const Entry* last_ = nullptr;
    std::unordered_map<std::string, SchemaPtr> parsed_;  ///< by the schema's JSON text
    EnvelopeHeads heads_;
    TextBuffer buffer_;
};

}
