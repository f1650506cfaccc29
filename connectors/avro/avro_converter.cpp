#include "connectors/avro/avro_converter.hpp"

#include "connectors/avro/anything_value.hpp"
#include "connectors/avro/avro_to_connect.hpp"
#include "connectors/avro/compatibility.hpp"
#include "connectors/avro/connect_to_avro.hpp"
#include "connectors/avro/decode_plan.hpp"
#include "connectors/avro/encode_plan.hpp"
#include "connectors/registry/registry_keys.hpp"

namespace millrace::avro {

namespace {

using registry::rows::row;
using enum ConfigType;
using enum Importance;

constexpr auto keys = joined(
    registry::registry_keys,
    std::array{
        row("enhanced.avro.schema.support", Boolean, "false", Medium,
            "Keep enums and the packages of records: texts with the symbols of an enum are written as such."),
        row("connect.meta.data", Boolean, "true", Low, "Write what only Connect knows into the schemas."),
        row("scrub.invalid.names", Boolean, "false", Medium, "Repair names that Avro does not allow."),
        row("generalized.sum.type.support", Boolean, "false", Medium,
            "Hold unions and enums in the form that converters of other formats share."),
        row("ignore.default.for.nullables", Boolean, "false", Medium,
            "Write null, instead of the default, for optional fields that are null."),
        row("allow.optional.map.keys", Boolean, "false", Low,
            "Write maps with optional text keys as Avro maps, not as lists of entries."),
        row("flatten.singleton.unions", Boolean, "true", Low, "Read a union of one branch as that branch."),
        row("discard.type.doc.default", Boolean, "false", Low, "Keep docs and defaults of fields alone."),
        row("schemas.cache.config", Int, "1000", Low, "Schemas that are kept in memory.", registry::not_negative),
    });

class AnythingWriter final : public registry::ValueWriter {
public:
    void write(const Value& value, converters::TextBuffer& out) const override { write_anything(value, out); }
};
class AnythingReader final : public registry::ValueReader {
public:
    Value read(std::string_view payload, Arena& arena) const override { return read_anything(payload, arena); }
};

class PlanWriter final : public registry::ValueWriter {
public:
    PlanWriter(const Schema& connect, const AvroSchema& avro, const AvroOptions& options)
        : plan_(connect, avro, options), bare_(avro.type == AvroType::Bytes) {}
    void write(const Value& value, converters::TextBuffer& out) const override {
        if (bare_ && value.kind() == Value::Kind::Bytes) return out.append(value.as_text());
        plan_.write(value, out);
    }

private:
    EncodePlan plan_;
    bool bare_;  ///< bytes that are all of the data have no length
};

class PlanReader final : public registry::ValueReader {
public:
    PlanReader(const Schema& connect, const AvroSchema& avro, const AvroOptions& options)
        : plan_(connect, avro, options) {}
    Value read(std::string_view payload, Arena& arena) const override { return plan_.read(payload, arena); }

private:
    DecodePlan plan_;
};

std::string record_of(const AvroSchema& schema) { return schema.type == AvroType::Record ? schema.name : ""; }

class ParsedAvro final : public registry::ParsedSchema {
public:
    ParsedAvro(AvroTreePtr tree, const AvroOptions& options) : tree_(std::move(tree)), options_(options) {}
    std::string record() const override { return record_of(tree_->root()); }
    registry::ReadingPlan reading(std::optional<std::int32_t> version) const override {
        const auto& root = tree_->root();
        if (is_anything(root)) return {.schema = nullptr, .reader = std::make_shared<const AnythingReader>()};
        auto schema = to_connect(root, options_, version);
        auto reader = std::make_shared<const PlanReader>(*schema, root, options_);
        return {.schema = std::move(schema), .reader = std::move(reader)};
    }
    std::shared_ptr<const registry::ValueWriter> writing(const SchemaPtr& connect, bool strict) const override {
        if (const auto reason =
                strict ? why_unreadable(tree_->root(), to_avro(connect, options_)->root()) : std::nullopt)
            throw DataException(*reason);
        return std::make_shared<const PlanWriter>(*connect, tree_->root(), options_);
    }

private:
    AvroTreePtr tree_;
    AvroOptions options_;
};

}

std::span<const ConfigKey> AvroConverter::config_keys() const noexcept { return keys; }

void AvroConverter::configure(const Settings& settings, bool is_key) {
    const auto config = ConfigDef(keys).parse(settings);
    options_ = {.enhanced = config.get_boolean("enhanced.avro.schema.support"),
                .meta_data = config.get_boolean("connect.meta.data"),
                .scrub_names = config.get_boolean("scrub.invalid.names"),
                .sum_types = config.get_boolean("generalized.sum.type.support"),
                .ignore_defaults = config.get_boolean("ignore.default.for.nullables"),
                .optional_map_keys = config.get_boolean("allow.optional.map.keys"),
                .flatten_singletons = config.get_boolean("flatten.singleton.unions"),
                .discard_type_defaults = config.get_boolean("discard.type.doc.default")};
    connect(settings, is_key, static_cast<std::size_t>(config.get_int("schemas.cache.config")));
}

registry::WritingPlan AvroConverter::plan_writing(const SchemaPtr& schema) const {
    const auto avro = to_avro(schema, options_);
    registry::WritingPlan plan{
        .schema = {.type = "AVRO", .text = {}}, .record = record_of(avro->root()), .writer = nullptr};
    append_avro_schema(plan.schema.text, avro->root());
    if (schema) {
        plan.writer = std::make_shared<const PlanWriter>(*schema, avro->root(), options_);
    } else {
        plan.writer = std::make_shared<const AnythingWriter>();
    }
    return plan;
}

std::unique_ptr<registry::ParsedSchema> AvroConverter::parse(const registry::ResolvedSchema& schema) const {
    std::vector<std::string> known;
    known.reserve(schema.references.size());
    for (const auto& [name, text] : schema.references) known.push_back(text);
    return std::make_unique<ParsedAvro>(parse_avro_schema(schema.schema.text, known), options_);
}

bool AvroConverter::is_tombstone(const SchemaPtr& schema) const {
    if (schema && !schema->optional()) throw DataException("Found null value for non-optional schema");
    return true;
}

}
