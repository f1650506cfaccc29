#include "connectors/converters/cloud_event.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/converters/java_text.hpp"
#include "connectors/converters/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace millrace::converters {

namespace {

using Origin = CloudEventsOptions::Origin;

constexpr std::string_view extension_prefix = "iodebezium";
constexpr std::array<std::string_view, 3> transaction_fields{"id", "total_order", "data_collection_order"};

const Header* last_header(const Headers& headers, std::string_view name) noexcept {
    if (!headers) return nullptr;
    const auto found = std::find_if(headers->rbegin(), headers->rend(), [&](const Header& h) { return h.key == name; });
    return found == headers->rend() ? nullptr : &*found;
}

void require_struct(const SchemaPtr& schema, const Value& value, std::string_view what) {
    if (schema && schema->type() == Type::Struct && value.kind() == Value::Kind::Struct) return;
    throw DataException(fmt::format("CloudEvents converter: {} is no struct", what));
}

void require_present(std::string_view name, const Value& value) {
    if (value.is_null()) refuse_null(name, Type::String);
}

std::string extension_name(std::string_view field) {
    std::string out(extension_prefix);
    for (const char c : field) {
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

SchemaPtr text_schema(bool optional) {
    static const auto needed = make_schema({.type = Type::String});
    static const auto maybe = make_schema({.type = Type::String, .optional = true});
    return optional ? maybe : needed;
}

/// CloudEvents know no 64-bit numbers: they become texts.
SchemaPtr extension_schema(const Schema& field) {
    switch (field.type()) {
    case Type::Boolean:
        return make_schema({.type = Type::Boolean, .optional = field.optional()});
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
        return make_schema({.type = Type::Int32, .optional = field.optional()});
    case Type::String:
    case Type::Int64:
        return text_schema(field.optional());
    default:
        throw DataException(
            fmt::format("Source field of type {} cannot be converted into CloudEvents extension "
                        "attribute.",
                        type_name(field.type())));
    }
}

Value extension_value(const Value& value, Arena& arena) {
    switch (value.kind()) {
    case Value::Kind::Int8:
    case Value::Kind::Int16:
        return Value::int32(static_cast<std::int32_t>(value.as_integer()));
    case Value::Kind::Int64: {
        const fmt::format_int digits(value.as_integer());
        return Value::string(arena.copy({digits.data(), digits.size()}));
    }
    default:
        return value;
    }
}

/// As RFC 3339 has it, in UTC with milliseconds.
void append_time(std::string& out, const Value& ts_ms) {
    if (ts_ms.kind() != Value::Kind::Int64) throw DataException("The source of the event has no ts_ms");
    const std::chrono::sys_time<std::chrono::milliseconds> at(std::chrono::milliseconds(ts_ms.as_integer()));
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    const auto put = [&](auto number, std::size_t width, char after) {
        const fmt::format_int digits(static_cast<std::int64_t>(number));
        if (digits.size() < width) out.append(width - digits.size(), '0');
        out.append(digits.data(), digits.size());
        out += after;
    };
    put(int{date.year()}, 4, '-');
    put(unsigned{date.month()}, 2, '-');
    put(unsigned{date.day()}, 2, 'T');
    put(clock.hours().count(), 2, ':');
    put(clock.minutes().count(), 2, ':');
    put(clock.seconds().count(), 2, '.');
    put(clock.subseconds().count(), 3, 'Z');
}

}

CloudEventMaker::Part CloudEventMaker::part(std::string_view name, bool optional) const {
    if (options_.metadata == Origin::Header) {
        if (const auto* header = last_header(*headers_, name)) return {&header->schema, header->value};
        if (optional) return {};
        throw DataException(fmt::format("Header `{}` was not provided", name));
    }
    const auto place = (*schema_)->index_of(name);
    if (!place && optional) return {};
    if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
    return {&(*schema_)->fields()[*place].schema, value_.as_values()[*place]};
}

bool CloudEventMaker::begin(const SchemaPtr& schema, const Value& value, const Headers& headers) {
    if (!schema || value.is_null()) return false;
    if (options_.metadata == Origin::Header) {
        if (!last_header(headers, "source") || !last_header(headers, "op")) return false;
    } else if (!schema->name().ends_with(".Envelope")) {
        return false;
    }
    if (schema->type() != Type::Struct) throw DataException("Mismatching schema");
    require_struct(schema, value, "the value");
    schema_ = &schema;
    value_ = value;
    headers_ = &headers;
    source_ = part("source", false);
    op_ = part("op", false);
    transaction_ = part("transaction", true);
    require_struct(*source_.schema, source_.value, "the event's source");
    if (places_.schema != *source_.schema) {
        const auto& source = **source_.schema;
        places_ = {.schema = *source_.schema,
                   .connector = source.index_of("connector"),
                   .name = source.index_of("name"),
                   .db = source.index_of("db"),
                   .ts_ms = source.index_of("ts_ms"),
                   .lsn = source.index_of("lsn"),
                   .tx_id = source.index_of("txId"),
                   .sequence = source.index_of("sequence")};
    }
    const auto connector = source_field(places_.connector, "connector").value;
    if (connector.kind() != Value::Kind::String || connector.as_text() != "postgresql") {
        throw DataException(fmt::format("No usable CloudEvents converters for connector type \"{}\"",
                                        connector.is_null() ? "null" : connector.as_text()));
    }
    return true;
}

CloudEventMaker::Part CloudEventMaker::source_field(std::optional<std::size_t> place, std::string_view name) const {
    if (!place) throw DataException(fmt::format("{} is not a valid field name", name));
    const auto& field = (*source_.schema)->fields()[*place].schema;
    const auto& value = source_.value.as_values()[*place];
    return {&field, value.is_null() ? field->default_value() : value};
}

void CloudEventMaker::append_source_text(std::string& out, std::optional<std::size_t> place,
                                         std::string_view name) const {
    const auto field = source_field(place, name);
    append_java_text(out, *field.schema, field.value);
}

std::string_view CloudEventMaker::data_schema_name() const {
    if (options_.data_schema_name != Origin::Header) return "io.debezium.connector.postgresql.Data";
    const auto value = header_text(Origin::Header, "dataSchemaName", {});
    return value.kind() == Value::Kind::String ? value.as_text() : "";
}

Value CloudEventMaker::header_text(Origin origin, std::string_view name, std::string_view generated) const {
    if (origin == Origin::Value) return {};
    if (origin == Origin::Generate) return Value::string(generated);
    if (const auto* header = last_header(*headers_, name)) return header->value;
    throw DataException(fmt::format("Header `{}` was not provided", name));
}

SchemaAndValue CloudEventMaker::data(Arena& arena) {
    const auto name = data_schema_name();
    const auto& schema = *schema_;
    auto found = data_plans_.find(schema.get());
    if (found == data_plans_.end() || found->second.schema->name() != name) {
        if (data_plans_.size() >= most_plans) data_plans_.clear();
        DataPlan plan{.event = schema, .schema = nullptr, .places = {}};
        SchemaParts parts{.type = Type::Struct, .name = std::string(name)};
        for (std::size_t i = 0; i < schema->fields().size(); ++i) {
            const auto& field = schema->fields()[i];
            if (options_.metadata != Origin::Header && field.name != "before" && field.name != "after") continue;
            parts.fields.push_back(field);
            plan.places.push_back(i);
        }
        plan.schema = make_schema(std::move(parts));
        found = data_plans_.insert_or_assign(schema.get(), std::move(plan)).first;
    }
    const auto& plan = found->second;
    auto* values = arena.make_array<Value>(plan.places.size());
    for (std::size_t i = 0; i < plan.places.size(); ++i) values[i] = value_.as_values()[plan.places[i]];
    return {plan.schema, Value::structure({values, plan.places.size()})};
}

SchemaPtr CloudEventMaker::make_event_schema(const EventPlan& plan) const {
    const auto name = options_.schema_name.empty()
                          ? fmt::format("{}.{}.CloudEvents.Envelope", plan.server, plan.database)
                          : options_.schema_name;
    SchemaParts parts{.type = Type::Struct, .name = adjust_name(name, options_.adjustment, false)};
    const auto add = [&](std::string field, SchemaPtr schema) {
        parts.fields.push_back({std::move(field), std::move(schema)});
    };
    for (const auto* field : {"id", "source", "specversion", "type", "time", "datacontenttype"}) {
        add(field, text_schema(false));
    }
    if (plan.has_uri) add("dataschema", text_schema(false));
    if (options_.tracing) add("traceparent", text_schema(false));
    if (options_.extensions) {
        add(extension_name("op"), text_schema(false));
        for (const auto& field : plan.source->fields())
            add(extension_name(field.name), extension_schema(*field.schema));
        for (const auto field : transaction_fields) {
            add(extension_name(fmt::format("tx{}", field)), text_schema(true));
        }
    }
    add("data", plan.data);
    return make_schema(std::move(parts));
}

const SchemaPtr& CloudEventMaker::event_schema(const SchemaPtr& data, bool has_uri) {
    std::string_view server;
    std::string_view database;
    if (options_.schema_name.empty()) {
        const auto text = [](const Value& value) {
            return value.kind() == Value::Kind::String ? value.as_text() : "null";
        };
        server = text(source_field(places_.name, "name").value);
        database = text(source_field(places_.db, "db").value);
    }
    const auto known = event_plans_.find(data.get());
    if (known != event_plans_.end()) {
        const auto& plan = known->second;
        const bool same = plan.source == *source_.schema && plan.server == server && plan.database == database;
        if (same && plan.has_uri == has_uri) return plan.schema;
    }
    if (event_plans_.size() >= most_plans) event_plans_.clear();
    EventPlan plan{.data = data,
                   .source = *source_.schema,
                   .server = std::string(server),
                   .database = std::string(database),
                   .has_uri = has_uri,
                   .schema = nullptr};
    plan.schema = make_event_schema(plan);
    return event_plans_.insert_or_assign(data.get(), std::move(plan)).first->second.schema;
}

Value* CloudEventMaker::put_extensions(Value* to, Arena& arena) const {
    require_present(extension_name("op"), op_.value);
    *to++ = op_.value;
    const auto& fields = (*source_.schema)->fields();
    for (std::size_t i = 0; i < fields.size(); ++i)
        *to++ = extension_value(source_field(i, fields[i].name).value, arena);
    for (const auto field : transaction_fields) {
        if (transaction_.value.kind() == Value::Kind::Struct && *transaction_.schema) {
            const auto place = (*transaction_.schema)->index_of(field);
            if (!place) throw DataException(fmt::format("{} is not a valid field name", field));
            *to = extension_value(transaction_.value.as_values()[*place], arena);
        }
        ++to;
    }
    return to;
}

Value CloudEventMaker::id(Arena& arena) {
    if (options_.id != Origin::Generate) return header_text(options_.id, "id", {});
    text_ = "name:";
    append_source_text(text_, places_.name, "name");
    text_ += ";lsn:";
    append_source_text(text_, places_.lsn, "lsn");
    text_ += ";txId:";
    append_source_text(text_, places_.tx_id, "txId");
    text_ += ";sequence:";
    append_source_text(text_, places_.sequence, "sequence");
    return Value::string(arena.copy(text_));
}

SchemaAndValue CloudEventMaker::event(const SchemaAndValue& data, std::optional<std::string_view> data_uri,
                                      Arena& arena) {
    const auto& made = event_schema(data.schema, data_uri.has_value());
    auto* values = arena.make_array<Value>(made->fields().size());
    auto* at = values;
    *at = id(arena);
    const auto type = header_text(options_.type, "type", "io.debezium.connector.postgresql.DataChangeEvent");
    require_present("id", *at++);
    text_ = "/debezium/postgresql/";
    append_source_text(text_, places_.name, "name");
    *at++ = Value::string(arena.copy(text_));
    *at++ = Value::string("1.0");
    require_present("type", type);
    *at++ = type;
    text_.clear();
    append_time(text_, source_field(places_.ts_ms, "ts_ms").value);
    *at++ = Value::string(arena.copy(text_));
    *at++ = Value::string(options_.data == CloudEventsOptions::Form::Avro ? "application/avro" : "application/json");
    if (data_uri) *at++ = Value::string(arena.copy(*data_uri));
    if (options_.tracing) {
        if (options_.trace_parent != Origin::Header) {
            throw DataException(
                "Value for `traceparent` CloudEvents field currently can't be obtained from a record value and can "
                "only be obtained from a record header");
        }
        const auto* header = last_header(*headers_, "traceparent");
        *at = header ? header->value : Value();
        require_present("traceparent", *at++);
    }
    if (options_.extensions) at = put_extensions(at, arena);
    *at = data.value;
    return {made, Value::structure({values, made->fields().size()})};
}

}
