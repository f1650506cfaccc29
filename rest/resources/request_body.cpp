#include "rest/resources/request_body.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/json_values.hpp"
#include "rest/http/error_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace millrace::rest {

namespace {

using json::Node;

[[noreturn]] void refuse(const std::string& message) { throw RestException(500, message); }

std::string_view kind_name(const Node& node) {
    switch (node.kind()) {
    case Node::Kind::Null:
        return "null";
    case Node::Kind::Boolean:
        return "a boolean";
    case Node::Kind::Number:
        return "a number";
    case Node::Kind::String:
        return "a string";
    case Node::Kind::Array:
        return "an array";
    default:
        return "an object";
    }
}

/// How much of the text looks like one number; 0 if it begins with none. `huge`: it is one, which a double may not
/// hold.
std::size_t number_length(std::string_view text, bool& huge) noexcept {
    constexpr std::size_t most_digits = 300;
    constexpr std::size_t most_exponent_digits = 2;
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const auto from = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - from;
    };
    const auto whole = digits();
    if (whole == 0) return 0;
    bool valid = whole == 1 || text[at - whole] != '0';
    if (at < text.size() && text[at] == '.') {
        ++at;
        valid = digits() > 0 && valid;
    }
    std::size_t exponent = 0;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        exponent = digits();
        valid = exponent > 0 && valid;
    }
    huge = valid && (whole > most_digits || exponent > most_exponent_digits);
    return at;
}

/// The same with numbers in quotes that the parser refuses because a double does not hold them: they are but texts
/// here.
std::string with_huge_numbers_quoted(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        bool huge = false;
        const auto length = quoted ? 0 : number_length(text.substr(i), huge);
        if (length > 0) {
            const auto number = text.substr(i, length);
            out += huge ? fmt::format("\"{}\"", number) : std::string(number);
            i += length - 1;
            continue;
        }
        out += c;
        if (quoted && c == '\\' && i + 1 < text.size()) out += text[++i];
        if (c == '"') quoted = !quoted;
    }
    return out;
}

/// Throws ParseException.
json::Document read_document(std::string_view text, json::ParseOptions options = {}) {
    text = json::without_byte_order_mark(text);
    try {
        return json::Document(text, options);
    } catch (const json::ParseException&) {
        const auto readable = with_huge_numbers_quoted(text);
        if (readable.size() == text.size()) throw;
        return json::Document(readable, options);
    }
}

json::Document parse_document(std::string_view body, json::ParseOptions options = {}) {
    if (trim(json::without_byte_order_mark(body)).empty()) {
        refuse("The request has no body: a JSON document is needed");
    }
    try {
        return read_document(body, options);
    } catch (const json::ParseException& e) {
        refuse(fmt::format("The request's body is no JSON: {}", e.what()));
    }
}

/// A name may come again, and the last of it counts, until all known ones have come.
void require_known_members(const Node& object, std::initializer_list<std::string_view> known) {
    std::set<std::string_view> seen;
    for (const auto& member : object.members()) {
        if (std::ranges::find(known, member.name) == known.end()) {
            refuse(fmt::format("Unrecognized field \"{}\": known are \"{}\"", member.name, fmt::join(known, "\", \"")));
        }
        if (seen.size() == known.size()) refuse(fmt::format("The member \"{}\" comes twice", member.name));
        seen.insert(member.name);
    }
}

/// A setting's value as text, or none for null.
std::optional<std::string> setting_text(std::string_view name, const Node& value) {
    switch (value.kind()) {
    case Node::Kind::Null:
        return std::nullopt;
    case Node::Kind::Boolean:
        return value.as_boolean() ? "true" : "false";
    case Node::Kind::Number:
    case Node::Kind::String:
        return std::string(value.text());
    default:
        refuse(fmt::format("The value of \"{}\" is {}: settings are strings, numbers, booleans or null", name,
                           kind_name(value)));
    }
}

SubmittedConfig config_of(const Node& node, std::string_view what) {
    if (!node.is_object()) {
        refuse(fmt::format("{} is {}: an object of settings is needed", what, kind_name(node)));
    }
    SubmittedConfig config;
    for (const auto& member : node.members()) {
        const std::string name(member.name);
        auto text = setting_text(name, member.value);
        config.set(name, std::move(text));
    }
    return config;
}

std::optional<worker::TargetState> initial_state_of(const Node& node) {
    if (node.is_null()) return std::nullopt;
    std::string text(node.is_string() ? node.text() : std::string_view());
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    if (text == "RUNNING") return worker::TargetState::Started;
    if (text == "PAUSED") return worker::TargetState::Paused;
    if (text == "STOPPED") return worker::TargetState::Stopped;
    refuse(fmt::format("Unknown initial_state \"{}\": it is one of RUNNING, PAUSED, STOPPED", text));
}

std::optional<OffsetMap> offset_map_of(const Node* node) {
    if (node == nullptr || node->is_null()) return std::nullopt;
    if (!node->is_object()) return to_offset_map(*node);
    OffsetMap map;
    Arena arena(256);
    for (const auto& member : node->members()) {
        const bool beyond =
            member.value.kind() == Node::Kind::Number && member.value.is_integer() && !member.value.as_integer();
        map.set(member.name, beyond ? Value::bytes(member.value.text()) : to_value(member.value, arena));
    }
    return map;
}

std::string name_of(const Node& node) {
    if (node.is_null()) return {};
    if (node.is_object() || node.is_array()) {
        refuse(fmt::format("The connector's name is {}: a string is needed", kind_name(node)));
    }
    return std::string(trim(node.kind() == Node::Kind::Boolean ? (node.as_boolean() ? "true" : "false") : node.text()));
}

CreateConnectorRequest create_request_of(const Node& root) {
    CreateConnectorRequest request;
    if (const auto* name = root.find("name")) request.name = name_of(*name);
    if (const auto* state = root.find("initial_state")) request.initial_state = initial_state_of(*state);
    const auto* config = root.find("config");
    request.config = config_of(config == nullptr ? Node() : *config, "The member \"config\"");
    return request;
}

}

bool is_null_document(std::string_view body) noexcept {
    const auto text = trim(json::without_byte_order_mark(body));
    return text.empty() || text == "null";
}

CreateConnectorRequest parse_create_request(std::string_view body) {
    const auto document = parse_document(body);
    const auto& root = document.root();
    if (!root.is_object()) refuse(fmt::format("The request's body is {}: an object is needed", kind_name(root)));
    require_known_members(root, {"config", "name", "initial_state"});
    return create_request_of(root);
}

CreateConnectorRequest parse_connector_file(std::string_view text) {
    const auto document = read_document(text);
    const auto& root = document.root();
    const auto* config = root.find("config");
    if (config != nullptr && config->is_object()) return create_request_of(root);
    return {.name = {}, .config = config_of(root, "The file")};
}

SubmittedConfig parse_config(std::string_view body) {
    const auto document = parse_document(body);
    return config_of(document.root(), "The request's body");
}

std::optional<std::vector<Settings>> parse_task_configs(std::string_view body) {
    const auto document = parse_document(body, {.ignore_trailing = true});
    if (document.root().is_null() || std::ranges::any_of(document.root().elements(), &Node::is_null))
        return std::nullopt;
    if (!document.root().is_array()) {
        refuse(fmt::format("The request's body is {}: an array of task configurations is needed",
                           kind_name(document.root())));
    }
    std::vector<Settings> configs;
    for (const auto& element : document.root().elements()) {
        configs.push_back(config_of(element, "A task configuration").settings);
    }
    return configs;
}

worker::ConnectorOffsets parse_offsets(std::string_view body) {
    const auto document = parse_document(body);
    const auto& root = document.root();
    if (!root.is_object()) refuse(fmt::format("The request's body is {}: an object is needed", kind_name(root)));
    require_known_members(root, {"offsets"});
    worker::ConnectorOffsets offsets;
    const auto* list = root.find("offsets");
    if (list == nullptr || list->is_null()) return offsets;
    if (!list->is_array()) {
        refuse(fmt::format("The member \"offsets\" is {}: an array is needed", kind_name(*list)));
    }
    for (const auto& element : list->elements()) {
        if (!element.is_object()) {
            refuse(fmt::format("An element of \"offsets\" is {}: an object is needed", kind_name(element)));
        }
        require_known_members(element, {"partition", "offset"});
        offsets.push_back(
            {.partition = offset_map_of(element.find("partition")), .offset = offset_map_of(element.find("offset"))});
    }
    return offsets;
}

}
