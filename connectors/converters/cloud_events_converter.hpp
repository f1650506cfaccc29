/// Debezium's io.debezium.converters.CloudEventsConverter: change events of the PostgreSQL connector as CloudEvents 1.0
/// in structured mode, in JSON with data in JSON; with Avro where there is a converter for it.
///
/// Facts   Debezium: CloudEventsConverter, CloudEventsValidator.
#pragma once
#include "connectors/api/header_aware.hpp"
#include "connectors/api/plugin.hpp"
#include "connectors/api/stop_aware.hpp"
#include "connectors/converters/cloud_event.hpp"
#include "connectors/converters/json_converter.hpp"
#include "connectors/converters/plugin.hpp"

#include <memory>
#include <optional>
#include <string>

namespace millrace::converters {

class CloudEventsConverter final : public Converter, public HeaderAware, public StopAware {
public:
    /// Makes converters by their class names; null for those that it does not know.
    using MakeConverter = std::unique_ptr<Converter> (*)(std::string_view class_name);

    /// `make` is asked for io.confluent.connect.avro.AvroConverter where Avro is wanted.
    explicit CloudEventsConverter(MakeConverter make = make_converter) : make_(make) {}

    /// Throws ConfigException if Avro is wanted and there is no converter for it, or no registry.
    void configure(const Settings& settings, bool is_key) override;
    void use_stop(const std::stop_token& stop) override;
    void use_headers(const Headers& headers) override { headers_ = headers; }
    bool from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                           std::string& out) override;
    /// A map of the attributes, `data` among them; from Avro a struct.
    SchemaAndValue to_connect_data(std::string_view topic, std::optional<std::string_view> data, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    void configure_avro(const Settings& settings);
    void write_json_data(std::string_view topic, std::string& out);
    void write_avro_data(std::string_view topic, std::string& out);
    Arena& scratch();
    SchemaAndValue read_json(std::string_view topic, std::string_view data, Arena& arena);
    SchemaAndValue read_avro(std::string_view topic, std::string_view data, Arena& arena);
    Value read_data(std::string_view topic, const Value& data, std::string_view message, Arena& arena);

    MakeConverter make_;
    CloudEventsOptions options_;
    CloudEventMaker maker_;
    JsonConverter event_json_;
    JsonConverter data_json_;
    bool data_has_schema_ = true;
    std::unique_ptr<Converter> avro_;
    std::string registry_;  ///< its URLs, as they stand in the settings
    Headers headers_;
    std::unique_ptr<Arena> scratch_;
};

}
