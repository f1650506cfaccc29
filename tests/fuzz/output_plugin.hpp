/// What the decoders of output plugins that look tables up have in common when they are given any bytes.
#pragma once
#include "connectors/api/errors.hpp"
#include "connectors/postgres/decoding/decoder.hpp"

struct NoTables : millrace::postgres::TableDirectory {
    std::optional<millrace::postgres::DescribedTable> describe(const std::string&, const std::string&) override {
        return {};
    }
};

/// DataException is the one answer to what it does not understand; the second message meets what the first has left.
template <class Decoder>
int decode_twice(const unsigned char* data, std::size_t size) {
    NoTables tables;
    Decoder decoder(tables);
    millrace::Arena arena;
    try {
        decoder.decode({reinterpret_cast<const char*>(data), size}, arena);
        decoder.decode({reinterpret_cast<const char*>(data), size}, arena);
    } catch (const millrace::DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    return 0;
}
