/// Converts the times of rows, and of the source block, to another time zone.
///
/// Facts   Debezium: io.debezium.transforms.TimezoneConverter. Columns with a zone are shown at the zone's offset and
/// stay the
///         same moment; those without one are taken for times there.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/zone.hpp"
#include "connectors/transforms/schema_cache.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millrace::transforms {

class TimezoneConverter final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;
    void use_logger(const Logger& logger) override { logger_ = logger; }

private:
    enum class Form : std::uint8_t {
        ZonedTimestamp,
        ZonedTime,
        Milliseconds,
        Microseconds,
        Nanoseconds,
        SourceMilliseconds,
        SourceMicroseconds,
        SourceNanoseconds
    };
    /// What is converted of one struct: places and forms.
    using Columns = std::vector<std::pair<std::size_t, Form>>;
    struct Plan {
        std::vector<std::pair<std::size_t, Columns>> structs;  ///< by their places in the event
    };
    /// Names of fields of a table or topic; empty: all.
    using Names = std::map<std::string, std::set<std::string>, std::less<>>;
    struct Choice {
        bool all = false;
        bool include = true;  ///< `fields` are those to convert; otherwise all others
        std::set<std::string> fields = {};
    };

    void read_rules(const std::vector<std::string>& rules);
    /// Which fields of this table's and topic's events are wanted; none: nothing is.
    std::optional<Choice> choose(const std::optional<std::string>& table, const std::string& topic) const;
    Plan make_plan(const Schema& event, const std::optional<Choice>& choice) const;
    Columns columns_of(const Schema& row, bool is_source, const Choice& choice, std::string_view prefix) const;
    Value convert(const Value& value, Form form, Arena& arena) const;
    Value convert_text(std::string_view text, bool with_date, Arena& arena) const;

    Zone zone_;
    bool has_rules_ = false;
    bool exclude_ = false;
    Names topics_;
    Names tables_;
    Names any_;
    using TopicAndTable = std::pair<std::string, std::string>;
    using Plans = std::map<TopicAndTable, SchemaCache<Plan>>;
    SchemaCache<Plan>& plans_of(std::string_view topic, std::string_view table);

    Plans plans_;
    Plans::value_type* last_ = nullptr;  ///< of plans_, what was looked for last
    Logger logger_;
};

}
