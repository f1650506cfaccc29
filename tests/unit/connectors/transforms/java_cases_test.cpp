/// What the Java classes made of records and settings that recorder/record made up, against ours, byte by byte.
/// MILLRACE_TRANSFORM_CASES names a file with other cases: `recorder/record 100000 SEED >FILE`.
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/transforms/java_case.hpp"

#include <cstdlib>
#include <fstream>
#include <set>

namespace millrace::transforms {

namespace {

/// True if a row of an event, which is a struct itself, has a struct in it.
bool has_nested_rows(std::string_view event) {
    const auto row = event.find("\"fields\":[", event.find("\"fields\":[") + 1);
    const auto end = event.find("\"field\":\"before\"");
    return row != std::string_view::npos && event.substr(row, end - row).find("\"struct\"") != std::string_view::npos;
}

/// True if a path of HeaderToValue holds the name of one of the value's structs in its text, without leading into it.
bool holds_other_name(const std::string& path, const json::Node* value) {
    if (path.find('.') == std::string::npos || !value->is_string()) return false;
    const json::Document document(value->text());
    const auto* schema = document.root().find("schema");
    const auto* fields = schema && schema->is_object() ? schema->find("fields") : nullptr;
    if (!fields) return false;
    return std::ranges::any_of(fields->elements(), [&](const json::Node& field) {
        const std::string name(text_of(field.find("field")));
        return text_of(field.find("type")) == "struct" && !path.starts_with(name + ".") &&
               path.find(name) != std::string::npos;
    });
}

/// Where ours is better on purpose; docs/differences.md says why.
bool is_different_on_purpose(const json::Node& line) {
    const auto config = [&](std::string_view key) { return text_of(line.find("config")->find(key)); };
    const auto type = line.find("class")->text();
    // Weeks do not say which day: Java guesses.
    if (config("format").find("YYYY") != std::string::npos) return true;
    // Java gives bytes and structs hash codes that differ from run to run.
    const auto* value = line.find("record")->find("value");
    if (type.ends_with("PartitionRouting") && value->is_string() &&
        (value->text().find("\"type\":\"bytes\"") != std::string_view::npos || has_nested_rows(value->text()))) {
        return true;
    }
    // After the first EWKB, Java leaves WKB as it is.
    if (type.ends_with("GeometryFormatTransformer") && value->is_string() &&
        value->text().find(R"("wkb":")") != value->text().rfind(R"("wkb":")")) {
        return true;
    }
    // Java finds the field "e" in "source.one", and takes Cast's plain numbers for dates.
    const auto message = text_of(line.find("message"));
    if (type.ends_with("HeaderToValue") && message.find("[Nested field]") != std::string::npos) return true;
    if (type.ends_with("HeaderToValue") && message.starts_with("Cannot list")) return true;
    if (type.ends_with("HeaderToValue") && holds_other_name(config("fields"), value)) return true;
    if (type.find("Cast") != std::string_view::npos && message == "Invalid default value") return true;
    // Bytes in maps and nested lists are never equal in Java.
    const auto holds = [&](std::string_view part) { return value->text().find(part) != std::string_view::npos; };
    if (type.ends_with("ExtractChangedRecordState") &&
        (holds("\"values\":{\"type\":\"bytes\"") || holds("\"items\":{\"type\":\"bytes\""))) {
        return true;
    }
    // Keys may be other than structs, and decimals are not to be cut; a version may be a date.
    if (text_of(line.find("error")).ends_with("ClassCastException")) return true;
    // Names and versions of primitive schemas are set as those of structs are.
    if (type.find("SetSchemaMetadata") != std::string_view::npos && message.starts_with("Cannot list fields")) {
        return true;
    }
    // Dates without a schema cannot be written in Java; ours are numbers.
    if (type.find("TimestampConverter") != std::string_view::npos && !line.find("schemas")->as_boolean()) {
        return line.find("unwritable") != nullptr;
    }
    return false;
}

/// Expressions do not do everything with every type that Groovy does: docs/differences.md.
bool is_unsupported(std::string_view error) {
    if (!error.starts_with("Error while evaluating expression")) return false;
    constexpr std::string_view parts[] = {"cannot be joined to a text",
                                          "Arithmetic with decimals is not supported",
                                          "Cannot compute * of java.lang.String",
                                          "Cannot compute - of java.lang.String",
                                          "Behind `in` stands",
                                          "java.util.ArrayList",
                                          "java.util.HashMap",
                                          "[B "};
    return std::ranges::any_of(parts, [&](auto part) { return error.find(part) != std::string_view::npos; });
}

/// Messages of Java itself, and those that print a whole record, are not ours.
bool is_comparable(std::string_view message) {
    return !message.empty() && message.find("Cannot invoke") == std::string_view::npos &&
           message.find("Record{") == std::string_view::npos && message.find("Struct{") == std::string_view::npos &&
           !message.starts_with("class ") && !message.starts_with("Global metadata source") &&
           !message.starts_with("com.fasterxml") && !message.starts_with("Not a struct schema") &&
           message.find("No group") == std::string_view::npos;
}

/// Of several errors Java tells the first: by a hash map's order without a schema.
bool has_one_error(const json::Node& line) {
    const auto* config = line.find("config");
    return line.find("schemas")->as_boolean() && !line.find("class")->text().ends_with("EventRouter") &&
           !(config->find("add.fields") && config->find("route.by.field")) &&
           line.find("class")->text().find("Cast$") == std::string_view::npos;
}

struct Seen {
    std::set<std::pair<std::string, bool>> classes;  ///< and whether records had schemas
    std::set<std::string> effective;                 ///< classes that changed or dropped a record

    void add(const json::Node& line) {
        const std::string name(line.find("class")->text());
        classes.emplace(name, line.find("schemas")->as_boolean());
        const auto text = [&](std::string_view part) {
            std::string out;
            if (const auto* node = line.find(part)) json::append_node(out, *node);
            return out;
        };
        const bool changes = line.find("result") && text("result") != text("record");
        if (changes || (name.ends_with("Filter") && line.find("dropped"))) effective.insert(name);
    }
};

/// Every transformation must have come, Kafka Connect's with and without schemas, and have done something.
void check_coverage(const Seen& seen) {
    for (const auto* manifest : {&transforms::manifest(), &debezium_manifest()}) {
        for (const auto& plugin : manifest->plugins) {
            if (plugin.type != PluginType::Transformation) continue;
            INFO(plugin.class_name);
            const std::string name(plugin.class_name);
            CHECK(seen.classes.contains({name, true}));
            CHECK(seen.effective.contains(name));
            if (manifest == &transforms::manifest()) CHECK(seen.classes.contains({name, false}));
        }
    }
}

/// Maps without a schema, and those whose keys are no texts, have an order of their own in Java.
bool is_unordered(const json::Node& line) {
    const auto* schemas = line.find("schemas");
    const auto data = text_of(line.find("data")) + text_of(line.find("bytes"));
    return (schemas && !schemas->as_boolean()) || text_of(line.find("config")->find("schemas.enable")) == "false" ||
           data.find("SparseDoubleVector") != std::string::npos;
}

/// Regular expressions, dates, headers and JSON: what recorder/Texts makes up.
void check_text(const json::Node& line) {
    JavaCase java(line);
    if (java.unwritable()) return;
    auto [result, error] = java.outcome();
    constexpr std::string_view wrong = "Invalid regex";
    const auto& javas = java.expected_error();
    if (javas.find(wrong) != std::string::npos && error.find(wrong) != std::string::npos) return;
    if (error.find("match limit exceeded") != std::string::npos) return;
    if (java.must_fail()) {
        CHECK(error != "");
        // Of several faults in a JSON text Java tells the first by its own order.
        if (line.find("class")->text().find("JsonConverter") == std::string_view::npos) CHECK(error == javas);
        return;
    }
    auto expected = java.expected();
    // A list of no type has no schema, and bytes have a text: docs/differences.md.
    if (expected.find(R"("items":null)") != std::string::npos || expected.find("[B@") != std::string::npos) return;
    if (is_unordered(line)) {
        std::ranges::sort(result);
        std::ranges::sort(expected);
    }
    CHECK(error == "");
    CHECK(result == expected);
}

void check(const std::string& text, std::size_t number, Seen& seen) {
    const json::Document document(text);
    const auto& line = document.root();
    if (line.find("of_texts")) {
        INFO("case " << number << ": " << text);
        check_text(line);
        return;
    }
    seen.add(line);
    if (is_different_on_purpose(line)) return;
    JavaCase java(line);
    if (java.unwritable()) return;
    INFO("case " << number << ": " << text);
    auto [result, error] = java.outcome();
    if (is_unsupported(error)) return;
    // Ours goes on with what is wrong with the geometry.
    if (error.starts_with("Failed to swap")) error.erase(std::min(error.find(": "), error.size()));
    if (!java.must_fail()) {
        CHECK(error == "");
        CHECK(result == java.expected());
    } else if (!java.expected_error().starts_with("Cannot invoke")) {  // a null pointer: ours may know better
        CHECK(error != "");
        if (error.find("of scale") != std::string::npos) return;  // a mask that the converter would refuse later
        if (has_one_error(line) && is_comparable(java.expected_error())) CHECK(error == java.expected_error());
    }
}

}

TEST_CASE("transformations and CloudEvents are what the Java classes make", "[java_cases]") {
    const auto* other = std::getenv("MILLRACE_TRANSFORM_CASES");
    std::ifstream file(other ? other : "tests/unit/connectors/transforms/java_cases.jsonl");
    REQUIRE(file);
    std::string line;
    std::size_t number = 0;
    Seen seen;
    while (std::getline(file, line)) {
        if (line.starts_with('#')) {
            WARN(line);
            continue;
        }
        check(line, ++number, seen);
    }
    CHECK(number >= 1000);
    if (number >= 10'000) check_coverage(seen);
}

}
