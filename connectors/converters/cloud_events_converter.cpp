#include "connectors/converters/cloud_events_converter.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/simple_converters.hpp"
#include "connectors/support/byte_reader.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::converters {

namespace {

using Form = CloudEventsOptions::Form;

constexpr std::string_view avro_class = "io.confluent.connect.avro.AvroConverter";
constexpr std::string_view registry_key = "schema.registry.url";
/// Keeps the data's schema apart from the event's in the registry.
constexpr std::string_view data_suffix = "-data";
constexpr std::size_t kept_scratch_bytes = 1 << 16;
constexpr std::array<std::string_view, 4> needed_attributes{"id", "source", "specversion", "type"};

[[noreturn]] void refuse_event(std::string_view why) {
    throw DataException(fmt::format("A deserialized record's value is not a CloudEvent: {}", why));
}

/// A struct that stands in a map without a schema becomes a map itself.
Value without_schema(const SchemaPtr& schema, const Value& value, Arena& arena) {
    if (!schema || value.is_null()) return value;
    switch (value.kind()) {
    case Value::Kind::Struct: {
        const auto fields = schema->fields();
        auto* entries = arena.make_array<MapEntry>(fields.size());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            entries[i] = {Value::string(arena.copy(fields[i].name)),
                          without_schema(fields[i].schema, value.as_values()[i], arena)};
        }
        return Value::map({entries, fields.size()});
    }
    case Value::Kind::Array: {
        const auto old = value.as_values();
        auto* values = arena.make_array<Value>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) values[i] = without_schema(schema->value_schema(), old[i], arena);
        return Value::array({values, old.size()});
    }
    case Value::Kind::Map: {
        const auto old = value.as_entries();
        auto* entries = arena.make_array<MapEntry>(old.size());
        for (std::size_t i = 0; i < old.size(); ++i) {
            entries[i] = {without_schema(schema->key_schema(), old[i].key, arena),
                          without_schema(schema->value_schema(), old[i].value, arena)};
        }
        return Value::map({entries, old.size()});
    }
    default:
        return value;
    }
}

}

std::span<const ConfigKey> CloudEventsConverter::config_keys() const noexcept { return cloud_events_keys(); }

void CloudEventsConverter::configure(const Settings& settings, bool is_key) {
    options_ = parse_cloud_events_options(settings);
    maker_ = CloudEventMaker(options_);
    auto json = settings_below(settings, "json.");
    data_json_.configure(json, true);
    data_has_schema_ = !json.contains("schemas.enable") || lower_case(json["schemas.enable"]) != "false";
    json.insert_or_assign("schemas.enable", "false");
    event_json_.configure(json, is_key);
    avro_ = nullptr;
    if (options_.envelope == Form::Avro || options_.data == Form::Avro) configure_avro(settings);
}

void CloudEventsConverter::configure_avro(const Settings& settings) {
    const auto avro = settings_below(settings, "avro.");
    const auto url = avro.find(registry_key);
    if (url == avro.end() || url->second.empty()) {
        throw ConfigException(
            "Need URL(s) for schema registry instances for CloudEvents when using Apache Avro: set "
            "avro.schema.registry.url");
    }
    registry_ = url->second;
    avro_ = make_(avro_class);
    if (!avro_) throw ConfigException(fmt::format("CloudEvents with Avro need {}, which is not here", avro_class));
    avro_->configure(avro, false);
}

void CloudEventsConverter::use_stop(const std::stop_token& stop) {
    if (auto* aware = dynamic_cast<StopAware*>(avro_.get())) aware->use_stop(stop);
}

Arena& CloudEventsConverter::scratch() {
    if (!scratch_ || scratch_->used_bytes() > kept_scratch_bytes) {
        scratch_ = std::make_unique<Arena>(kept_scratch_bytes);
    }
    return *scratch_;
}

bool CloudEventsConverter::from_connect_data(std::string_view topic, const SchemaPtr& schema, const Value& value,
                                             std::string& out) {
    if (!maker_.begin(schema, value, headers_)) return false;
    if (options_.data == Form::Avro) {
        write_avro_data(topic, out);
    } else {
        write_json_data(topic, out);
    }
    return true;
}

void CloudEventsConverter::write_json_data(std::string_view topic, std::string& out) {
    auto& arena = scratch();
    if (!data_has_schema_) {
        const auto data = maker_.data(arena);
        const auto event = maker_.event(data, std::nullopt, arena);
        event_json_.from_connect_data(topic, event.schema, event.value, out);
        return;
    }
    // The event itself never has a schema in it: its data is written last, in the place of an empty struct.
    static const auto nothing = make_schema({.type = Type::Struct});
    const auto event = maker_.event({nothing, Value::structure({})}, std::nullopt, arena);
    event_json_.from_connect_data(topic, event.schema, event.value, out);
    const auto data = maker_.data(arena);
    out.resize(out.size() - std::string_view("{}}").size());
    data_json_.from_connect_data(topic, data.schema, data.value, out);
    out += '}';
}

void CloudEventsConverter::write_avro_data(std::string_view topic, std::string& out) {
    const bool all_avro = options_.envelope == Form::Avro;
    auto& arena = scratch();
    const auto data = maker_.data(arena);
    std::string bytes;
    avro_->from_connect_data(all_avro ? fmt::format("{}{}", topic, data_suffix) : std::string(topic), data.schema,
                             data.value, bytes);
    ByteReader reader(bytes, "Avro message");
    reader.u8("magic byte");
    const auto uri = fmt::format("{}/schemas/ids/{}", registry_, reader.i32("schema id"));
    static const auto bytes_schema = make_schema({.type = Type::Bytes});
    const auto event = maker_.event({bytes_schema, Value::bytes(arena.copy(bytes))}, uri, arena);
    if (all_avro) {
        avro_->from_connect_data(topic, event.schema, event.value, out);
    } else {
        event_json_.from_connect_data(topic, event.schema, event.value, out);
    }
}

SchemaAndValue CloudEventsConverter::to_connect_data(std::string_view topic, std::optional<std::string_view> data,
                                                     Arena& arena) {
    if (!data) return {};
    return options_.envelope == Form::Avro ? read_avro(topic, *data, arena) : read_json(topic, *data, arena);
}

SchemaAndValue CloudEventsConverter::read_json(std::string_view topic, std::string_view data, Arena& arena) {
    const auto read = event_json_.to_connect_data(topic, data, arena);
    if (read.value.kind() != Value::Kind::Map) refuse_event("it is no JSON object");
    const auto old = read.value.as_entries();
    const auto has = [&](std::string_view name) {
        return std::ranges::any_of(old, [&](const MapEntry& entry) { return entry.key.as_text() == name; });
    };
    for (const auto name : needed_attributes) {
        if (!has(name)) refuse_event(fmt::format("it has no {}", name));
    }
    if (!has("data")) refuse_event("it has no data");
    auto* entries = arena.make_array<MapEntry>(old.size());
    for (std::size_t i = 0; i < old.size(); ++i) {
        entries[i] = old[i];
        if (old[i].key.as_text() == "data") entries[i].value = read_data(topic, old[i].value, data, arena);
    }
    return {nullptr, Value::map({entries, old.size()})};
}

Value CloudEventsConverter::read_data(std::string_view topic, const Value& data, std::string_view message,
                                      Arena& arena) {
    if (options_.data == Form::Avro) {
        if (data.kind() != Value::Kind::String) refuse_event("its data is no base64");
        const auto bytes = from_base64(data.as_text());
        if (!bytes) refuse_event("its data is no base64");
        const auto [schema, value] = avro_->to_connect_data(topic, arena.copy(*bytes), arena);
        return without_schema(schema, value, arena);
    }
    if (!data_has_schema_) return data;
    std::string text;
    json::append_node(text,
                      *json::parse(message, arena, {.leading_zeros = true, .ignore_trailing = true}).find("data"));
    const auto [schema, value] = data_json_.to_connect_data(topic, arena.copy(text), arena);
    return without_schema(schema, value, arena);
}

SchemaAndValue CloudEventsConverter::read_avro(std::string_view topic, std::string_view data, Arena& arena) {
    const auto event = avro_->to_connect_data(topic, data, arena);
    const bool named =
        event.schema && (options_.schema_name.empty() ? event.schema->name().ends_with("CloudEvents.Envelope")
                                                      : event.schema->name() == options_.schema_name);
    if (!named || event.value.kind() != Value::Kind::Struct) refuse_event("its schema is another");
    for (const auto name : needed_attributes) {
        if (!event.schema->index_of(name)) refuse_event(fmt::format("it has no {}", name));
    }
    const auto place = event.schema->index_of("data");
    if (!place) refuse_event("it has no data");
    const auto& bytes = event.value.as_values()[*place];
    if (bytes.kind() != Value::Kind::Bytes) refuse_event("its data is no bytes");
    const auto inner = avro_->to_connect_data(fmt::format("{}{}", topic, data_suffix), bytes.as_text(), arena);
    auto parts = event.schema->parts();
    parts.fields[*place].schema = inner.schema;
    auto* values = arena.make_array<Value>(parts.fields.size());
    std::ranges::copy(event.value.as_values(), values);
    values[*place] = inner.value;
    const auto count = parts.fields.size();
    return {make_schema(std::move(parts)), Value::structure({values, count})};
}

}
