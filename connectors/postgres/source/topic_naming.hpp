/// Names of topics and schemas for tables, as Debezium's naming strategies make them.
#pragma once
#include "connectors/postgres/source/config.hpp"

#include <string>
#include <string_view>

namespace millrace::postgres {

class TopicNaming {
public:
    explicit TopicNaming(const TopicConfig& config);

    std::string data_topic(const TableId& table) const;
    std::string message_topic() const;
    /// What the key of a table that shares its topic says beside its columns; none for other tables.
    struct KeyField {
        std::string name;
        std::string value;
    };
    std::optional<KeyField> key_field(const TableId& table) const;
    /// "<topic>.Key" and so on, adjusted as schema.name.adjustment.mode says.
    std::string schema_name(std::string_view topic, std::string_view part) const;
    std::string field_name(std::string_view column) const;

private:
    std::string sanitize(std::string_view name) const;
    std::string physical_topic(const TableId& table) const;

    TopicConfig config_;
    std::optional<Regex> regex_;
};

/// Every character that Kafka does not allow becomes "_", one for each UTF-16 unit; at most 249 characters.
std::string sanitize_topic(std::string_view name);
/// Characters outside [A-Za-z0-9.-], "_" among them, become _uXXXX.
std::string sanitize_topic_unicode(std::string_view name);

}
