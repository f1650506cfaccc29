#include "connectors/json_schema/json_schema_to_connect.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/json_schema/json_schema_values.hpp"
#include "connectors/registry/recursion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace millrace::json_schema {

namespace {

using json::Node;

constexpr int most_levels = 100;
constexpr int most_schemas = 100'000;  // references may stand for each other again and again

std::string text_at(const Node& node, std::string_view name) {
    const auto* member = node.find(name);
    return member != nullptr && member->is_string() ? std::string(member->text()) : std::string();
}

/// A text, or "" for what is none.
std::string_view text_of(const Node& node) { return node.is_string() ? node.text() : std::string_view(); }

/// None unless the member is a list.
std::optional<std::span<const Node>> list_at(const Node& node, std::string_view name) {
    const auto* member = node.find(name);
    return member != nullptr && member->is_array() ? std::optional(member->elements()) : std::nullopt;
}

/// ~1 and ~0 of a JSON pointer.
std::string pointer_part(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        const bool escaped = part[i] == '~' && i + 1 < part.size();
        out += !escaped ? part[i] : part[++i] == '1' ? '/' : '~';
    }
    return out;
}

bool is_null_schema(const Node& node) { return text_at(node, "type") == "null"; }

class Builder {
public:
    struct Around {
        bool optional = false;
        std::optional<std::int32_t> version = {};
    };

    Builder(const Node& root, const std::vector<std::pair<std::string, std::string>>& others,
            const JsonSchemaOptions& options)
        : root_(&root), options_(options) {
        for (const auto& [name, text] : others) others_.emplace(name, std::make_unique<json::Document>(text));
    }

    SchemaPtr build(const Node& node, const Around& around) {
        if (++built_ > most_schemas || level_ == most_levels)
            throw DataException(fmt::format("The JSON Schema has more than {} parts or {} levels, too many for Connect",
                                            most_schemas, most_levels));
        ++level_;
        auto made = build_here(node, around);
        --level_;
        return made;
    }

private:
    SchemaPtr build_here(const Node& node, const Around& around) {
        if (const auto reference = text_at(node, "$ref"); !reference.empty()) return build_referred(reference, around);
        for (const auto* name : {"oneOf", "anyOf"}) {
            if (const auto list = list_at(node, name)) return build_branches(node, *list, around);
        }
        if (const auto list = list_at(node, "allOf")) return build_all(node, *list, around);
        if (const auto types = list_at(node, "type")) return build_types(node, *types, around);
        SchemaParts parts{.optional = around.optional};
        add_type(parts, node);
        return finish(std::move(parts), node, around);
    }

    SchemaPtr build_referred(const std::string& reference, const Around& around) {
        const auto hash = reference.find('#');
        const auto document = reference.substr(0, hash);
        const auto* before = root_;
        if (!document.empty()) {
            const auto other = others_.find(document);
            if (other == others_.end()) throw DataException(fmt::format("$ref {} refers to nothing known", reference));
            root_ = &other->second->root();
        }
        const auto* found = root_;
        std::string_view pointer = hash == std::string::npos ? "" : std::string_view(reference).substr(hash + 1);
        while (found != nullptr && pointer.starts_with('/')) {
            const auto end = std::min(pointer.find('/', 1), pointer.size());
            found = found->find(pointer_part(pointer.substr(1, end - 1)));
            pointer.remove_prefix(end);
        }
        if (found == nullptr || !pointer.empty())
            throw DataException(fmt::format("$ref {} refers to nothing known", reference));
        if (!open_.insert(found).second)
            throw DataException(
                fmt::format("The JSON Schema holds itself by $ref {}, and schemas in Connect cannot. {}", reference,
                            registry::way_round_recursion));
        auto made = build(*found, around);
        open_.erase(found);
        root_ = before;
        return made;
    }

    /// "type": ["null", "string"] is one of two.
    SchemaPtr build_types(const Node& node, std::span<const Node> types, const Around& around) {
        std::vector<const Node*> others;
        for (const auto& type : types) {
            if (text_of(type) != "null") others.push_back(&type);
        }
        if (others.size() != 1) throw DataException("A type of several types has no schema in Connect");
        SchemaParts parts{.optional = around.optional || others.size() < types.size()};
        add_type_named(parts, node, text_of(*others[0]));
        return finish(std::move(parts), node, around);
    }

    SchemaPtr build_branches(const Node& node, std::span<const Node> branches, const Around& around) {
        const auto nulls = std::ranges::count_if(branches, is_null_schema);
        if (branches.size() == 1 && options_.flatten_singletons) return build(branches[0], {});
        if (branches.size() == 2 && nulls == 1) {
            const auto& other = is_null_schema(branches[0]) ? branches[1] : branches[0];
            return build(other, {.optional = true, .version = around.version});
        }
        SchemaParts parts{.type = Type::Struct, .optional = around.optional || nulls > 0};
        parts.name =
            options_.sum_types ? fmt::format("{}{}", names::sum_union_prefix, unions_++) : std::string(names::one_of);
        if (options_.sum_types) parts.parameters.emplace_back(names::sum_union, parts.name);
        for (const auto& branch : branches) {
            if (is_null_schema(branch)) continue;
            const auto index = parts.fields.size();
            auto name = options_.sum_types ? fmt::format("{}field_{}", names::sum_union_prefix, index)
                                           : fmt::format("{}.field.{}", names::one_of, index);
            parts.fields.push_back({.name = std::move(name), .schema = build(branch, {.optional = true})});
        }
        return finish(std::move(parts), node, around);
    }

    /// The properties of all; or the one that says a type.
    SchemaPtr build_all(const Node& node, std::span<const Node> all, const Around& around) {
        SchemaParts parts{.type = Type::Struct, .optional = around.optional};
        SchemaPtr other;
        for (const auto& part : all) {
            const auto made = build(part, {.optional = around.optional, .version = around.version});
            if (made->type() != Type::Struct) {
                other = made;
                continue;
            }
            if (parts.name.empty()) parts.name = made->name();
            for (const auto& field : made->fields()) {
                if (std::ranges::find(parts.fields, field.name, &Field::name) == parts.fields.end())
                    parts.fields.push_back(field);
            }
        }
        if (!parts.fields.empty() || !other) return finish(std::move(parts), node, around);
        return other;
    }

    void add_type(SchemaParts& parts, const Node& node) {
        if (node.find("enum") != nullptr || node.find("const") != nullptr) return add_symbols(parts, node);
        auto type = text_at(node, "type");
        if (type.empty() && node.find("properties") != nullptr) type = "object";
        if (type.empty()) throw DataException("A JSON Schema without a type has no schema in Connect");
        add_type_named(parts, node, type);
    }

    void add_type_named(SchemaParts& parts, const Node& node, std::string_view type) {
        const auto connect = text_at(node, "connect.type");
        if (type == "boolean") {
            parts.type = Type::Boolean;
        } else if (type == "string") {
            parts.type = connect == "bytes" ? Type::Bytes : Type::String;
        } else if (type == "integer" || type == "number") {
            parts.type = number_type(type, connect);
        } else if (type == "array") {
            add_items(parts, node, connect == "map");
        } else if (type == "object") {
            add_members(parts, node, connect == "map");
        } else {
            throw DataException(fmt::format("A JSON Schema of type {} has no schema in Connect", type));
        }
    }

    static Type number_type(std::string_view type, const std::string& connect) {
        static const std::map<std::string, Type> known{
            {"int8", Type::Int8},       {"int16", Type::Int16},     {"int32", Type::Int32}, {"int64", Type::Int64},
            {"float32", Type::Float32}, {"float64", Type::Float64}, {"bytes", Type::Bytes}};
        if (connect.empty()) return type == "integer" ? Type::Int64 : Type::Float64;
        const auto found = known.find(connect);
        if (found == known.end()) throw DataException(fmt::format("Unsupported type {}", connect));
        return found->second;
    }

    void add_symbols(SchemaParts& parts, const Node& node) const {
        parts.type = Type::String;
        const std::string kind(options_.sum_types ? names::sum_enumeration : names::enumeration);
        parts.parameters.emplace_back(kind, "");
        const auto list = list_at(node, "enum");
        const auto* only = node.find("const");
        if (!list && only == nullptr) throw DataException("An enum in a JSON Schema is no list");
        const auto symbols = list ? *list : std::span<const Node>(only, 1);
        std::size_t index = 0;
        for (const auto& symbol : symbols) {
            std::string text;
            if (symbol.is_null()) {
                text = names::null_marker;
                parts.optional = true;
            } else if (symbol.is_string()) {
                text = symbol.text();
            } else {
                json::append_node(text, symbol);
            }
            parts.parameters.emplace_back(fmt::format("{}.{}", kind, text),
                                          options_.sum_types ? std::to_string(index) : text);
            ++index;
        }
    }

    void add_items(SchemaParts& parts, const Node& node, bool map) {
        const auto* items = node.find("items");
        if (items == nullptr) throw DataException("Array schema did not specify the items type");
        const auto* properties = items->find("properties");
        if (!map || properties == nullptr) {
            parts.type = Type::Array;
            parts.value = build(*items, {});
            return;
        }
        const auto* key = properties->find("key");
        const auto* value = properties->find("value");
        if (key == nullptr || value == nullptr) throw DataException("A map's entries need a key and a value");
        parts.type = Type::Map;
        parts.key = build(*key, {});
        parts.value = build(*value, {});
    }

    void add_members(SchemaParts& parts, const Node& node, bool map) {
        if (map) {
            const auto* values = node.find("additionalProperties");
            if (values == nullptr || !values->is_object()) throw DataException("A map's values have no schema");
            parts.type = Type::Map;
            parts.key = make_schema({.type = Type::String});
            parts.value = build(*values, {});
            return;
        }
        parts.type = Type::Struct;
        const auto* properties = node.find("properties");
        const auto required = list_at(node, "required");
        std::map<std::int64_t, const json::Member*> ordered;
        if (properties == nullptr || !properties->is_object()) return;
        for (const auto& property : properties->members()) {
            const auto* index = property.value.find("connect.index");
            const auto given = index == nullptr ? std::nullopt : index->as_integer();
            ordered[given.value_or(static_cast<std::int64_t>(ordered.size()))] = &property;
        }
        for (const auto& [index, property] : ordered) {
            const auto needed = [&, name = property->name](const Node& other) { return text_of(other) == name; };
            const bool optional =
                options_.optional_unless_required && (!required || std::ranges::none_of(*required, needed));
            parts.fields.push_back(
                {.name = std::string(property->name), .schema = build(property->value, {.optional = optional})});
        }
    }

    SchemaPtr finish(SchemaParts parts, const Node& node, const Around& around) const {
        if (parts.name.empty()) parts.name = text_at(node, "title");
        const auto* version = node.find("connect.version");
        const auto given = version == nullptr ? std::nullopt : version->as_integer();
        parts.version = given ? std::optional(static_cast<std::int32_t>(*given)) : around.version;
        parts.doc = text_at(node, "description");
        if (const auto* parameters = node.find("connect.parameters");
            parameters != nullptr && parameters->is_object()) {
            for (const auto& [name, value] : parameters->members()) parts.parameters.emplace_back(name, text_of(value));
        }
        const auto* otherwise = node.find("default");
        if (otherwise == nullptr || otherwise->is_null()) return make_schema(std::move(parts));
        Arena arena(64);
        const auto plain = make_schema(parts);
        parts.default_value = read_json(plain, otherwise, options_, arena);
        return make_schema(std::move(parts));
    }

    const Node* root_;
    const JsonSchemaOptions& options_;
    std::map<std::string, std::unique_ptr<json::Document>> others_;
    std::set<const Node*> open_;  ///< what is referred to and being built
    int built_ = 0;
    int level_ = 0;
    int unions_ = 0;
};

}

SchemaPtr to_connect(std::string_view text, const std::vector<std::pair<std::string, std::string>>& others,
                     const JsonSchemaOptions& options, std::optional<std::int32_t> version) {
    const json::Document document(text);
    return Builder(document.root(), others, options).build(document.root(), {.version = version});
}

}
