#include "connectors/converters/cloud_events_options.hpp"

#include "connectors/converters/simple_converters.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <optional>

namespace millrace::converters {

namespace {

using Form = CloudEventsOptions::Form;
using Origin = CloudEventsOptions::Origin;

std::string known_form(std::string_view value) {
    const auto name = lower_case(value);
    return name == "json" || name == "avro" ? "" : "String must be one of (case insensitive): JSON, AVRO";
}

std::string known_adjustment(std::string_view value) {
    const auto name = lower_case(value);
    const bool known = name == "none" || name == "avro" || name == "avro_unicode";
    return known ? "" : "String must be one of (case insensitive): none, avro, avro_unicode";
}

constexpr ConfigKey keys[] = {
    converter_type_key,
    {.name = "serializer.type",
     .type = ConfigType::String,
     .default_value = "json",
     .valid = known_form,
     .importance = Importance::High,
     .doc = "Specify a serializer to serialize CloudEvents values"},
    {.name = "data.serializer.type",
     .type = ConfigType::String,
     .default_value = "json",
     .valid = known_form,
     .importance = Importance::High,
     .doc = "Specify a serializer to serialize the data field of CloudEvents values"},
    {.name = "opentelemetry.tracing.attributes.enable",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .importance = Importance::High,
     .doc = "Specify whether to include OpenTelemetry tracing attributes to a cloud event"},
    {.name = "extension.attributes.enable",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::High,
     .doc = "Specify whether to include extension attributes to a cloud event"},
    {.name = "schema.name.adjustment.mode",
     .type = ConfigType::String,
     .default_value = "avro",
     .valid = known_adjustment,
     .importance = Importance::Low,
     .doc = "Specify how schema names should be adjusted for compatibility with the message converter used by the "
            "connector, including:'avro' replaces the characters that cannot be used in the Avro type name with "
            "underscore (default)'none' does not apply any adjustment"},
    {.name = "schema.cloudevents.name",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "Specify CloudEvents schema name under which the schema is registered in a Schema Registry"},
    {.name = "schema.data.name.source.header.enable",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .importance = Importance::Low,
     .doc = "Specify whether CloudEvents.data schema name can be retrieved from the header"},
    {.name = "metadata.source",
     .type = ConfigType::List,
     .default_value = "value,id:generate,type:generate,traceparent:header,dataSchemaName:generate",
     .importance = Importance::High,
     .doc = "Specify from where to retrieve metadata"},
};

std::optional<Origin> origin_named(std::string_view text) {
    const auto name = lower_case(trim(text));
    if (name == "value") return Origin::Value;
    if (name == "header") return Origin::Header;
    if (name == "generate") return Origin::Generate;
    return std::nullopt;
}

/// Reads "field:origin" into the option that it is about.
void read_origin(CloudEventsOptions& options, const std::string& item) {
    const auto colon = item.find(':');
    const auto field = item.substr(0, colon);
    const auto text = colon == std::string::npos ? "" : item.substr(colon + 1);
    const auto origin = origin_named(text);
    if (!origin) throw ConfigException(fmt::format("Field source `{}` is not valid", text));
    if (*origin == Origin::Value) throw ConfigException("Field metadata source can't be VALUE");
    if (field == "id") {
        options.id = *origin;
    } else if (field == "type") {
        options.type = *origin;
    } else if (field == "traceparent") {
        options.trace_parent = *origin;
    } else if (field == "dataSchemaName") {
        options.data_schema_name = *origin;
    } else {
        throw ConfigException(fmt::format("Field `{}` is not allowed to set custom source", field));
    }
}

void read_origins(CloudEventsOptions& options, const Config& config) {
    const auto items = config.get_list("metadata.source");
    const auto global = items.empty() ? std::nullopt : origin_named(items[0]);
    if (!global || *global == Origin::Generate) {
        throw ConfigException(
            fmt::format("Invalid value {} for configuration metadata.source: it must begin with value or "
                        "header",
                        config.get_string("metadata.source")));
    }
    options.metadata = options.id = options.type = options.trace_parent = options.data_schema_name = *global;
    for (std::size_t i = 1; i < items.size(); ++i) read_origin(options, items[i]);
    // These two are only taken from headers where that is asked for besides.
    if (!options.tracing && options.trace_parent == Origin::Header) options.trace_parent = Origin::Generate;
    const bool name_from_header = config.get_boolean("schema.data.name.source.header.enable");
    if (!name_from_header && options.data_schema_name == Origin::Header) options.data_schema_name = Origin::Generate;
}

}

std::span<const ConfigKey> cloud_events_keys() noexcept { return keys; }

CloudEventsOptions parse_cloud_events_options(const Settings& settings) {
    const auto config = parse_converter_settings(keys, settings, false);
    const auto form = [&](std::string_view key) {
        return lower_case(config.get_string(key)) == "avro" ? Form::Avro : Form::Json;
    };
    CloudEventsOptions options;
    options.envelope = form("serializer.type");
    options.data = form("data.serializer.type");
    if (options.envelope == Form::Avro && options.data == Form::Json) {
        throw ConfigException("Cannot use 'application/json' data content type within Avro events");
    }
    options.extensions = config.get_boolean("extension.attributes.enable");
    options.tracing = config.get_boolean("opentelemetry.tracing.attributes.enable");
    options.schema_name = config.get_string("schema.cloudevents.name");
    const auto adjustment = lower_case(config.get_string("schema.name.adjustment.mode"));
    options.adjustment = adjustment == "none"   ? NameAdjustment::None
                         : adjustment == "avro" ? NameAdjustment::Avro
                                                : NameAdjustment::AvroUnicode;
    read_origins(options, config);
    return options;
}

}
