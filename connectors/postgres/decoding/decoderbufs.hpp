/// Turns the stream of the extension decoderbufs into typed messages.
///
/// Input   one CopyData payload after its 25-byte XLogData header: a RowMessage of decoderbufs.proto.
/// Output  texts as pgoutput has them, made of decoderbufs' numbers where it sends numbers. There is no message for
///         TRUNCATE and none for pg_logical_emit_message.
/// State   the tables as the directory described them: use one Decoder per replication session.
/// Throws  DataException if the payload is no RowMessage.
/// Facts   postgres-decoderbufs 2.1; seen on the wire.
#pragma once
#include "connectors/postgres/decoding/decoder.hpp"
#include "connectors/postgres/decoding/relation_book.hpp"

#include <map>
#include <set>

namespace millrace::postgres {

class DecoderbufsDecoder : public Decoder {
public:
    /// `reproduce_defects`: dates at infinity and timestamps from 294247-01-02 on are what Debezium makes
    /// of them, and arrays of times have microseconds whatever their precision is, once a row was inserted or updated.
    explicit DecoderbufsDecoder(TableDirectory& directory, bool reproduce_defects = true);
    ~DecoderbufsDecoder() override;
    std::span<const Message> decode(std::string_view payload, Arena& arena) override;

private:
    /// Describes tables as Debezium does: from their first new row on arrays of times have no precision.
    class DebeziumDirectory : public TableDirectory {
    public:
        explicit DebeziumDirectory(TableDirectory& directory) : directory_(directory) {}
        std::optional<DescribedTable> describe(const std::string& schema, const std::string& table) override;
        /// True for the first new row of a table.
        bool note_new_row(const std::string& schema, const std::string& table);

    private:
        TableDirectory& directory_;
        std::map<std::string, std::set<std::string>> with_new_rows_;  ///< tables by their schemas
    };
    struct Parsed;
    void add_row(Arena& arena);

    std::unique_ptr<Parsed> parsed_;
    DebeziumDirectory as_debezium_;
    RelationBook book_;
    bool reproduce_defects_;
    std::vector<Message> messages_;
    std::vector<Column> raw_row_;
    std::vector<Column> new_row_;
    std::vector<Column> old_row_;
};

}
