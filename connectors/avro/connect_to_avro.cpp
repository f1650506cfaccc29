#include "connectors/avro/connect_to_avro.hpp"

#include "connectors/avro/avro_defaults.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/java_number.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/logical_type.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace millrace::avro {

namespace {

using Parameters = std::span<const std::pair<std::string, std::string>>;

std::string quoted(std::string_view text) {
    std::string out;
    append_avro_string(out, text);
    return out;
}

std::optional<std::string> parameter(const Schema& schema, std::string_view name) {
    const auto* value = schema.parameter(name);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::int32_t whole_parameter(const Schema& schema, std::string_view name, std::int32_t otherwise) {
    const auto* text = schema.parameter(name);
    if (text == nullptr) return otherwise;
    using Limits = std::numeric_limits<std::int32_t>;
    if (const auto value = parse_java_integer(*text, Limits::min(), Limits::max()))
        return static_cast<std::int32_t>(*value);
    throw DataException(fmt::format("Parameter {} of schema {} is no whole number: {}", name, schema.name(), *text));
}

bool same_fields(const Schema& a, const Schema& b) {
    return std::ranges::equal(a.fields(), b.fields(), [](const Field& one, const Field& other) {
        return one.name == other.name && equal(one.schema, other.schema);
    });
}

SchemaPtr required(const Schema& schema) {
    auto parts = schema.parts();
    parts.optional = false;
    return make_schema(std::move(parts));
}

class Builder {
public:
    Builder(AvroTree& tree, const AvroOptions& options) : tree_(tree), options_(options) {}

    const AvroSchema& build(const Schema& schema, bool ignore_optional = false) {
        if (schema.type() == Type::Struct && is_union(schema)) return build_union(schema);
        const auto& base = build_present(schema);
        if (ignore_optional || !schema.optional()) return base;
        AvroSchema either{.type = AvroType::Union};
        either.parts = {&null(), &base};
        if (schema.type() != Type::Struct && !schema.default_value().is_null())
            std::swap(either.parts[0], either.parts[1]);
        return tree_.add(std::move(either));
    }

private:
    const AvroSchema& null() { return tree_.add({.type = AvroType::Null}); }

    const AvroSchema& build_union(const Schema& schema) {
        AvroSchema made{.type = AvroType::Union};
        if (schema.optional()) made.parts.push_back(&null());
        std::set<std::string_view> branches;
        for (const auto& field : schema.fields()) {
            const auto& branch = build(*field.schema, true);
            const auto name = branch.is_named() ? std::string_view(branch.name) : to_string(branch.type);
            if (!branches.insert(name).second) throw DataException(fmt::format("Duplicate in union:{}", name));
            made.parts.push_back(&branch);
        }
        return tree_.add(std::move(made));
    }

    const AvroSchema& build_present(const Schema& schema) {
        AvroSchema made{.type = own_type(schema, options_)};
        switch (made.type) {
        case AvroType::Record:
            return build_record(schema);
        case AvroType::Enum:
            return build_enum(schema);
        case AvroType::Array:
            made.parts = {schema.type() == Type::Array ? &build(*schema.value_schema()) : &build_entry(schema)};
            break;
        case AvroType::Map:
            made.parts = {&build(*schema.value_schema())};
            break;
        case AvroType::Fixed:
            made.name = name_of(schema);
            made.size = whole_parameter(schema, names::fixed_size, 0);
            break;
        default:
            break;
        }
        add_properties(made, schema);
        return made.is_named() ? declare(std::move(made)) : tree_.add(std::move(made));
    }

    /// ConnectDefault, ConnectDefault2 and so on for what has no name.
    std::string name_of(const Schema& schema) {
        if (!schema.name().empty()) return full_name(schema.name(), options_);
        ++unnamed_;
        return fmt::format("{}{}", names::unnamed_record, unnamed_ > 1 ? std::to_string(unnamed_) : "");
    }

    /// An enum or a fixed; the one of this name that is there already, if it is the same.
    const AvroSchema& declare(AvroSchema made) {
        check_name(made.name);
        const auto known = flat_.find(made.name);
        if (known == flat_.end() && !records_.contains(made.name)) {
            auto& added = tree_.add(std::move(made));
            flat_.emplace(added.name, &added);
            return added;
        }
        if (known == flat_.end() || known->second->symbols != made.symbols || known->second->size != made.size)
            throw DataException(fmt::format("Can't redefine: {}", made.name));
        return *known->second;
    }

    const AvroSchema& build_enum(const Schema& schema) {
        const auto kind = options_.sum_types ? names::sum_enumeration : names::enumeration;
        AvroSchema made{.type = AvroType::Enum, .name = *schema.parameter(kind)};
        const auto prefix = std::string(kind) + ".";
        for (const auto& [name, value] : schema.parameters()) {
            if (name.starts_with(prefix)) made.symbols.push_back(name.substr(prefix.size()));
        }
        const auto simple = std::string(simple_name(name_of(schema)));
        if (options_.discard_type_defaults) {
            made.doc = parameter(schema, names::plain_enum_doc);
        } else {
            made.doc = parameter(schema, std::string(names::enum_doc) + simple);
            made.default_symbol = parameter(schema, std::string(names::enum_default) + simple);
        }
        for (const auto& symbol : made.symbols) check_field_name(symbol);
        add_properties(made, schema);
        return declare(std::move(made));
    }

    /// Key and value of a map whose keys are no texts.
    const AvroSchema& build_entry(const Schema& schema) {
        const bool named = !schema.name().empty();
        AvroSchema made{.type = AvroType::Record,
                        .name = named ? name_of(schema) : fmt::format("{}.{}", names::space, names::map_entry)};
        check_name(made.name);
        if (named) made.properties.push_back({"connect.internal.type", quoted(names::map_entry)});
        const auto known = entries_.find(made.name);
        const bool taken = records_.contains(made.name) || flat_.contains(made.name);
        if (known != entries_.end() && equal(known->second.key, schema.key_schema()) &&
            equal(known->second.value, schema.value_schema()))
            return *known->second.made;
        if (known != entries_.end() || taken) throw DataException(fmt::format("Can't redefine: {}", made.name));
        auto& added = tree_.add(std::move(made));
        entries_.emplace(added.name, Entry{schema.key_schema(), schema.value_schema(), &added});
        add_field(added, "key", *schema.key_schema(), std::nullopt);
        add_field(added, "value", *schema.value_schema(), std::nullopt);
        return added;
    }

    const AvroSchema& build_record(const Schema& schema) {
        auto own = required(schema);
        if (schema.name().empty()) {
            for (const auto& [known, made] : unnamed_records_) {
                if (equal(known, own)) return *made;
            }
        }
        auto name = name_of(schema);
        check_name(name);
        if (const auto known = records_.find(name); known != records_.end()) {
            if (same_fields(*known->second.schema, schema)) return *known->second.made;
            throw DataException(fmt::format("Can't redefine: {}", name));
        }
        if (flat_.contains(name) || entries_.contains(name))
            throw DataException(fmt::format("Can't redefine: {}", name));
        auto& made = tree_.add(
            {.type = AvroType::Record,
             .name = name,
             .doc = parameter(schema, options_.discard_type_defaults ? names::plain_record_doc : names::record_doc)});
        records_.emplace(std::move(name), Record{own, &made});
        if (schema.name().empty()) unnamed_records_.emplace_back(own, &made);
        for (const auto& field : schema.fields()) {
            auto doc = options_.discard_type_defaults ? std::nullopt
                                                      : parameter(schema, std::string(names::field_doc) + field.name);
            add_field(made, field_name(field.name, options_), *field.schema, std::move(doc));
        }
        add_properties(made, *own);
        return made;
    }

    void add_field(AvroSchema& record, std::string name, const Schema& schema, std::optional<std::string> doc) {
        check_field_name(name);
        if (record.field(name) != nullptr)
            throw DataException(fmt::format("Duplicate field {} in record {}", name, record.name));
        AvroField field{.name = std::move(name), .doc = std::move(doc)};
        if (options_.discard_type_defaults && !schema.doc().empty()) field.doc = schema.doc();
        const bool seen = !schema.name().empty() && !seen_.insert(full_name(schema.name(), options_)).second;
        field.schema = &build(schema);
        field.default_json = default_of(schema, *field.schema);
        const auto& branches = field.schema->parts;
        const bool named = field.schema->is_named() ||
                           (field.schema->type == AvroType::Union &&
                            std::ranges::any_of(branches, [](const auto* branch) { return branch->is_named(); }));
        if (options_.meta_data && seen && named) add_parameters(field.properties, schema.parameters());
        record.fields.push_back(std::move(field));
    }

    /// None also where the default is of another branch than the first: no reader takes that.
    std::optional<std::string> default_of(const Schema& schema, const AvroSchema& avro) const {
        if (schema.default_value().is_null())
            return schema.optional() ? std::optional<std::string>("null") : std::nullopt;
        std::string text;
        append_default(text, schema, schema.default_value(), options_);
        return is_valid_default(avro, json::Document(text).root()) ? std::optional(text) : std::nullopt;
    }

    void add_parameters(std::vector<Property>& properties, Parameters parameters) const {
        std::string json;
        for (const auto& [name, value] : parameters) {
            if (!options_.discard_type_defaults && name == names::field_default) continue;
            json += json.empty() ? '{' : ',';
            append_avro_string(json, name);
            json += ':';
            append_avro_string(json, value);
        }
        if (!json.empty()) properties.push_back({"connect.parameters", json + '}'});
    }

    void add_meta_data(AvroSchema& made, const Schema& schema) const {
        auto& properties = made.properties;
        if (!schema.doc().empty()) properties.push_back({"connect.doc", quoted(schema.doc())});
        if (schema.version()) properties.push_back({"connect.version", std::to_string(*schema.version())});
        add_parameters(properties, schema.parameters());
        const bool from_avro = schema.parameter(names::field_default) != nullptr && !options_.discard_type_defaults;
        if (!schema.default_value().is_null() && !from_avro) {
            std::string json;
            append_default(json, schema, schema.default_value(), options_);
            properties.push_back({"connect.default", std::move(json)});
        }
        if (!schema.name().empty()) properties.push_back({"connect.name", quoted(schema.name())});
        if (schema.type() == Type::Int8) properties.push_back({"connect.type", quoted("int8")});
        if (schema.type() == Type::Int16) properties.push_back({"connect.type", quoted("int16")});
    }

    void add_properties(AvroSchema& made, const Schema& schema) const {
        auto& properties = made.properties;
        const bool decimal = schema.type() == Type::Bytes && schema.name() == decimal_schema_name;
        if (decimal) {
            properties.push_back({"scale", std::to_string(decimal_scale(schema))});
            const auto precision = whole_parameter(schema, names::precision, names::default_precision);
            properties.push_back({"precision", std::to_string(precision)});
        }
        if (options_.meta_data) add_meta_data(made, schema);
        const auto logical = [&](std::string_view name) { properties.push_back({"logicalType", quoted(name)}); };
        if (decimal) logical("decimal");
        if (schema.name() == date_schema_name) logical("date");
        if (schema.name() == time_schema_name) logical("time-millis");
        if (schema.name() == timestamp_schema_name) logical("timestamp-millis");
        for (const auto& [name, value] : schema.parameters()) {
            if (name.starts_with("avro")) properties.push_back({name, quoted(value)});
        }
    }

    struct Record {
        SchemaPtr schema;
        const AvroSchema* made;
    };
    struct Entry {
        SchemaPtr key;
        SchemaPtr value;
        const AvroSchema* made;
    };

    AvroTree& tree_;
    const AvroOptions& options_;
    int unnamed_ = 0;
    std::map<std::string, Record> records_;
    std::map<std::string, Entry> entries_;
    std::map<std::string, const AvroSchema*> flat_;  ///< enums and fixed
    std::vector<std::pair<SchemaPtr, const AvroSchema*>> unnamed_records_;
    std::set<std::string> seen_;  ///< names of fields' schemas
};

constexpr std::string_view anything_text =
    R"({"type":"record","name":"Anything","namespace":"io.confluent.connect.avro","fields":[)"
    R"({"name":"boolean","type":["null","boolean"],"default":null},{"name":"bytes","type":["null","bytes"],"default":null},)"
    R"({"name":"double","type":["null","double"],"default":null},{"name":"float","type":["null","float"],"default":null},)"
    R"({"name":"int","type":["null","int"],"default":null},{"name":"long","type":["null","long"],"default":null},)"
    R"({"name":"string","type":["null","string"],"default":null},)"
    R"({"name":"array","type":["null",{"type":"array","items":"Anything"}],"default":null},)"
    R"({"name":"map","type":["null",{"type":"array","items":{"type":"record","name":"MapEntry","fields":[)"
    R"({"name":"key","type":"Anything"},{"name":"value","type":"Anything"}]}}],"default":null}]})";

}

const AvroTreePtr& anything() {
    static const AvroTreePtr tree = parse_avro_schema(anything_text);
    return tree;
}

bool is_anything(const AvroSchema& schema) noexcept {
    return schema.type == AvroType::Record && schema.name == anything()->root().name;
}

AvroType own_type(const Schema& connect, const AvroOptions& options) {
    switch (connect.type()) {
    case Type::Int8:
    case Type::Int16:
    case Type::Int32:
        return AvroType::Int;
    case Type::Int64:
        return AvroType::Long;
    case Type::Float32:
        return AvroType::Float;
    case Type::Float64:
        return AvroType::Double;
    case Type::Boolean:
        return AvroType::Boolean;
    case Type::String:
        return is_enum(connect, options) ? AvroType::Enum : AvroType::String;
    case Type::Bytes:
        return is_fixed(connect) ? AvroType::Fixed : AvroType::Bytes;
    case Type::Array:
        return AvroType::Array;
    case Type::Map:
        return is_avro_map(connect, options) ? AvroType::Map : AvroType::Array;
    case Type::Struct:
        return AvroType::Record;
    }
    return AvroType::Null;
}

AvroTreePtr to_avro(const SchemaPtr& schema, const AvroOptions& options) {
    if (!schema) return anything();
    auto tree = std::make_shared<AvroTree>();
    tree->set_root(Builder(*tree, options).build(*schema));
    return tree;
}

}
