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

namespace millrace::postgres {

class DecoderbufsDecoder : public Decoder {
public:
    explicit DecoderbufsDecoder(TableDirectory& directory);
    ~DecoderbufsDecoder() override;
    std::span<const Message> decode(std::string_view payload, Arena& arena) override;

private:
    struct Parsed;
    void add_row(Arena& arena);

    std::unique_ptr<Parsed> parsed_;
    RelationBook book_;
    std::vector<Message> messages_;
    std::vector<Column> raw_row_;
    std::vector<Column> new_row_;
    std::vector<Column> old_row_;
};

}
