/// Converts times between text, Unix time and Connect's Date, Time and Timestamp.
///
/// Without a schema there are no dates: Date, Time and Timestamp are then milliseconds since the epoch.
/// Facts   Kafka Connect: org.apache.kafka.connect.transforms.TimestampConverter.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/support/java_date_format.hpp"
#include "connectors/transforms/schema_cache.hpp"
#include "connectors/transforms/side.hpp"

namespace millrace::transforms {

class TimestampConverter final : public Transformation {
public:
    explicit TimestampConverter(Side side) : side_(side) {}
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    Side side_;
    enum class Form : std::uint8_t { Text, Unix, Date, Time, Timestamp };
    struct Plan {
        SchemaPtr schema;
        std::optional<std::size_t> place;  ///< of the field, if the schema has it
        SchemaPtr source;                  ///< of the field, or the schema itself
        std::optional<Form> form = {};     ///< of its values; none: they are no times
    };
    Plan make_plan(const SchemaPtr& schema) const;
    static std::optional<Form> find_form(const SchemaPtr& schema);
    /// Throws ConnectException if the plan has none.
    static Form form_of(const Plan& plan);
    SchemaPtr target_schema(bool optional) const;
    /// `typed`: there is a schema, so that a Date is in days.
    Value convert(const Value& value, Form form, bool typed, Arena& arena) const;
    Value convert_schemaless(const Value& value, Arena& arena) const;
    std::int64_t to_ms(const Value& value, Form form) const;

    std::string field_;
    Form target_ = Form::Unix;
    std::optional<JavaDateFormat> format_;
    std::string pattern_;
    std::int64_t unix_per_second_ = 1000;
    bool with_default_ = true;
    SchemaCache<Plan> plans_;
    mutable std::vector<char> text_;  ///< room for one
};

}
