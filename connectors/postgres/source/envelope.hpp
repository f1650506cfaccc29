/// Debezium's envelope: its schemas, and the values of source block and envelope for one event.
///
/// Facts: Debezium 3.7, envelope version 2, io.debezium.connector.postgresql.Source version 1.
#pragma once
#include "connectors/api/record.hpp"
#include "connectors/postgres/client/lsn.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace millrace::postgres {

inline constexpr std::string_view connector_version = "3.7.0.Final";

SchemaPtr source_schema();
SchemaPtr transaction_block_schema();
/// `row` is the optional struct of the table's columns.
SchemaPtr envelope_schema(const std::string& name, const SchemaPtr& row);

/// What the source block says of one event.
struct SourceInfo {
    std::int64_t ts_usec = 0;        ///< of the commit, or of the snapshot
    std::int64_t ts_nanos_rest = 0;  ///< beyond ts_usec
    std::string_view snapshot = {};  ///< empty: null, which stands for "false"
    std::string_view schema = {};
    std::string_view table = {};
    std::optional<std::int64_t> tx_id = {};
    Lsn lsn = no_lsn;
    bool lsn_in_sequence_only = false;
    std::optional<Lsn> last_commit = {};
    std::optional<std::int64_t> xmin = {};
    std::optional<std::string_view> origin = {};
    std::optional<Lsn> origin_lsn = {};
};

/// Makes source blocks for one connector; the constant fields are made once.
class SourceBlock {
public:
    SourceBlock(std::string prefix, std::string database)
        : prefix_(std::move(prefix)), database_(std::move(database)) {}
    Value make(const SourceInfo& info, Arena& arena) const;

private:
    std::string prefix_;
    std::string database_;
};

struct EnvelopeParts {
    Value before = {};
    Value after = {};
    Value source = {};
    Value transaction = {};
    char op = 'c';
    std::int64_t now_nanos = 0;
};
Value make_envelope(const EnvelopeParts& parts, Arena& arena);

/// io.debezium.connector.common.Heartbeat and its key.
SchemaPtr heartbeat_key_schema();
SchemaPtr heartbeat_value_schema();
/// io.debezium.connector.postgresql.MessageKey and MessageValue; `binary` is the schema of the content.
SchemaPtr message_key_schema();
SchemaPtr message_value_schema(bool binary_as_text);
/// io.debezium.connector.common.TransactionMetadataKey and ...Value.
SchemaPtr transaction_key_schema();
SchemaPtr transaction_value_schema();

}
