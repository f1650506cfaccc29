/// Change events of Debezium's PostgreSQL connector as CloudEvents 1.0: the attributes and the data, before they are
/// written.
///
/// State   schemas are worked out once a schema of the event.
/// Throws  DataException for what is no change event of PostgreSQL's connector, or lacks what an attribute is made of.
/// Facts   CloudEvents specification 1.0; Debezium: io.debezium.converters.spi.CloudEventsMaker,
///         PostgresCloudEventsMaker, recordandmetadata.RecordAndMetadataHeaderImpl.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/converters/cloud_events_options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::converters {

class CloudEventMaker {
public:
    CloudEventMaker() = default;
    explicit CloudEventMaker(CloudEventsOptions options) : options_(std::move(options)) {}

    /// What the two calls after it are about; it must outlive them. False for what becomes no CloudEvent: heartbeats,
    /// events of transactions, records without the wanted headers.
    bool begin(const SchemaPtr& schema, const Value& value, const Headers& headers);
    /// What `data` holds: before and after, or the whole value where the headers tell about it.
    SchemaAndValue data(Arena& arena);
    /// The event with `data` as its last field. `data_uri` none: there is no dataschema.
    SchemaAndValue event(const SchemaAndValue& data, std::optional<std::string_view> data_uri, Arena& arena);

private:
    /// A value with its schema, both within the record.
    struct Part {
        const SchemaPtr* schema = nullptr;
        Value value = {};
    };
    /// Where things are in the source block of one schema; none: nowhere.
    struct SourcePlaces {
        SchemaPtr schema = {};
        std::optional<std::size_t> connector, name, db, ts_ms, lsn, tx_id, sequence;
    };
    struct DataPlan {
        SchemaPtr event;   ///< kept, so that its address is nobody else's
        SchemaPtr schema;  ///< of the data
        std::vector<std::size_t> places;
    };
    struct EventPlan {
        SchemaPtr data;  ///< kept, as above
        SchemaPtr source;
        std::string server;
        std::string database;
        bool has_uri = false;
        SchemaPtr schema;
    };
    Part part(std::string_view name, bool optional) const;
    /// A field of the source, with its default. Throws DataException if there is none.
    Part source_field(std::optional<std::size_t> place, std::string_view name) const;
    void append_source_text(std::string& out, std::optional<std::size_t> place, std::string_view name) const;
    std::string_view data_schema_name() const;
    const SchemaPtr& event_schema(const SchemaPtr& data, bool has_uri);
    SchemaPtr make_event_schema(const EventPlan& plan) const;
    Value id(Arena& arena);
    Value header_text(CloudEventsOptions::Origin origin, std::string_view name, std::string_view generated) const;
    Value* put_extensions(Value* to, Arena& arena) const;

    static constexpr std::size_t most_plans = 1000;
    CloudEventsOptions options_;
    std::unordered_map<const Schema*, DataPlan> data_plans_;    ///< by the event's schema
    std::unordered_map<const Schema*, EventPlan> event_plans_;  ///< by the data's schema

    const SchemaPtr* schema_ = nullptr;
    Value value_;
    const Headers* headers_ = nullptr;
    Part source_, op_, transaction_;
    SourcePlaces places_;
    std::string text_;  ///< kept for its memory
};

}
