/// Turns the stream of the extension wal2json into typed messages.
///
/// Input   one CopyData payload after its 25-byte XLogData header: one JSON object, format-version 2.
/// Output  texts as pgoutput has them. What wal2json does not tell is lost to it: NaN and infinite numbers are null,
/// and
///         a TOAST value that was not changed is left out of the row.
/// State   the tables as the directory described them: use one Decoder per replication session.
/// Throws  DataException if the payload is none.
/// Facts   wal2json 2.5, README; seen on the wire.
#pragma once
#include "connectors/postgres/decoding/decoder.hpp"
#include "connectors/postgres/decoding/relation_book.hpp"

namespace millrace::json {
class Node;
}

namespace millrace::postgres {

class Wal2JsonDecoder : public Decoder {
public:
    explicit Wal2JsonDecoder(TableDirectory& directory) : book_(directory) {}
    std::span<const Message> decode(std::string_view payload, Arena& arena) override;

private:
    void add_row(char action, const json::Node& root, Arena& arena);

    RelationBook book_;
    std::vector<Message> messages_;
    std::vector<RelationBook::SeenColumn> columns_;
    std::vector<Column> raw_row_;
    std::vector<Column> new_row_;
    std::vector<Column> old_row_;
};

}
