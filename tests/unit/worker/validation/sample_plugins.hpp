/// Plugins to validate against: a source and a sink with the settings of Kafka's file connectors, a transformation, a
/// predicate and two converters. They never run.
#pragma once
#include "connectors/api/plugin.hpp"

#include <array>

namespace millrace::sample {

inline std::string non_empty(std::string_view value) { return value.empty() ? "String must be non-empty" : ""; }
inline std::string plain_word(std::string_view value) {
    return value.find('(') == std::string_view::npos ? "" : "Invalid regex: " + std::string(value);
}

inline constexpr ConfigKey source_keys[] = {
    {.name = "file", .importance = Importance::High, .doc = "Source filename."},
    {.name = "topic", .default_value = required, .valid = non_empty, .importance = Importance::High, .doc = "Topic."},
    {.name = "batch.size",
     .type = ConfigType::Int,
     .default_value = "2000",
     .importance = Importance::Low,
     .doc = "Size."},
    {.name = "secret", .type = ConfigType::Password, .importance = Importance::Low, .doc = "A secret."},
};
inline constexpr ConfigKey sink_keys[] = {{.name = "file", .importance = Importance::High, .doc = "Destination."}};
inline constexpr ConfigKey router_keys[] = {
    {.name = "regex",
     .default_value = required,
     .valid = plain_word,
     .importance = Importance::High,
     .doc = "Pattern."},
    {.name = "replacement", .default_value = required, .importance = Importance::High, .doc = "Replacement."},
};
inline constexpr ConfigKey predicate_keys[] = {
    {.name = "pattern", .default_value = required, .importance = Importance::Medium, .doc = "Pattern."}};
inline constexpr ConfigKey json_keys[] = {
    {.name = "converter.type", .default_value = required, .importance = Importance::Low, .doc = "Use."},
    {.name = "schemas.enable",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::High,
     .doc = "Schemas.",
     .group = "Schemas",
     .order_in_group = 0,
     .width = Width::Medium,
     .display_name = "Enable Schemas"},
    {.name = "decimal.format", .default_value = "BASE64", .importance = Importance::Low, .doc = "Decimals."},
};

class Source : public SourceConnector {
public:
    void start(const Settings&, ConnectorContext&) override {}
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int) override { return {}; }
    std::string task_class() const override { return "org.apache.kafka.connect.file.FileStreamSourceTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return source_keys; }
    std::unique_ptr<SourceTask> make_task() const override { return nullptr; }
};

class Sink final : public SinkConnector {
public:
    void start(const Settings&, ConnectorContext&) override {}
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int) override { return {}; }
    std::string task_class() const override { return "org.apache.kafka.connect.file.FileStreamSinkTask"; }
    std::span<const ConfigKey> config_keys() const noexcept override { return sink_keys; }
    std::unique_ptr<SinkTask> make_task() const override { throw ConnectException("this sink never runs"); }
};

class Router final : public Transformation {
public:
    void configure(const Settings&) override {}
    bool apply(ConnectRecord&, Arena&) override { return true; }
    std::span<const ConfigKey> config_keys() const noexcept override { return router_keys; }
};

class TopicNameMatches final : public Predicate {
public:
    void configure(const Settings&) override {}
    bool test(const ConnectRecord&) override { return true; }
    std::span<const ConfigKey> config_keys() const noexcept override { return predicate_keys; }
};

class Json final : public Converter {
public:
    void configure(const Settings&, bool) override {}
    bool from_connect_data(std::string_view, const SchemaPtr&, const Value&, std::string&) override { return false; }
    SchemaAndValue to_connect_data(std::string_view, std::optional<std::string_view>, Arena&) override { return {}; }
    std::span<const ConfigKey> config_keys() const noexcept override { return json_keys; }
};

class SimpleHeaders final : public HeaderConverter {
public:
    void configure(const Settings&) override {}
    bool from_connect_header(std::string_view, std::string_view, const SchemaPtr&, const Value&,
                             std::string&) override {
        return false;
    }
    SchemaAndValue to_connect_header(std::string_view, std::string_view, std::optional<std::string_view>,
                                     Arena&) override {
        return {};
    }
};

inline const PluginManifest& manifest() {
    static constexpr PluginDescriptor plugins[] = {
        {PluginType::Source, "org.apache.kafka.connect.file.FileStreamSourceConnector", "4.3.1", create_plugin<Source>},
        {PluginType::Sink, "org.apache.kafka.connect.file.FileStreamSinkConnector", "4.3.1", create_plugin<Sink>},
        {PluginType::Transformation, "org.apache.kafka.connect.transforms.RegexRouter", "4.3.1", create_plugin<Router>},
        {PluginType::Transformation, "com.example.Inner$Key", "4.3.1", create_plugin<Router>},
        {PluginType::Transformation, "com.example.Inner$Value", "4.3.1", create_plugin<Router>},
        {PluginType::Predicate, "org.apache.kafka.connect.transforms.predicates.TopicNameMatches", "4.3.1",
         create_plugin<TopicNameMatches>},
        {PluginType::Converter, "org.apache.kafka.connect.json.JsonConverter", "4.3.1", create_plugin<Json>},
        {PluginType::HeaderConverter, "org.apache.kafka.connect.storage.SimpleHeaderConverter", "4.3.1",
         create_plugin<SimpleHeaders>},
    };
    static constexpr PluginManifest the_manifest{plugin_abi, "sample", plugins};
    return the_manifest;
}

}
