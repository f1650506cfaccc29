#include "connectors/avro/avro_to_connect.hpp"

#include "connectors/avro/avro_defaults.hpp"
#include "connectors/avro/connect_to_avro.hpp"
#include "connectors/registry/recursion.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/logical_type.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace millrace::avro {

namespace {

constexpr int most_schemas = 100'000;  // names may stand for each other again and again
constexpr int most_levels = 200;

void set_parameter(SchemaParts& parts, std::string name, std::string value) {
    const auto found = std::ranges::find(parts.parameters, name, [](const auto& parameter) { return parameter.first; });
    if (found != parts.parameters.end()) {
        found->second = std::move(value);
    } else {
        parts.parameters.emplace_back(std::move(name), std::move(value));
    }
}

void set_logical(SchemaParts& parts, std::string_view name) {
    parts.name = name;
    parts.version = 1;
}

class Builder {
public:
    explicit Builder(const AvroOptions& options) : options_(options) {}

    /// What a field says beside its type's schema.
    struct Around {
        bool optional = false;
        const std::string* default_json = nullptr;
        const std::string* doc = nullptr;
        std::optional<std::int32_t> version = {};
    };

    SchemaPtr build(const AvroSchema& avro, const Around& around) {
        if (++built_ > most_schemas)
            throw DataException(fmt::format("The Avro schema has more than {} parts", most_schemas));
        if (level_ == most_levels)
            throw DataException(fmt::format("The Avro schema has more than {} levels", most_levels));
        ++level_;
        auto built = build_here(avro, around);
        --level_;
        return built;
    }

private:
    SchemaPtr build_here(const AvroSchema& avro, const Around& around) {
        if (avro.type == AvroType::Union) {
            if (const auto* branch = only_branch(avro, options_))
                return build(*branch, {.optional = avro.parts.size() == 2 || around.optional, .doc = around.doc});
        }
        if (avro.type == AvroType::Record && !open_.insert(&avro).second)
            throw DataException(fmt::format("Record {} holds itself, and schemas in Connect cannot. {}", avro.name,
                                            registry::way_round_recursion));
        SchemaParts parts{.type = type_of(avro), .optional = around.optional};
        add_type(parts, avro);
        add_meta_data(parts, avro, around);
        add_name(parts, avro);
        open_.erase(&avro);
        return with_default(std::move(parts), avro, around);
    }

    Type type_of(const AvroSchema& avro) const {
        switch (avro.type) {
        case AvroType::Boolean:
            return Type::Boolean;
        case AvroType::Int:
            return int_type(avro);
        case AvroType::Long:
            return Type::Int64;
        case AvroType::Float:
            return Type::Float32;
        case AvroType::Double:
            return Type::Float64;
        case AvroType::Bytes:
        case AvroType::Fixed:
            return Type::Bytes;
        case AvroType::String:
        case AvroType::Enum:
            return Type::String;
        case AvroType::Array:
            return is_map_entry(*avro.parts[0]) ? Type::Map : Type::Array;
        case AvroType::Map:
            return Type::Map;
        case AvroType::Record:
        case AvroType::Union:
            return Type::Struct;
        case AvroType::Null:
            break;
        }
        throw DataException("Standalone null schemas are not supported by this converter");
    }

    static Type int_type(const AvroSchema& avro) {
        const auto type = avro.text_property("connect.type");
        if (!type || avro.text_property("logicalType")) return Type::Int32;
        if (*type == "int8") return Type::Int8;
        if (*type == "int16") return Type::Int16;
        throw DataException(fmt::format("Connect type annotation for Avro int field is unknown: {}", *type));
    }

    void add_type(SchemaParts& parts, const AvroSchema& avro) {
        switch (avro.type) {
        case AvroType::Bytes:
        case AvroType::Fixed:
            return add_bytes(parts, avro);
        case AvroType::Int:
        case AvroType::Long:
            return add_time(parts, avro);
        case AvroType::Array:
        case AvroType::Map:
            return add_elements(parts, avro);
        case AvroType::Record:
            return add_fields(parts, avro);
        case AvroType::Enum:
            return add_symbols(parts, avro);
        case AvroType::Union:
            return add_branches(parts, avro);
        default:
            return;
        }
    }

    static void add_time(SchemaParts& parts, const AvroSchema& avro) {
        const auto logical = lower_case(avro.text_property("logicalType").value_or(""));
        const bool is_int = avro.type == AvroType::Int;
        if (is_int && logical == "date") set_logical(parts, date_schema_name);
        if (is_int && logical == "time-millis") set_logical(parts, time_schema_name);
        if (!is_int && logical == "timestamp-millis") set_logical(parts, timestamp_schema_name);
    }

    static void add_bytes(SchemaParts& parts, const AvroSchema& avro) {
        if (lower_case(avro.text_property("logicalType").value_or("")) == "decimal") {
            set_logical(parts, decimal_schema_name);
            set_parameter(parts, "scale", std::to_string(avro.number_property("scale").value_or(0)));
            const auto precision = avro.number_property("precision");
            if (!precision && avro.property("precision") != nullptr)
                throw DataException("precision property must be a JSON Integer.");
            if (precision && *precision != names::default_precision)
                set_parameter(parts, std::string(names::precision), std::to_string(*precision));
        }
        if (avro.type == AvroType::Fixed)
            set_parameter(parts, std::string(names::fixed_size), std::to_string(avro.size));
    }

    void add_elements(SchemaParts& parts, const AvroSchema& avro) {
        const auto& part = *avro.parts[0];
        if (avro.type == AvroType::Map) {
            parts.key = make_schema({.type = Type::String});
        } else if (parts.type == Type::Map) {
            if (part.fields.size() != 2 || part.field("key") == nullptr || part.field("value") == nullptr)
                throw DataException(
                    "Found map encoded as array of key-value pairs, but array elements do not match the expected "
                    "format.");
            parts.key = build(*part.field("key")->schema, {});
            parts.value = build(*part.field("value")->schema, {});
            return;
        }
        parts.value = build(part, {});
    }

    void add_fields(SchemaParts& parts, const AvroSchema& avro) {
        const bool with_docs = options_.meta_data && !options_.discard_type_defaults;
        if (with_docs && avro.doc) set_parameter(parts, std::string(names::record_doc), *avro.doc);
        for (const auto& field : avro.fields) {
            if (with_docs && field.doc) set_parameter(parts, std::string(names::field_doc) + field.name, *field.doc);
            auto schema = build(*field.schema, {.default_json = field.default_json ? &*field.default_json : nullptr,
                                                .doc = field.doc ? &*field.doc : nullptr});
            if (options_.meta_data) schema = with_parameters_of(field, schema);
            parts.fields.push_back({.name = field.name, .schema = std::move(schema)});
        }
    }

    /// A field of a type that stands elsewhere with other parameters.
    static SchemaPtr with_parameters_of(const AvroField& field, const SchemaPtr& schema) {
        const auto found = std::ranges::find(field.properties, "connect.parameters", &Property::name);
        if (found == field.properties.end()) return schema;
        const json::Document document(found->json);
        auto parts = schema->parts();
        bool changed = false;
        for (const auto& [name, value] : document.root().members()) {
            if (!value.is_string()) continue;
            const auto* known = schema->parameter(name);
            changed = changed || known == nullptr || *known != value.text();
            set_parameter(parts, std::string(name), std::string(value.text()));
        }
        return changed ? make_schema(std::move(parts)) : schema;
    }

    void add_symbols(SchemaParts& parts, const AvroSchema& avro) {
        const auto simple = std::string(simple_name(avro.name));
        if (options_.meta_data && avro.doc) {
            set_parameter(parts,
                          options_.discard_type_defaults ? std::string(names::plain_enum_doc)
                                                         : std::string(names::enum_doc) + simple,
                          *avro.doc);
        }
        if (options_.meta_data && !options_.discard_type_defaults && avro.default_symbol)
            set_parameter(parts, std::string(names::enum_default) + simple, *avro.default_symbol);
        const std::string kind(options_.sum_types ? names::sum_enumeration : names::enumeration);
        set_parameter(parts, kind, avro.name);
        for (std::size_t i = 0; i < avro.symbols.size(); ++i)
            set_parameter(parts, kind + "." + avro.symbols[i],
                          options_.sum_types ? std::to_string(i) : avro.symbols[i]);
    }

    void add_branches(SchemaParts& parts, const AvroSchema& avro) {
        parts.name = options_.sum_types ? fmt::format("{}{}", names::sum_union_prefix, unions_++)
                                        : std::string(names::union_struct);
        if (options_.sum_types) set_parameter(parts, std::string(names::sum_union), parts.name);
        std::set<std::string> known;
        for (std::size_t i = 0; i < avro.parts.size(); ++i) {
            const auto& branch = *avro.parts[i];
            if (branch.type == AvroType::Null) {
                parts.optional = true;
                continue;
            }
            auto name = branch_name_of(branch, i);
            if (!known.insert(name).second)
                throw DataException("Multiple union schemas map to the Connect union field name");
            parts.fields.push_back({.name = std::move(name), .schema = build(branch, {.optional = true})});
        }
    }

    std::string branch_name_of(const AvroSchema& branch, std::size_t index) const {
        if (options_.sum_types) return fmt::format("{}field_{}", names::sum_union_prefix, index);
        if (!branch.is_named()) return std::string(to_string(branch.type));
        return options_.enhanced ? branch.name : std::string(simple_name(branch.name));
    }

    void add_meta_data(SchemaParts& parts, const AvroSchema& avro, const Around& around) const {
        const auto doc = avro.text_property("connect.doc");
        if (options_.discard_type_defaults) {
            parts.doc = around.doc != nullptr ? *around.doc : avro.doc ? *avro.doc : doc.value_or("");
            if (options_.meta_data && avro.doc) set_parameter(parts, std::string(names::plain_record_doc), *avro.doc);
        } else if (options_.meta_data) {
            parts.doc = doc.value_or("");
        }
        add_version(parts, avro, around);
        if (const auto* given = avro.property("connect.parameters"); given != nullptr && options_.meta_data) {
            const json::Document document(*given);
            if (!document.root().is_object())
                throw DataException(fmt::format("Expected JSON object for schema parameters but found: {}", *given));
            for (const auto& [name, value] : document.root().members()) {
                if (!value.is_string())
                    throw DataException(
                        fmt::format("Expected schema parameter values to be strings but found: {}", *given));
                set_parameter(parts, std::string(name), std::string(value.text()));
            }
        }
        for (const auto& [name, json] : avro.properties) {
            if (!name.starts_with("avro")) continue;
            set_parameter(parts, name, avro.text_property(name).value_or(json));
        }
    }

    static void add_version(SchemaParts& parts, const AvroSchema& avro, const Around& around) {
        const auto given = avro.number_property("connect.version");
        if (const auto* text = avro.property("connect.version"); text != nullptr && !given)
            throw DataException(fmt::format("Invalid Connect version found: {}", *text));
        if (given && parts.version && *given != *parts.version)
            throw DataException(
                fmt::format("Mismatched versions: version already added to SchemaBuilder ({}) differs from version in "
                            "source schema ({})",
                            *parts.version, *given));
        if (!parts.version) parts.version = given ? given : around.version;
    }

    static void add_name(SchemaParts& parts, const AvroSchema& avro) {
        auto name = avro.text_property("connect.name");
        if (!name && avro.property("connect.name") != nullptr)
            throw DataException(fmt::format("Invalid schema name: {}", *avro.property("connect.name")));
        const bool decimal = parts.name == decimal_schema_name && avro.type == AvroType::Fixed;
        if (!name && avro.is_named() && !decimal) name = avro.name;
        if (!name || name->starts_with(names::unnamed_record)) return;
        if (!parts.name.empty() && parts.name != *name)
            throw DataException(fmt::format(
                "Mismatched names: name already added to SchemaBuilder ({}) differs from name in source schema ({})",
                parts.name, *name));
        parts.name = *name;
    }

    SchemaPtr with_default(SchemaParts parts, const AvroSchema& avro, const Around& around) const {
        const auto* own = avro.property("connect.default");
        const auto* json = around.default_json != nullptr ? around.default_json : own;
        if (json == nullptr) return make_schema(std::move(parts));
        if (own == nullptr && options_.meta_data && !options_.discard_type_defaults)
            set_parameter(parts, std::string(names::field_default), "true");
        Arena arena(64);
        auto plain = make_schema(parts);
        const auto value = read_default(*plain, json::Document(*json).root(), options_, arena);
        if (!value) return plain;  // what is no value of the type is no default
        parts.default_value = *value;
        return make_schema(std::move(parts));
    }

    const AvroOptions& options_;
    std::set<const AvroSchema*> open_;  ///< records that are being built
    int unions_ = 0;
    int built_ = 0;
    int level_ = 0;
};

}

bool is_map_entry(const AvroSchema& avro) {
    if (avro.type != AvroType::Record) return false;
    return (namespace_of(avro.name) == names::space && simple_name(avro.name) == names::map_entry) ||
           avro.text_property("connect.internal.type") == names::map_entry;
}

const AvroSchema* only_branch(const AvroSchema& avro, const AvroOptions& options) noexcept {
    const auto& parts = avro.parts;
    if (parts.size() == 1 && options.flatten_singletons) return parts[0];
    if (parts.size() != 2) return nullptr;
    for (const std::size_t i : {0U, 1U}) {
        if (parts[i]->type == AvroType::Null && parts[1 - i]->type != AvroType::Null) return parts[1 - i];
    }
    return nullptr;
}

SchemaPtr to_connect(const AvroSchema& avro, const AvroOptions& options, std::optional<std::int32_t> version) {
    if (is_anything(avro)) return nullptr;
    return Builder(options).build(avro, {.version = version});
}

}
