#include "connectors/converters/json_converter.hpp"

#include "connectors/converters/simple_converters.hpp"
#include "connectors/support/caused.hpp"
#include "connectors/support/json.hpp"
#include "connectors/support/json_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::converters {

namespace {

constexpr std::size_t kept_buffer_bytes = 1 << 20;

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return out;
}

std::string decimal_format(std::string_view value) {
    const auto name = lowered(value);
    return name == "base64" || name == "numeric" ? "" : "String must be one of (case insensitive): NUMERIC, BASE64";
}

constexpr auto no_envelope =
    "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and may not contain additional "
    "fields. If you are trying to deserialize plain JSON data, set schemas.enable=false in your converter "
    "configuration.";

constexpr ConfigKey keys[] = {
    converter_type_key,
    {.name = "schemas.enable",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::High,
     .doc = "Include schemas within each of the serialized values and keys.",
     .group = "Schemas",
     .order_in_group = 0,
     .width = Width::Medium,
     .display_name = "Enable Schemas"},
    {.name = "schemas.cache.size",
     .type = ConfigType::Int,
     .default_value = "1000",
     .importance = Importance::High,
     .doc = "The maximum number of schemas that can be cached in this converter instance.",
     .group = "Schemas",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Schema Cache Size"},
    {.name = "schema.content",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc = "When set, this is used as the schema for all messages, and the schemas within each of the message will be "
            "ignored.Otherwise, the schema will be included in the content of each message. This configuration applies "
            "only 'schemas.enable' is true, and it exclusively affects the sink connector.",
     .group = "Schemas",
     .order_in_group = 2,
     .width = Width::Medium,
     .display_name = "Schema Content"},
    {.name = "decimal.format",
     .type = ConfigType::String,
     .default_value = "BASE64",
     .valid = decimal_format,
     .importance = Importance::Low,
     .doc = "Controls which format this converter will serialize decimals in. This value is case insensitive and can "
            "be either 'BASE64' (default) or 'NUMERIC'",
     .group = "Serialization",
     .order_in_group = 0,
     .width = Width::Medium,
     .display_name = "Decimal Format"},
    {.name = "replace.null.with.default",
     .type = ConfigType::Boolean,
     .default_value = "true",
     .importance = Importance::Low,
     .doc = "Whether to replace fields that have a default value and that are null to the default value. When set to "
            "true, the default value is used, otherwise null is used.",
     .group = "Serialization",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Replace null with default"},
};

}

std::span<const ConfigKey> JsonConverter::config_keys() const noexcept { return keys; }

void JsonConverter::configure(const Settings& settings, bool is_key) {
    const auto config = parse_converter_settings(keys, settings, is_key);
    schemas_enable_ = config.get_boolean("schemas.enable");
    cache_size_ = static_cast<std::size_t>(std::max(config.get_int("schemas.cache.size"), 1));
    options_ = {.decimal_format = lowered(config.get_string("decimal.format")) == "numeric" ? DecimalFormat::Numeric
                                                                                            : DecimalFormat::Base64,
                .replace_null_with_default = config.get_boolean("replace.null.with.default")};
    entries_.clear();
    parsed_.clear();
    heads_.clear();
    last_ = nullptr;
    content_ = nullptr;
    const auto content = config.get_string("schema.content");
    if (content.empty()) return;
    try {
        content_ = parse_json_schema(json::Document(content).root(), options_);
    } catch (const json::ParseException& e) {
        throw_caused("Failed to parse schema in converter config due to serialization error: ", e.what());
    }
    if (!schemas_enable_) content_ = nullptr;
}

const JsonConverter::Entry& JsonConverter::entry_for(const SchemaPtr& schema) {
    if (last_ != nullptr && last_->schema == schema) return *last_;
    auto found = entries_.find(schema.get());
    if (found == entries_.end()) {
        // A full table starts anew: so many schemas at once are rare, and remembering their order would cost every
        // record.
        if (entries_.size() >= cache_size_) entries_.clear();
        Entry entry{.schema = schema, .plan = JsonPlan(*schema, options_), .head = {}};
        if (schemas_enable_) {
            entry.head = "{\"schema\":";
            append_json_schema(entry.head, *schema, options_);
            entry.head += ",\"payload\":";
        }
        found = entries_.emplace(schema.get(), std::move(entry)).first;
    }
    last_ = &found->second;
    return *last_;
}

bool JsonConverter::from_connect_data(std::string_view, const SchemaPtr& schema, const Value& value, std::string& out) {
    if (!schema) {
        if (value.is_null()) return false;
        if (schemas_enable_) out += R"({"schema":null,"payload":)";
        append_value(out, value);
        if (schemas_enable_) out += '}';
        return true;
    }
    const auto& entry = entry_for(schema);
    buffer_.clear();
    buffer_.append(entry.head);
    if (!entry.plan.write(value, buffer_)) entry.plan.write(value, out);  // which says why not
    if (schemas_enable_) buffer_.append("}");
    out += buffer_.text();
    buffer_.shrink(kept_buffer_bytes);
    return true;
}

SchemaPtr JsonConverter::schema_of(const json::Node& node) {
    if (node.is_null()) return nullptr;
    std::string text;
    json::append_node(text, node);
    if (const auto found = parsed_.find(text); found != parsed_.end()) return found->second;
    if (parsed_.size() >= cache_size_) parsed_.clear();
    return parsed_.emplace(std::move(text), parse_json_schema(node, options_)).first->second;
}

std::optional<SchemaAndValue> JsonConverter::read_payload(std::string_view data, Arena& arena) {
    auto found = heads_.find(data);
    if (!found) return std::nullopt;
    json::Node payload;
    try {
        payload = json::parse(found->payload, arena, {.leading_zeros = true});
    } catch (const json::ParseException&) {
        return std::nullopt;
    }
    const auto value = from_json(found->schema, &payload, options_, arena);
    return SchemaAndValue{.schema = std::move(found->schema), .value = value};
}

SchemaAndValue JsonConverter::to_connect_data(std::string_view, std::optional<std::string_view> data, Arena& arena) {
    if (!data) return {};
    if (data->find_first_not_of(" \t\r\n") == std::string_view::npos) {
        if (schemas_enable_ && !content_) throw DataException(no_envelope);
        return {};
    }
    if (schemas_enable_ && !content_) {
        if (auto read = read_payload(*data, arena)) return std::move(*read);
    }
    constexpr json::ParseOptions lenient{.leading_zeros = true, .ignore_trailing = true};
    const auto text = json::without_byte_order_mark(*data);
    json::Node node;
    try {
        if (!schemas_enable_) return {.schema = nullptr, .value = json::parse_value(text, arena, lenient)};
        node = json::parse(text, arena, lenient);
    } catch (const json::ParseException& e) {
        throw_caused("Converting byte[] to Kafka Connect data failed due to serialization error: ", e.what());
    }
    if (content_) return {.schema = content_, .value = from_json(content_, &node, options_, arena)};
    const auto* schema = node.find("schema");
    const auto* payload = node.find("payload");
    if (schema == nullptr || payload == nullptr || node.members().size() != 2) {
        throw DataException(no_envelope);
    }
    auto parsed = schema_of(*schema);
    heads_.add(*data, parsed);
    return {.schema = parsed, .value = from_json(parsed, payload, options_, arena)};
}

}
