/// Turns the pgoutput logical replication stream into typed messages.
///
/// Input   one CopyData payload after its 25-byte XLogData header; integers are big-endian.
/// Output  one Message. Its views point into the payload and into the decoder, so copy what must outlive the next call.
/// State   the buffers of two rows, used again and again: no allocation a row.
/// Throws  DataException naming message kind and byte offset if the payload is short, long or unknown. Messages of
///         protocol 2 and later (streamed and prepared transactions) are refused by name: StreamedTransactions makes
///         protocol 1 of the former, the latter are not asked for.
/// Facts   PostgreSQL 15 manual, "Logical Replication Message Formats", protocol version 1.
#pragma once
#include "connectors/postgres/decoding/decoder.hpp"

#include <cstddef>
#include <vector>

namespace millrace::postgres {

class PgOutputDecoder : public Decoder {
public:
    Message decode(std::span<const std::byte> payload);
    std::span<const Message> decode(std::string_view payload, Arena& arena) override;

private:
    Message message_;
    std::vector<Column> old_row_;
    std::vector<Column> new_row_;
};

}
