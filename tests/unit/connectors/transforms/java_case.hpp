/// One line of what recorder/record prints: a plugin, its settings, what it is given and what Java's class made of it.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/json.hpp"

#include <memory>
#include <optional>
#include <string>

namespace millrace::transforms {

/// "" if there is no such node.
std::string text_of(const json::Node* node);

class JavaCase {
public:
    /// `line` lives longer.
    explicit JavaCase(const json::Node& line);

    bool must_fail() const { return line_.find("error") != nullptr; }
    std::string expected_error() const { return text_of(line_.find("message")); }
    /// Values that Java's converter refused, because they no longer fitted their schema.
    bool unwritable() const { return line_.find("unwritable") != nullptr; }
    /// In the form of run().
    std::string expected() const;
    struct Outcome {
        std::string result;
        std::string error;  ///< what the plugin throws, in words; empty: nothing
    };
    /// What ours makes of it, as one text.
    Outcome outcome();

private:
    using ConverterPtr = std::unique_ptr<Converter>;

    std::string run();
    std::string run(Transformation& transformation);
    std::string run(Predicate& predicate);
    std::string run(Converter& converter);
    std::string run(HeaderConverter& converter);
    static std::string validate(std::span<const ConfigKey> keys, const Settings& settings);

    Settings settings() const;
    SchemaAndValue data(const json::Node* text);
    void read(ConnectRecord& record);
    std::string written(const ConnectRecord& record);
    std::string written(const SchemaAndValue& data);
    static std::optional<std::string> part(Converter& converter, const SchemaPtr& schema, const Value& value);

    const json::Node& line_;
    bool typed_;
    Arena arena_;
    ConverterPtr converter_;
    ConverterPtr plain_;
};

}
