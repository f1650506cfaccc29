/// The settings of CloudEventsConverter.
///
/// Throws  ConfigException naming key and value.
/// Facts   Debezium: io.debezium.converters.CloudEventsConverterConfig.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/support/name_adjustment.hpp"

#include <string>

namespace millrace::converters {

struct CloudEventsOptions {
    enum class Form : std::uint8_t { Json, Avro };
    /// Where an attribute comes from.
    enum class Origin : std::uint8_t { Value, Header, Generate };

    Form envelope = Form::Json;
    Form data = Form::Json;
    bool extensions = true;
    bool tracing = false;
    NameAdjustment adjustment = NameAdjustment::Avro;
    std::string schema_name = {};  ///< empty: made of the event's source
    Origin metadata = Origin::Value;
    Origin id = Origin::Generate;
    Origin type = Origin::Generate;
    Origin trace_parent = Origin::Header;
    Origin data_schema_name = Origin::Generate;
};

std::span<const ConfigKey> cloud_events_keys() noexcept;
CloudEventsOptions parse_cloud_events_options(const Settings& settings);

}
