#include "connectors/avro/avro_schema.hpp"
#include "connectors/support/json.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <map>

namespace millrace::avro {

namespace {

constexpr int most_levels = 200;
constexpr std::int32_t most_fixed_bytes = 64'000'000;

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::optional<AvroType> primitive(std::string_view name) noexcept {
    for (const auto type : {AvroType::Null, AvroType::Boolean, AvroType::Int, AvroType::Long, AvroType::Float,
                            AvroType::Double, AvroType::Bytes, AvroType::String}) {
        if (to_string(type) == name) return type;
    }
    return std::nullopt;
}

/// Compact, with Avro's own texts.
void append_json(std::string& out, const json::Node& node) {
    if (node.is_string()) return append_avro_string(out, node.text());
    if (node.is_array()) {
        out += '[';
        for (const auto& element : node.elements()) {
            if (&element != node.elements().data()) out += ',';
            append_json(out, element);
        }
        out += ']';
    } else if (node.is_object()) {
        out += '{';
        for (const auto& member : node.members()) {
            if (&member != node.members().data()) out += ',';
            append_avro_string(out, member.name);
            out += ':';
            append_json(out, member.value);
        }
        out += '}';
    } else {
        json::append_node(out, node);
    }
}

std::string text_of(const json::Node& node) {
    std::string out;
    append_json(out, node);
    return out;
}

const json::Node& member(const json::Node& node, std::string_view name, json::Node::Kind kind) {
    const auto* found = node.find(name);
    if (found == nullptr || found->kind() != kind)
        throw DataException(fmt::format("Invalid Avro schema: \"{}\" is missing or of another kind", name));
    return *found;
}

std::optional<std::string> optional_text(const json::Node& node, std::string_view name) {
    const auto* found = node.find(name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string(found->text());
}

class Parser {
public:
    explicit Parser(AvroTree& tree) : tree_(tree) {}

    const AvroSchema& parse(const json::Node& node, const std::string& space, int level = 0) {
        if (level > most_levels)
            throw DataException(fmt::format("Invalid Avro schema: more than {} levels", most_levels));
        if (node.is_string()) return by_name(node.text(), space);
        if (node.is_array()) return parse_union(node, space, level);
        if (!node.is_object()) throw DataException("Invalid Avro schema: neither a name nor an object nor a list");
        const auto* type = node.find("type");
        if (type == nullptr) throw DataException("Invalid Avro schema: \"type\" is missing");
        if (!type->is_string()) return parse(*type, space, level + 1);
        return parse_object(node, type->text(), space, level);
    }

private:
    const AvroSchema& by_name(std::string_view name, const std::string& space) {
        if (const auto type = primitive(name)) return tree_.add({.type = *type});
        const auto full =
            name.find('.') == name.npos && !space.empty() ? fmt::format("{}.{}", space, name) : std::string(name);
        auto found = named_.find(full);
        if (found == named_.end()) found = named_.find(std::string(name));
        if (found == named_.end()) throw DataException(fmt::format("Undefined name: \"{}\" in an Avro schema", full));
        return *found->second;
    }

    const AvroSchema& parse_union(const json::Node& node, const std::string& space, int level) {
        AvroSchema schema{.type = AvroType::Union};
        for (const auto& branch : node.elements()) {
            const auto& parsed = parse(branch, space, level + 1);
            if (parsed.type == AvroType::Union) throw DataException("Nested union in an Avro schema");
            schema.parts.push_back(&parsed);
        }
        return tree_.add(std::move(schema));
    }

    const AvroSchema& parse_object(const json::Node& node, std::string_view type, const std::string& space, int level) {
        if (const auto simple = primitive(type)) {
            AvroSchema schema{.type = *simple};
            add_properties(schema.properties, node, {"type"});
            return tree_.add(std::move(schema));
        }
        if (type == "array" || type == "map") {
            const bool array = type == "array";
            const auto* part = node.find(array ? "items" : "values");
            if (part == nullptr) throw DataException(fmt::format("Invalid Avro schema: {} of nothing", type));
            AvroSchema schema{.type = array ? AvroType::Array : AvroType::Map};
            schema.parts.push_back(&parse(*part, space, level + 1));
            add_properties(schema.properties, node, {"type", array ? "items" : "values"});
            return tree_.add(std::move(schema));
        }
        if (type == "record" || type == "error") return parse_record(node, space, level);
        if (type == "enum") return parse_enum(node, space);
        if (type == "fixed") return parse_fixed(node, space);
        return by_name(type, space);
    }

    AvroSchema& declare(AvroType type, const json::Node& node, const std::string& space) {
        auto name = std::string(member(node, "name", json::Node::Kind::String).text());
        if (name.find('.') == std::string::npos) {
            const auto own = optional_text(node, "namespace").value_or(space);
            if (!own.empty()) name = fmt::format("{}.{}", own, name);
        }
        check_name(name);
        auto& schema = tree_.add({.type = type, .name = name, .doc = optional_text(node, "doc")});
        if (!named_.emplace(name, &schema).second) throw DataException(fmt::format("Can't redefine: {}", name));
        if (const auto* aliases = node.find("aliases"); aliases != nullptr && aliases->is_array()) {
            for (const auto& alias : aliases->elements()) {
                if (!alias.is_string()) throw DataException(fmt::format("{} has an alias that is no text", name));
                const bool full = alias.text().find('.') != std::string_view::npos || namespace_of(name).empty();
                schema.aliases.push_back(full ? std::string(alias.text())
                                              : fmt::format("{}.{}", namespace_of(name), alias.text()));
            }
        }
        return schema;
    }

    const AvroSchema& parse_record(const json::Node& node, const std::string& space, int level) {
        auto& schema = declare(AvroType::Record, node, space);
        const std::string inner(namespace_of(schema.name));
        for (const auto& part : member(node, "fields", json::Node::Kind::Array).elements()) {
            AvroField field{.name = std::string(member(part, "name", json::Node::Kind::String).text())};
            check_field_name(field.name);
            if (schema.field(field.name) != nullptr)
                throw DataException(fmt::format("Duplicate field {} in record {}", field.name, schema.name));
            const auto* type = part.find("type");
            if (type == nullptr)
                throw DataException(fmt::format("Field {} of {} has no type", field.name, schema.name));
            field.schema = &parse(*type, inner, level + 1);
            field.doc = optional_text(part, "doc");
            if (const auto* value = part.find("default")) field.default_json = text_of(*value);
            if (const auto* aliases = part.find("aliases"); aliases != nullptr && aliases->is_array()) {
                for (const auto& alias : aliases->elements()) {
                    if (alias.is_string()) field.aliases.emplace_back(alias.text());
                }
            }
            add_properties(field.properties, part, {"name", "type", "doc", "default", "order", "aliases"});
            schema.fields.push_back(std::move(field));
        }
        add_properties(schema.properties, node, {"type", "name", "namespace", "doc", "fields", "aliases"});
        return schema;
    }

    const AvroSchema& parse_enum(const json::Node& node, const std::string& space) {
        auto& schema = declare(AvroType::Enum, node, space);
        for (const auto& symbol : member(node, "symbols", json::Node::Kind::Array).elements()) {
            if (!symbol.is_string())
                throw DataException(fmt::format("Enum {} has a symbol that is no text", schema.name));
            schema.symbols.emplace_back(symbol.text());
        }
        schema.default_symbol = optional_text(node, "default");
        add_properties(schema.properties, node, {"type", "name", "namespace", "doc", "symbols", "default", "aliases"});
        return schema;
    }

    const AvroSchema& parse_fixed(const json::Node& node, const std::string& space) {
        auto& schema = declare(AvroType::Fixed, node, space);
        const auto size = member(node, "size", json::Node::Kind::Number).as_integer();
        if (!size || *size < 0 || *size > most_fixed_bytes)
            throw DataException(fmt::format("Fixed {} must have from 0 to {} bytes", schema.name, most_fixed_bytes));
        schema.size = static_cast<std::int32_t>(*size);
        add_properties(schema.properties, node, {"type", "name", "namespace", "doc", "size", "aliases"});
        return schema;
    }

    static void add_properties(std::vector<Property>& properties, const json::Node& node,
                               std::initializer_list<std::string_view> own) {
        for (const auto& [name, value] : node.members()) {
            const auto known = [&, wanted = name](std::string_view other) { return other == wanted; };
            if (std::ranges::any_of(own, known) || node.find(name) != &value) continue;
            properties.push_back({.name = std::string(name), .json = text_of(value)});
        }
    }

    AvroTree& tree_;
    std::map<std::string, const AvroSchema*> named_;
};

}

void check_field_name(std::string_view name) {
    if (name.empty()) throw DataException("Empty name in an Avro schema");
    if (!is_letter(name[0])) throw DataException(fmt::format("Illegal initial character: {}", name));
    if (!std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); }))
        throw DataException(fmt::format("Illegal character in: {}", name));
}

void check_name(std::string_view full_name) {
    for (std::size_t begin = 0; begin <= full_name.size();) {
        const auto end = std::min(full_name.find('.', begin), full_name.size());
        check_field_name(full_name.substr(begin, end - begin));
        begin = end + 1;
    }
}

AvroTreePtr parse_avro_schema(std::string_view text, std::span<const std::string> known) {
    auto tree = std::make_shared<AvroTree>();
    Parser parser(*tree);
    for (const auto& other : known) parser.parse(json::Document(other).root(), "");
    // A bare name is a schema as well, if someone forgot its quotes.
    if (const auto type = primitive(text)) {
        tree->set_root(tree->add({.type = *type}));
    } else {
        tree->set_root(parser.parse(json::Document(text).root(), ""));
    }
    return tree;
}

}
