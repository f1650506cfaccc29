#include "connectors/protobuf/protobuf_converter.hpp"

#include "connectors/protobuf/connect_to_proto.hpp"
#include "connectors/protobuf/decode_plan.hpp"
#include "connectors/protobuf/encode_plan.hpp"
#include "connectors/protobuf/known_files.hpp"
#include "connectors/protobuf/proto_file.hpp"
#include "connectors/protobuf/proto_to_connect.hpp"
#include "connectors/protobuf/wire.hpp"
#include "connectors/registry/registry_keys.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>

namespace millrace::protobuf {

namespace {

using registry::rows::row;
using enum ConfigType;
using enum Importance;

constexpr std::size_t kept_scratch_bytes = 1 << 20;

constexpr auto keys = joined(
    registry::registry_keys,
    std::array{
        row("enhanced.protobuf.schema.support", Boolean, "false", Medium,
            "Keep the packages of messages when reading."),
        row("generalized.sum.type.support", Boolean, "false", Medium,
            "Hold unions and enums in the form that converters of other formats share."),
        row("ignore.default.for.nullables", Boolean, "false", Medium,
            "Leave fields out, instead of writing their default, where they are null."),
        row("int.for.enums", Boolean, "false", Medium, "Read enums as numbers."),
        row("optional.for.nullables", Boolean, "false", Medium, "Write fields that may be null as optional ones."),
        row("optional.for.proto2", Boolean, "true", Medium, "Read absent optional fields of proto2 as null."),
        row("wrapper.for.nullables", Boolean, "false", Medium,
            "Write fields that may be null as messages around one value."),
        row("wrapper.for.raw.primitives", Boolean, "true", Medium,
            "Write values without fields as messages around one value."),
        row("generate.struct.for.nulls", Boolean, "false", Medium, "Read absent messages as those of defaults."),
        row("generate.index.for.unions", Boolean, "true", Low, "Put a oneof's index behind its name."),
        row("flatten.unions", Boolean, "false", Medium, "Read the members of a oneof as fields."),
        row("scrub.invalid.names", Boolean, "false", Medium, "Repair names that Protobuf does not allow."),
        row("skip.known.types", Boolean, "true", Low,
            "Do not register the files of Google and Confluent that a schema imports."),
        row("schemas.cache.config", Int, "1000", Low, "Schemas that are kept in memory.", registry::not_negative),
    });

/// The indexes from the file's messages to this one.
std::vector<std::int32_t> path_of(const google::protobuf::Descriptor& message) {
    std::vector<std::int32_t> path;
    for (const auto* at = &message; at != nullptr; at = at->containing_type()) path.push_back(at->index());
    std::ranges::reverse(path);
    return path;
}

class Writer final : public registry::ValueWriter {
public:
    Writer(const SchemaPtr& schema, const google::protobuf::Descriptor& message, const ProtobufOptions& options,
           bool strict)
        : plan_(schema, message, options, strict), path_(message_path(path_of(message))) {}
    void write(const Value& value, converters::TextBuffer& out) const override {
        message_.clear();
        plan_.write(value, message_);
        out.append(message_);
        if (message_.capacity() > kept_scratch_bytes) message_ = {};
    }
    std::string_view selector() const noexcept override { return path_; }

private:
    EncodePlan plan_;
    std::string path_;
    mutable std::string message_;  ///< under construction: what is inside has a length before it
};

class Reader final : public registry::ValueReader {
public:
    Reader(const SchemaPtr& schema, const google::protobuf::Descriptor& message, const ProtobufOptions& options)
        : plan_(schema, message, options) {}
    Value read(std::string_view payload, Arena& arena) const override { return plan_.read(payload, arena); }

private:
    DecodePlan plan_;
};

class Parsed final : public registry::ParsedSchema {
public:
    Parsed(const registry::ResolvedSchema& schema, const ProtobufOptions& options)
        : file_(schema.schema.text, schema.references), options_(options) {}

    void select(std::string_view selector) override { message_ = &file_.message(read_message_path(selector)); }
    std::string record() const override { return message().full_name(); }
    registry::ReadingPlan reading(std::optional<std::int32_t> version) const override {
        auto schema = to_connect(message(), options_, version);
        auto reader = std::make_shared<const Reader>(schema, message(), options_);
        return {.schema = std::move(schema), .reader = std::move(reader)};
    }
    std::shared_ptr<const registry::ValueWriter> writing(const SchemaPtr& connect, bool strict) const override {
        const auto* same = file_.message(to_proto(*connect, options_).message);
        return std::make_shared<const Writer>(connect, same != nullptr ? *same : message(), options_, strict);
    }

private:
    const google::protobuf::Descriptor& message() const {
        constexpr std::int32_t first[] = {0};
        return message_ != nullptr ? *message_ : file_.message(first);
    }

    ProtoFile file_;
    ProtobufOptions options_;
    const google::protobuf::Descriptor* message_ = nullptr;
};

/// A file that a schema imports, after those that it imports itself.
void add_import(std::vector<registry::WritingImport>& imports, const std::string& name) {
    if (std::ranges::find(imports, name, &registry::WritingImport::name) != imports.end()) return;
    registry::WritingImport import{.name = name, .schema = {.type = "PROTOBUF", .text = std::string(known_file(name))}};
    if (import.schema.text.empty()) {
        const auto* own = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
        if (own == nullptr) return;
        import.schema.text = own->DebugString();
    }
    if (name == meta_file) import.imports = {"google/protobuf/descriptor.proto"};
    for (const auto& inner : import.imports) add_import(imports, inner);
    imports.push_back(std::move(import));
}

}

std::span<const ConfigKey> ProtobufConverter::config_keys() const noexcept { return keys; }

void ProtobufConverter::configure(const Settings& settings, bool is_key) {
    const auto config = ConfigDef(keys).parse(settings);
    options_ = {.enhanced = config.get_boolean("enhanced.protobuf.schema.support"),
                .sum_types = config.get_boolean("generalized.sum.type.support"),
                .ignore_defaults = config.get_boolean("ignore.default.for.nullables"),
                .int_enums = config.get_boolean("int.for.enums"),
                .optional_nullables = config.get_boolean("optional.for.nullables"),
                .optional_proto2 = config.get_boolean("optional.for.proto2"),
                .wrapper_nullables = config.get_boolean("wrapper.for.nullables"),
                .raw_wrappers = config.get_boolean("wrapper.for.raw.primitives"),
                .struct_for_nulls = config.get_boolean("generate.struct.for.nulls"),
                .union_index = config.get_boolean("generate.index.for.unions"),
                .flatten_unions = config.get_boolean("flatten.unions"),
                .scrub_names = config.get_boolean("scrub.invalid.names")};
    skip_known_types_ = config.get_boolean("skip.known.types");
    connect(settings, is_key, static_cast<std::size_t>(config.get_int("schemas.cache.config")));
}

registry::WritingPlan ProtobufConverter::plan_writing(const SchemaPtr& schema) const {
    if (!schema) throw DataException("Values without a schema have no Protobuf message");
    auto proto = to_proto(*schema, options_);
    const ProtoFile file(proto.text);
    const auto* message = file.message(proto.message);
    if (message == nullptr) throw DataException("Invalid message name: " + proto.message);
    registry::WritingPlan plan{.schema = {.type = "PROTOBUF", .text = std::move(proto.text)},
                               .record = std::move(proto.message),
                               .writer = std::make_shared<const Writer>(schema, *message, options_, false)};
    if (skip_known_types_) return plan;
    for (const auto& name : proto.imports) add_import(plan.imports, name);
    return plan;
}

std::unique_ptr<registry::ParsedSchema> ProtobufConverter::parse(const registry::ResolvedSchema& schema) const {
    return std::make_unique<Parsed>(schema, options_);
}

bool ProtobufConverter::is_tombstone(const SchemaPtr&) const { return true; }

std::size_t ProtobufConverter::selector_size(std::string_view data) const { return message_path_size(data); }

}
