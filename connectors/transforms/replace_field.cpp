#include "connectors/transforms/replace_field.hpp"

#include "connectors/support/text.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"
#include "connectors/transforms/validators.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::transforms {

namespace {

std::string valid_renames(std::string_view value) {
    for (const auto& item : split_list(value)) {
        if (java_split(item, ':').size() != 2) return fmt::format("Invalid rename mapping: {}", item);
    }
    return "";
}

constexpr ConfigKey keys[] = {
    {.name = "exclude",
     .type = ConfigType::List,
     .default_value = "",
     .valid = distinct_list,
     .importance = Importance::Medium,
     .doc = "Fields to exclude. This takes precedence over the fields to include.",
     .null_complaint = null_list},
    {.name = "include",
     .type = ConfigType::List,
     .default_value = "",
     .valid = distinct_list,
     .importance = Importance::Medium,
     .doc = "Fields to include. If specified, only these fields will be used.",
     .null_complaint = null_list},
    {.name = "renames",
     .type = ConfigType::List,
     .default_value = "",
     .valid = valid_renames,
     .importance = Importance::Medium,
     .doc = "Field rename mappings."},
    replace_null_key,
};

constexpr std::string_view purpose = "field replacement";

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

}

std::span<const ConfigKey> ReplaceField::config_keys() const noexcept { return keys; }

void ReplaceField::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    excluded_ = config.get_list("exclude");
    included_ = config.get_list("include");
    for (const auto& item : config.get_list("renames")) {
        const auto parts = java_split(item, ':');
        renames_.emplace_back(parts[0], parts[1]);
    }
    with_default_ = config.get_boolean("replace.null.with.default");
}

bool ReplaceField::keeps(std::string_view field) const {
    return !contains(excluded_, field) && (included_.empty() || contains(included_, field));
}

std::string_view ReplaceField::renamed(std::string_view field) const {
    std::string_view name = field;
    for (const auto& [from, to] : renames_) {
        if (from == field) name = to;
    }
    return name;
}

ReplaceField::Plan ReplaceField::make_plan(const Schema& schema) const {
    Plan plan;
    auto parts = basics_of(schema, Type::Struct);
    for (const auto& field : schema.fields()) {
        if (!keeps(field.name)) continue;
        const auto name = renamed(field.name);
        add_field(parts, std::string(name), field.schema);
        // As Java finds it: by the new name. With another field's old name there, that one's value is taken.
        const auto rename =
            std::ranges::find(renames_, name, [](const auto& r) -> std::string_view { return r.second; });
        const auto place = schema.index_of(rename == renames_.end() ? name : std::string_view(rename->first));
        if (!place) throw DataException(fmt::format("{} is not a valid field name", rename->first));
        plan.from.push_back(*place);
    }
    plan.schema = make_schema(std::move(parts));
    return plan;
}

bool ReplaceField::apply(ConnectRecord& record, Arena& arena) {
    auto operand = operand_of(record, side_);
    if (operand.value.is_null()) return true;
    if (!operand.schema) {
        const auto entries = require_map(operand.value, purpose);
        MapBuilder map(arena, entries.size());
        for (const auto& entry : entries) {
            if (keeps(entry.key.as_text())) map.put(renamed(entry.key.as_text()), entry.value);
        }
        operand.value = map.value();
        return true;
    }
    const auto old = require_struct(operand.schema, operand.value, purpose);
    const auto& plan = plans_.get(operand.schema, [this](const SchemaPtr& schema) { return make_plan(*schema); });
    auto* values = arena.make_array<Value>(plan.from.size());
    for (std::size_t i = 0; i < plan.from.size(); ++i) {
        const auto& from = operand.schema->fields()[plan.from[i]];
        const auto& to = plan.schema->fields()[i];
        values[i] = field_value(from, old[plan.from[i]], with_default_);
        require_present(to, values[i]);
        require_type(to, from.schema, values[i]);
    }
    operand.value = Value::structure({values, plan.from.size()});
    operand.schema = plan.schema;
    return true;
}

}
