#include "connectors/transforms/debezium/extract_new_record_state.hpp"

#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::transforms {

namespace {

/// In the order of Deletes.
constexpr std::array<std::string_view, 5> modes{"drop", "tombstone", "rewrite-with-tombstone", "rewrite",
                                                "delete-to-tombstone"};

std::string valid_mode(std::string_view value) {
    const bool known = std::ranges::any_of(modes, [&](auto mode) { return equal_ignoring_case(mode, value); });
    return known ? "" : "Value must be one of drop, tombstone, rewrite-with-tombstone, rewrite, delete-to-tombstone";
}

constexpr ConfigKey keys[] = {
    {.name = "delete.tombstone.handling.mode",
     .type = ConfigType::String,
     .default_value = "tombstone",
     .valid = valid_mode,
     .importance = Importance::Medium,
     .doc = "How to handle delete records. Options are: drop - Remove the delete event and tombstone from the "
            "stream.tombstone (default) - For each delete event, leave only a tombstone in the stream.rewrite - Remove "
            "tombstone from the record, and add a `__deleted` field with the value `true`.rewrite-with-tombstone - "
            "Retain tombstone in record and add a `__deleted` field with the value `true`.delete-to-tombstone - "
            "Convert delete events to tombstone events and drop tombstone events.",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Handle delete and tombstone records"},
    {.name = "route.by.field",
     .type = ConfigType::String,
     .default_value = "",
     .importance = Importance::Low,
     .doc = "The column which determines how the events will be routed, the value will replace the topic name.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Route by field name"},
    {.name = "add.fields.prefix",
     .type = ConfigType::String,
     .default_value = "__",
     .importance = Importance::Low,
     .doc = "Adds this prefix to each field listed.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Field prefix to be added to each field."},
    {.name = "add.fields",
     .type = ConfigType::List,
     .default_value = "",
     .importance = Importance::Low,
     .doc =
         "Adds each field listed, prefixed with __ (or __<struct>_ if the struct is specified). Example: "
         "'version,connector,source.ts_ms' would add __version, __connector and __source_ts_ms fields. Optionally one "
         "can also map new field name like version:VERSION,connector:CONNECTOR,source.ts_ms:EVENT_TIMESTAMP.Please "
         "note that the new field name is case-sensitive.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Adds the specified field(s) to the message if they exist."},
    {.name = "add.headers.prefix",
     .type = ConfigType::String,
     .default_value = "__",
     .importance = Importance::Low,
     .doc = "Adds this prefix listed to each header.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Header prefix to be added to each header."},
    {.name = "add.headers",
     .type = ConfigType::List,
     .default_value = "",
     .importance = Importance::Low,
     .doc =
         "Adds each field listed to the header,  __ (or __<struct>_ if the struct is specified). Example: "
         "'version,connector,source.ts_ms' would add __version, __connector and __source_ts_ms fields. Optionally one "
         "can also map new field name like version:VERSION,connector:CONNECTOR,source.ts_ms:EVENT_TIMESTAMP.Please "
         "note that the new field name is case-sensitive.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Adds the specified fields to the header if they exist."},
    {.name = "drop.fields.header.name",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "Specifies the name of a header that contains a list of fields to be removed from the event value.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Specifies a header that contains a list of field names to be removed"},
    {.name = "drop.fields.from.key",
     .type = ConfigType::Boolean,
     .default_value = "false",
     .importance = Importance::Low,
     .doc = "Specifies whether to apply the drop fields behavior to the event key as well as the value. Default "
            "behavior is to only remove fields from the event value, not the key.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Specifies whether the fields to be dropped should also be omitted from the key"},
    {.name = "drop.fields.keep.schema.compatible",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::Low,
     .doc = "Controls the output event's schema compatibility when using the drop fields feature. `true`: dropped "
            "fields are removed if the schema indicates its optional leaving the schemas unchanged, `false`: dropped "
            "fields are removed from the key/value schemas, regardless of optionality.",
     .order_in_group = 1,
     .width = Width::Short,
     .display_name = "Specifies if fields are dropped, will the event's schemas be compatible"},
};

/// Accepted, but on no page.
constexpr ConfigKey hidden_keys[] = {
    {.name = "replace.null.with.default", .type = ConfigType::Boolean, .default_value = "true"},
};

constexpr std::string_view deleted_field = "__deleted";

bool is_blank(std::string_view text) noexcept { return trim(text).empty(); }

}

std::span<const ConfigKey> ExtractNewRecordState::config_keys() const noexcept { return keys; }

void ExtractNewRecordState::configure(const Settings& settings) {
    validate(cannot_validate, [&] { read(settings); });
}

void ExtractNewRecordState::read(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    const auto mode = config.get_string("delete.tombstone.handling.mode");
    const auto known = std::ranges::find_if(modes, [&](auto name) { return equal_ignoring_case(name, mode); });
    deletes_ = static_cast<Deletes>(known - modes.begin());
    route_by_ = config.get_string("route.by.field");
    with_default_ = ConfigDef(hidden_keys).parse(settings).get_boolean("replace.null.with.default");
    fields_ = MetadataReference::parse_list(config.get_string("add.fields.prefix"), config.get_string("add.fields"));
    headers_ = MetadataReference::parse_list(config.get_string("add.headers.prefix"), config.get_string("add.headers"));
    dropper_ = FieldDropper({.header = config.get_string("drop.fields.header.name"),
                             .from_key = config.get_boolean("drop.fields.from.key"),
                             .keep_schema_compatible = config.get_boolean("drop.fields.keep.schema.compatible")});
}

SchemaPtr ExtractNewRecordState::extended_schema(const SchemaPtr& row,
                                                 const std::vector<MetadataReference::Resolved>& fields) const {
    if (row->type() != Type::Struct) throw DataException("Cannot list fields on non-struct type");
    auto parts = basics_of(*row, Type::Struct);
    parts.fields.assign(row->fields().begin(), row->fields().end());
    if (rewrites()) {
        add_field(parts, std::string(deleted_field), make_schema({.type = Type::String, .optional = true}));
    }
    for (const auto& field : fields) add_field(parts, std::string(field.name), field.schema);
    return make_schema(std::move(parts));
}

ExtractNewRecordState::Plan ExtractNewRecordState::make_plan(const SchemaPtr& schema) const {
    const Envelope envelope(*schema);
    if (!envelope.after) throw std::invalid_argument("Unknown field: after");
    if (!envelope.before) throw std::invalid_argument("Unknown field: before");
    Plan plan{.before_place = *envelope.before, .after_place = *envelope.after};
    for (const auto& field : fields_) {
        if (auto found = field.resolve(*schema)) plan.fields.push_back(std::move(*found));
    }
    for (const auto& header : headers_) {
        if (auto found = header.resolve(*schema)) plan.headers.push_back(std::move(*found));
    }
    const auto extended = [&](std::size_t place) -> ExtendedSchema {
        try {
            return {.schema = extended_schema(schema->fields()[place].schema, plan.fields)};
        } catch (const DataException&) {
            return {.failure = std::current_exception()};
        }
    };
    plan.after = extended(plan.after_place);
    plan.before = extended(plan.before_place);
    return plan;
}

Value ExtractNewRecordState::extended_row(const SchemaPtr& row_schema, const Value& row, const ConnectRecord& record,
                                          const Plan& plan, std::string_view deleted, Arena& arena) const {
    const auto old = row.as_values();
    for (std::size_t i = 0; i < old.size(); ++i) {
        if (old[i].is_null()) {
            const auto& field = row_schema->fields()[i];
            require_present(field, rewrites() ? field_value(field, old[i], with_default_) : old[i]);
        }
    }
    if (!rewrites() && plan.fields.empty()) return row;
    const auto size = old.size() + (rewrites() ? 1 : 0) + plan.fields.size();
    auto* values = arena.make_array<Value>(size);
    std::size_t at = 0;
    for (; at < old.size(); ++at) {
        values[at] = field_value(row_schema->fields()[at], old[at], rewrites() && with_default_);
    }
    if (rewrites()) values[at++] = Value::string(deleted);
    for (const auto& field : plan.fields) {
        values[at] = field.find(record.value);
        // The copy of a struct's schema has no fields, and that of a map none for its keys.
        const auto type = field.schema->type();
        if (type == Type::Struct && !values[at].is_null()) throw DataException("Struct schemas do not match.");
        if (type == Type::Map && !values[at].is_null()) {
            throw DataException(fmt::format("No schema defined for key of map field: \"{}\"", field.name));
        }
        ++at;
    }
    return Value::structure({values, size});
}

void ExtractNewRecordState::route(ConnectRecord& record, const SchemaPtr& row_schema, const Value& row) const {
    if (route_by_.empty()) return;
    const auto topic = typed_field(*row_schema, row, route_by_, Type::String);
    if (!topic.is_null() && !is_blank(topic.as_text())) record.topic = topic.as_text();
}

bool ExtractNewRecordState::apply_tombstone(ConnectRecord& record) const {
    if (deletes_ != Deletes::RewriteWithTombstone) return false;
    for (const auto& wanted : headers_) {
        if (wanted.field() != "op") continue;
        static const auto string_schema = make_schema({.type = Type::String});
        auto headers = copy_headers(record.headers);
        headers->push_back({.key = wanted.name(), .schema = string_schema, .value = Value::string("d")});
        record.headers = std::move(headers);
    }
    return true;
}

bool ExtractNewRecordState::apply_delete(ConnectRecord& record, const Plan& plan, Arena& arena) {
    const auto& envelope = *record.value_schema;
    const auto& row_schema = envelope.fields()[plan.before_place].schema;
    const auto row = part_of(record.value, plan.before_place);
    if (row.is_null() || deletes_ == Deletes::Drop) return false;
    Value value;
    SchemaPtr schema;
    if (rewrites()) {
        schema = plan.before.get();
        value = extended_row(row_schema, row, record, plan, "true", arena);
    } else if (deletes_ == Deletes::Tombstone) {
        schema = envelope.fields()[plan.after_place].schema;
    }
    route(record, row_schema, row);
    record.value = value;
    record.value_schema = std::move(schema);
    dropper_.apply(record, arena);
    return true;
}

bool ExtractNewRecordState::apply_change(ConnectRecord& record, const Plan& plan, Arena& arena) {
    const auto& row_schema = record.value_schema->fields()[plan.after_place].schema;
    const auto row = part_of(record.value, plan.after_place);
    const auto& schema = plan.after.get();
    const auto value = extended_row(row_schema, row, record, plan, "false", arena);
    // A rewritten row has its defaults in it when its field is asked for, any other row has not.
    if (rewrites()) {
        route(record, schema, value);
    } else {
        route(record, row_schema, row);
    }
    record.value = value;
    record.value_schema = schema;
    dropper_.apply(record, arena);
    return true;
}

bool ExtractNewRecordState::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null()) return apply_tombstone(record);
    if (!is_envelope(record.value_schema)) return true;
    require_struct(record.value_schema, record.value, "source field insertion");
    const auto& plan = plans_.get(record.value_schema, [this](const SchemaPtr& schema) { return make_plan(schema); });
    if (!plan.headers.empty()) {
        auto headers = copy_headers(record.headers);
        for (const auto& wanted : plan.headers) {
            headers->push_back({.key = wanted.name, .schema = wanted.schema, .value = wanted.find(record.value)});
        }
        record.headers = std::move(headers);
    }
    return part_of(record.value, plan.after_place).is_null() ? apply_delete(record, plan, arena)
                                                             : apply_change(record, plan, arena);
}

}
