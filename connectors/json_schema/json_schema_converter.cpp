#include "connectors/json_schema/json_schema_converter.hpp"

#include "connectors/json_schema/connect_to_json_schema.hpp"
#include "connectors/json_schema/json_schema_to_connect.hpp"
#include "connectors/json_schema/json_schema_values.hpp"
#include "connectors/json_schema/write_plan.hpp"
#include "connectors/registry/registry_keys.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

namespace millrace::json_schema {

namespace {

using registry::rows::row;
using enum ConfigType;
using enum Importance;

std::string decimal_format(std::string_view value) {
    const auto name = lower_case(value);
    return name == "base64" || name == "numeric" ? "" : "String must be one of (case insensitive): NUMERIC, BASE64";
}

constexpr auto keys = joined(
    registry::registry_keys,
    std::array{
        row("object.additional.properties", Boolean, "true", Medium,
            "Allow members in objects that their schema does not name."),
        row("use.optional.for.nonrequired", Boolean, "false", Medium,
            "Read properties that are not required as optional."),
        row("decimal.format", String, "BASE64", Low, "Write decimals as BASE64 texts or as NUMERIC.", decimal_format),
        row("generalized.sum.type.support", Boolean, "false", Medium,
            "Hold unions and enums in the form that converters of other formats share."),
        row("ignore.default.for.nullables", Boolean, "false", Medium,
            "Write null, instead of the default, for fields that are null."),
        row("flatten.singleton.unions", Boolean, "true", Low, "Read a oneOf of one schema as that schema."),
        row("schemas.cache.size", Int, "1000", Low, "Schemas that are kept in memory.", registry::not_negative),
    });

class Writer final : public registry::ValueWriter {
public:
    Writer(const Schema& schema, const JsonSchemaOptions& options) : plan_(schema, options) {}
    void write(const Value& value, converters::TextBuffer& out) const override { plan_.write(value, out); }

private:
    WritePlan plan_;
};

class Reader final : public registry::ValueReader {
public:
    Reader(SchemaPtr schema, const JsonSchemaOptions& options) : schema_(std::move(schema)), options_(options) {}
    Value read(std::string_view payload, Arena& arena) const override {
        const auto node = json::parse(payload, arena);
        return read_json(schema_, &node, options_, arena);
    }

private:
    SchemaPtr schema_;
    JsonSchemaOptions options_;
};

class Parsed final : public registry::ParsedSchema {
public:
    Parsed(registry::ResolvedSchema schema, const JsonSchemaOptions& options)
        : schema_(std::move(schema)), options_(options) {}
    std::string record() const override {
        const json::Document document(schema_.schema.text);
        const auto* title = document.root().find("title");
        return title != nullptr && title->is_string() ? std::string(title->text()) : std::string();
    }
    registry::ReadingPlan reading(std::optional<std::int32_t> version) const override {
        auto schema = to_connect(schema_.schema.text, schema_.references, options_, version);
        auto reader = std::make_shared<const Reader>(schema, options_);
        return {.schema = std::move(schema), .reader = std::move(reader)};
    }
    /// JSON names its members itself, so another schema changes nothing in it; whether that can read it, the registry's
    /// compatibility rules say.
    std::shared_ptr<const registry::ValueWriter> writing(const SchemaPtr& connect, bool) const override {
        return std::make_shared<const Writer>(*connect, options_);
    }

private:
    registry::ResolvedSchema schema_;
    JsonSchemaOptions options_;
};

}

std::span<const ConfigKey> JsonSchemaConverter::config_keys() const noexcept { return keys; }

void JsonSchemaConverter::configure(const Settings& settings, bool is_key) {
    const auto config = ConfigDef(keys).parse(settings);
    options_ = {.decimal_format = lower_case(config.get_string("decimal.format")) == "numeric"
                                      ? converters::DecimalFormat::Numeric
                                      : converters::DecimalFormat::Base64,
                .additional_properties = config.get_boolean("object.additional.properties"),
                .optional_unless_required = config.get_boolean("use.optional.for.nonrequired"),
                .sum_types = config.get_boolean("generalized.sum.type.support"),
                .ignore_defaults = config.get_boolean("ignore.default.for.nullables"),
                .flatten_singletons = config.get_boolean("flatten.singleton.unions")};
    connect(settings, is_key, static_cast<std::size_t>(config.get_int("schemas.cache.size")));
}

registry::WritingPlan JsonSchemaConverter::plan_writing(const SchemaPtr& schema) const {
    if (!schema) throw DataException("Values without a schema have no JSON Schema");
    return {.schema = {.type = "JSON", .text = to_json_schema(*schema, options_)},
            .record = schema->name(),
            .writer = std::make_shared<const Writer>(*schema, options_)};
}

std::unique_ptr<registry::ParsedSchema> JsonSchemaConverter::parse(const registry::ResolvedSchema& schema) const {
    return std::make_unique<Parsed>(schema, options_);
}

bool JsonSchemaConverter::is_tombstone(const SchemaPtr& schema) const {
    return !schema || (!schema->optional() && schema->default_value().is_null());
}

}
