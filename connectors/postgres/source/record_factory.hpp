/// Makes source records: headers, heartbeats, transaction and message records, everything that does not depend on a
/// table's columns. Its strings live as long as the task.
#pragma once
#include "connectors/postgres/source/batch_builder.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/envelope.hpp"
#include "connectors/postgres/source/table_model.hpp"

namespace millrace::postgres {

struct ExtraHeader {
    std::string_view name;
    SchemaPtr schema;
    Value value;
};

class RecordFactory {
public:
    /// `run_id` is new for every start of the task; `clock` gives nanoseconds since 1970.
    RecordFactory(const SourceConfig& config, std::string task_id, std::string run_id, std::int64_t (*clock)());

    std::int64_t now() const { return clock_(); }
    const SourceBlock& source() const noexcept { return source_; }
    const Headers& context_headers() const noexcept { return context_; }
    /// __debezium.newkey and its like come before the context headers.
    Headers headers_with(const ExtraHeader& extra) const;

    SourceRecord change(const TableModel& table, Value key, Value envelope, OffsetEntries offset) const;
    SourceRecord tombstone(const TableModel& table, Value key, OffsetEntries offset) const;
    SourceRecord truncate(const TableModel& table, Value envelope, OffsetEntries offset) const;
    SourceRecord heartbeat(OffsetEntries offset, Arena& arena) const;
    SourceRecord message(const LogicalMessage& message, const SourceInfo& source, Value transaction,
                         OffsetEntries offset, Arena& arena) const;

    struct TransactionEvent {
        bool end = false;
        std::string_view id = {};
        std::int64_t ts_usec = 0;
        std::int64_t events = 0;
        std::size_t buckets = 0;  ///< of Debezium's HashMap of tables, which orders them
        const std::map<std::string, TableEvents>* collections = nullptr;
    };
    SourceRecord transaction(const TransactionEvent& event, OffsetEntries offset, Arena& arena) const;

private:
    Value message_content(std::string_view content, Arena& arena) const;

    const SourceConfig& config_;
    std::string task_id_;
    std::string run_id_;
    std::int64_t (*clock_)();
    SourceBlock source_;
    Headers context_;
    std::string message_topic_;
    SchemaPtr message_schema_;
};

/// A UUID of version 7 of this time and these 80 random bits.
std::string uuid_v7(std::int64_t unix_ms, std::uint16_t random_a, std::uint64_t random_b);

}
