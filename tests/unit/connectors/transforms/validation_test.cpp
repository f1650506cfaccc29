#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "tests/pch.hpp"

namespace millrace::transforms {

namespace {

std::unique_ptr<Transformation> make(const PluginManifest& manifest, std::string_view class_name) {
    for (const auto& plugin : manifest.plugins) {
        if (plugin.class_name != class_name) continue;
        auto made = plugin.create();
        return std::unique_ptr<Transformation>(dynamic_cast<Transformation*>(made.release()));
    }
    FAIL("no " << class_name);
    return nullptr;
}

std::unique_ptr<Transformation> apache(const std::string& name) {
    return make(manifest(), "org.apache.kafka.connect.transforms." + name);
}
std::unique_ptr<Transformation> debezium(const std::string& name) {
    return make(debezium_manifest(), "io.debezium.transforms." + name);
}

/// What is said of one setting when a configuration is validated.
std::vector<std::string> complaints(const Transformation& transformation, std::string_view key,
                                    const Settings& settings) {
    for (auto& value : ConfigDef(transformation.config_keys()).validate(settings)) {
        if (value.name == key) return value.errors;
    }
    return {"no such key"};
}

std::string start_error(Transformation& transformation, const Settings& settings) {
    try {
        transformation.configure(settings);
        return "";
    } catch (const std::exception& e) {
        return e.what();
    }
}

}

TEST_CASE("settings of transformations are refused in Kafka's words") {
    const auto [name, key, value, complaint] = GENERATE(table<std::string, std::string, std::string, std::string>({
        {"Cast$Value", "spec", "", "Must specify at least one field to cast."},
        {"Cast$Value", "spec", "foo",
         "Invalid value java.lang.IllegalArgumentException: No enum constant "
         "org.apache.kafka.connect.data.Schema.Type.FOO for configuration Invalid type found in casting spec: foo"},
        {"Cast$Value", "spec", "a:b:c",
         "Invalid value [a:b:c] for configuration renames: Invalid rename mapping: a:b:c"},
        {"Cast$Value", "spec", "a:bytes",
         "Cast transformation does not support casting to BYTES; supported types are [INT8, INT16, INT32, INT64, "
         "FLOAT32, FLOAT64, BOOLEAN, STRING]"},
        {"Cast$Value", "spec", "int8,int16",
         "Cast transformations that specify a type to cast the entire value to may only specify a single cast in "
         "their spec"},
        {"DropHeaders", "headers", "",
         "Configuration 'headers' must not be empty. Valid values include: any non-empty value"},
        {"DropHeaders", "headers", "a,a", "Configuration 'headers' values must not be duplicated."},
        {"MaskField$Key", "fields", "a,,b", "Configuration 'fields' values must not be empty."},
        {"HeaderFrom$Value", "fields", "", "Invalid value [] for configuration fields: Empty list"},
        {"HeaderFrom$Value", "operation", "z",
         "Invalid value z for configuration operation: String must be one of: move, copy"},
        {"MaskField$Value", "replacement", "",
         "Invalid value  for configuration replacement: String must be non-empty"},
        {"RegexRouter", "regex", "(",
         "Invalid value ( for configuration regex: Invalid regex: Unclosed group near index 1\n("},
        {"ReplaceField$Value", "renames",
         "a:", "Invalid value [a:] for configuration renames: Invalid rename mapping: a:"},
        {"ExtractField$Value", "field.syntax.version", "V3",
         "Invalid value V3 for configuration field.syntax.version: String must be one of (case insensitive): V1, V2"},
        {"TimestampConverter$Value", "target.type", "date",
         "Invalid value date for configuration target.type: String must be one of: string, unix, Date, Time, "
         "Timestamp"},
    }));
    CHECK(complaints(*apache(name), key, {{key, value}}) == std::vector{complaint});
}

TEST_CASE("what only the start of a task finds") {
    CHECK(start_error(*apache("InsertField$Value"), {}) == "No field insertion configured");
    CHECK(start_error(*apache("SetSchemaMetadata$Value"), {}) == "Neither schema name nor version configured");
    CHECK(start_error(*apache("HeaderFrom$Value"), {{"fields", "a,b"}, {"headers", "x"}, {"operation", "move"}}) ==
          "'fields' config must have the same number of elements as 'headers' config.");
    CHECK(start_error(*apache("ExtractField$Value"), {{"field", "a.`b.c"}, {"field.syntax.version", "V2"}}) ==
          "Incomplete backtick pair in path: [a.`b.c], consider adding a backslash before backtick at position 2 to "
          "escape it");
    CHECK(start_error(*apache("TimestampConverter$Value"), {{"target.type", "string"}}) ==
          "TimestampConverter requires format option to be specified when using string timestamps");
    CHECK(start_error(*apache("TimestampConverter$Value"), {{"target.type", "string"}, {"format", "bad"}}) ==
          "Invalid value java.lang.IllegalArgumentException: Illegal pattern character 'b' for configuration "
          "TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: bad");
    CHECK(start_error(*debezium("HeaderToValue"), {}) ==
          "Invalid value null for configuration headers: The 'headers' value is invalid: A value is required");
    CHECK(start_error(*debezium("partitions.PartitionRouting"),
                      {{"partition.payload.fields", "a"}, {"partition.topic.num", "0"}}) ==
          "Invalid value 0 for configuration partition.topic.num: The 'partition.topic.num' value is invalid: A "
          "positive, non-zero integer value is expected");
    CHECK(start_error(*debezium("outbox.EventRouter"), {{"table.fields.additional.placement", "a"}}) ==
          "Invalid value a for configuration table.fields.additional.placement: The "
          "'table.fields.additional.placement' value is invalid: A comma-separated list of valid String pairs or trios "
          "is expected but got: [a]");
    CHECK(start_error(*debezium("ExtractNewRecordState"), {{"add.fields", "a:b:c"}}) == "Unexpected field name: a:b:c");
}

TEST_CASE("a required setting that is missing") {
    CHECK(complaints(*apache("Cast$Key"), "spec", {}) ==
          std::vector<std::string>{"Missing required configuration \"spec\" which has no default value."});
}

}
