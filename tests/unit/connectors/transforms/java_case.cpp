#include "tests/unit/connectors/transforms/java_case.hpp"

#include "connectors/converters/cloud_events_converter.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "tests/pch.hpp"

#include <map>
#include <tuple>

namespace millrace::transforms {

namespace {

std::unique_ptr<Plugin> make(std::string_view class_name) {
    if (class_name == "io.debezium.converters.CloudEventsConverter") {
        return std::make_unique<converters::CloudEventsConverter>();
    }
    for (const auto* manifest : {&transforms::manifest(), &debezium_manifest(), &converters::manifest()}) {
        for (const auto& plugin : manifest->plugins) {
            if (plugin.class_name == class_name) return plugin.create();
        }
    }
    FAIL("there is no " << class_name);
    return nullptr;
}

std::unique_ptr<Converter> make_json(bool schemas) {
    auto made = converters::make_converter("org.apache.kafka.connect.json.JsonConverter");
    made->configure({{"schemas.enable", schemas ? "true" : "false"}, {"replace.null.with.default", "false"}}, false);
    return made;
}

/// The same with members in order: Java's maps without a schema have an order of their own.
void append_sorted(std::string& out, const json::Node& node) {
    if (node.is_object()) {
        std::map<std::string_view, const json::Node*> members;
        for (const auto& member : node.members()) members[member.name] = &member.value;
        out += '{';
        for (const auto& [name, value] : members) {
            if (out.back() != '{') out += ',';
            json::append_string(out, name);
            out += ':';
            append_sorted(out, *value);
        }
        out += '}';
    } else if (node.is_array()) {
        out += '[';
        for (const auto& element : node.elements()) {
            if (out.back() != '[') out += ',';
            append_sorted(out, element);
        }
        out += ']';
    } else {
        json::append_node(out, node);
    }
}

std::string canonical_part(const json::Node& text) {
    if (text.is_null()) return "none";
    if (text.text().starts_with("{\"schema\"")) return std::string(text.text());
    std::string out;
    append_sorted(out, json::Document(text.text()).root());
    return out;
}

/// A record as the recorder writes it, in lines.
std::string canonical(const json::Node& record) {
    std::string out;
    for (const auto& member : record.members()) {
        out += fmt::format("{}: ", member.name);
        if (member.name == "key" || member.name == "value") {
            out += canonical_part(member.value);
        } else if (member.name == "headers") {
            for (const auto& header : member.value.elements()) {
                out += fmt::format("{}={} ", header.elements()[0].text(), canonical_part(header.elements()[1]));
            }
        } else {
            json::append_node(out, member.value);
        }
        out += '\n';
    }
    return out;
}

std::pair<SchemaPtr, Value> parts(SchemaAndValue both) { return {std::move(both.schema), both.value}; }

}

std::string text_of(const json::Node* node) { return node ? std::string(node->text()) : std::string(); }

JavaCase::JavaCase(const json::Node& line)
    : line_(line),
      typed_(!line.find("schemas") || line.find("schemas")->as_boolean()),
      converter_(make_json(typed_)),
      plain_(make_json(false)) {}

std::string JavaCase::expected() const {
    if (line_.find("dropped")) return "dropped";
    const auto& result = *line_.find("result");
    if (result.is_object() && !line_.find("validate")) return canonical(result);
    if (result.is_string() && line_.find("bytes")) return canonical_part(result);
    if (result.is_string()) return text_of(&result);
    std::string out;
    json::append_node(out, result);
    return out;
}

JavaCase::Outcome JavaCase::outcome() {
    try {
        return {.result = run(), .error = {}};
    } catch (const std::exception& e) {
        return {.result = {}, .error = e.what()};
    }
}

std::string JavaCase::run() {
    const auto plugin = make(line_.find("class")->text());
    if (auto* made = dynamic_cast<Transformation*>(plugin.get())) {
        return line_.find("validate") ? validate(made->config_keys(), settings()) : run(*made);
    }
    if (auto* made = dynamic_cast<Predicate*>(plugin.get())) {
        return line_.find("validate") ? validate(made->config_keys(), settings()) : run(*made);
    }
    if (auto* made = dynamic_cast<Converter*>(plugin.get())) return run(*made);
    return run(dynamic_cast<HeaderConverter&>(*plugin));
}

std::string JavaCase::run(Transformation& transformation) {
    transformation.configure(settings());
    SinkRecord sink;
    SourceRecord source;
    auto& record = line_.find("sink")->as_boolean() ? static_cast<ConnectRecord&>(sink) : source;
    read(record);
    sink.kafka_offset = 41;
    if (!transformation.apply(record, arena_)) return "dropped";
    return canonical(json::Document(written(record)).root());
}

std::string JavaCase::run(Predicate& predicate) {
    predicate.configure(settings());
    SinkRecord record;
    read(record);
    return predicate.test(record) ? "true" : "false";
}

std::string JavaCase::run(Converter& converter) {
    converter.configure(settings(), line_.find("is_key") != nullptr);
    if (const auto* bytes = line_.find("bytes")) return written(converter.to_connect_data("t", bytes->text(), arena_));
    SinkRecord record;
    if (line_.find("record")) {
        read(record);
    } else {
        std::tie(record.value_schema, record.value) = parts(data(line_.find("data")));
    }
    if (auto* aware = dynamic_cast<HeaderAware*>(&converter)) aware->use_headers(record.headers);
    std::string out;
    return converter.from_connect_data(record.topic, record.value_schema, record.value, out) ? out : "null";
}

std::string JavaCase::run(HeaderConverter& converter) {
    converter.configure(settings());
    if (const auto* bytes = line_.find("bytes")) {
        return written(converter.to_connect_header("t", "h", bytes->text(), arena_));
    }
    const auto [schema, value] = data(line_.find("data"));
    std::string out;
    return converter.from_connect_header("t", "h", schema, value, out) ? out : "null";
}

std::string JavaCase::validate(std::span<const ConfigKey> keys, const Settings& settings) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    for (const auto& value : ConfigDef(keys).validate(settings)) {
        if (value.errors.empty()) continue;
        writer.key(value.name).begin_array();
        for (const auto& error : value.errors) writer.string(error);
        writer.end_array();
    }
    writer.end_object();
    return out;
}

Settings JavaCase::settings() const {
    Settings made;
    for (const auto& [name, value] : line_.find("config")->members()) made.emplace(name, value.text());
    return made;
}

SchemaAndValue JavaCase::data(const json::Node* text) {
    if (!text || text->is_null()) return {};
    return converter_->to_connect_data("t", text->text(), arena_);
}

void JavaCase::read(ConnectRecord& record) {
    const auto& from = *line_.find("record");
    record.topic = arena_.copy(from.find("topic")->text());
    if (const auto partition = from.find("partition")->as_integer()) {
        record.partition = static_cast<std::int32_t>(*partition);
    }
    record.timestamp = from.find("timestamp")->as_integer();
    std::tie(record.key_schema, record.key) = parts(data(from.find("key")));
    std::tie(record.value_schema, record.value) = parts(data(from.find("value")));
    auto headers = std::make_shared<std::vector<Header>>();
    for (const auto& header : from.find("headers")->elements()) {
        auto [schema, value] = data(&header.elements()[1]);
        headers->push_back({.key = arena_.copy(header.elements()[0].text()), .schema = schema, .value = value});
    }
    record.headers = headers;
}

std::string JavaCase::written(const ConnectRecord& record) {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("topic").string(record.topic).key("partition");
    record.partition ? writer.integer(*record.partition) : writer.null();
    writer.key("timestamp");
    record.timestamp ? writer.integer(*record.timestamp) : writer.null();
    writer.key("key").string_or_null(part(*converter_, record.key_schema, record.key));
    writer.key("value").string_or_null(part(*converter_, record.value_schema, record.value));
    writer.key("headers").begin_array();
    for (const auto& header : record.headers ? *record.headers : std::vector<Header>()) {
        auto& converter = header.schema ? *converter_ : *plain_;
        writer.begin_array().string(header.key);
        writer.string_or_null(part(converter, header.schema, header.value)).end_array();
    }
    writer.end_array().end_object();
    return out;
}

std::string JavaCase::written(const SchemaAndValue& data) {
    const auto text = part(data.schema ? *converter_ : *plain_, data.schema, data.value);
    return text ? canonical_part(json::Node::string(*text)) : "null";
}

std::optional<std::string> JavaCase::part(Converter& converter, const SchemaPtr& schema, const Value& value) {
    if (!schema && value.is_null()) return std::nullopt;
    std::string out;
    return converter.from_connect_data("t", schema, value, out) ? std::optional(out) : std::nullopt;
}

}
