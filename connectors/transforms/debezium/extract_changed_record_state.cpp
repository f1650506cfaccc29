#include "connectors/transforms/debezium/extract_changed_record_state.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "header.changed.name",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "Specify the header changed name, default is null which means not send changes to header.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Header change name."},
    {.name = "header.unchanged.name",
     .type = ConfigType::String,
     .importance = Importance::Low,
     .doc = "Specify the header unchanged name of schema, default is null which means not send changes to header.",
     .order_in_group = 1,
     .width = Width::Long,
     .display_name = "Header unchanged name."},
};

Value list_of(const std::vector<std::string_view>& names, Arena& arena) {
    auto* values = arena.make_array<Value>(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) values[i] = Value::string(arena.copy(names[i]));
    return Value::array({values, names.size()});
}

}

std::span<const ConfigKey> ExtractChangedRecordState::config_keys() const noexcept { return keys; }

ExtractChangedRecordState::ListHeader ExtractChangedRecordState::make_header(const Config& config,
                                                                             std::string_view key) {
    auto name = config.get_string(key);
    auto element = make_schema({.type = Type::String, .optional = true});
    auto schema = make_schema({.type = Type::Array, .optional = true, .name = name, .value = std::move(element)});
    return {std::move(name), std::move(schema)};
}

void ExtractChangedRecordState::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    changed_ = make_header(config, "header.changed.name");
    unchanged_ = make_header(config, "header.unchanged.name");
}

bool ExtractChangedRecordState::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null() || !is_envelope(record.value_schema)) return true;
    require_struct(record.value_schema, record.value, "Record value should be struct.");
    const auto& plan = plans_.get(record.value_schema, [](const SchemaPtr& s) { return Plan{Envelope(*s)}; });
    const auto before = part_of(record.value, plan.envelope.before);
    const auto after = part_of(record.value, plan.envelope.after);
    std::vector<std::string_view> changed;
    std::vector<std::string_view> unchanged;
    if (!before.is_null() && !after.is_null()) {
        const auto& after_schema = *record.value_schema->fields()[*plan.envelope.after].schema;
        const auto& before_schema = *record.value_schema->fields()[*plan.envelope.before].schema;
        for (std::size_t i = 0; i < after_schema.fields().size(); ++i) {
            const auto& name = after_schema.fields()[i].name;
            const auto place = before_schema.index_of(name);
            const bool same = place && before.as_values()[*place] == after.as_values()[i];
            (same ? unchanged : changed).emplace_back(name);
        }
        for (const auto& field : before_schema.fields()) {
            if (!after_schema.index_of(field.name)) changed.emplace_back(field.name);
        }
    }
    auto headers = copy_headers(record.headers);
    const auto add = [&](const ListHeader& header, const std::vector<std::string_view>& names) {
        if (trim(header.name).empty()) return;
        headers->push_back({.key = header.name, .schema = header.schema, .value = list_of(names, arena)});
    };
    add(changed_, changed);
    add(unchanged_, unchanged);
    record.headers = std::move(headers);
    return true;
}

}
