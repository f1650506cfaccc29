/// What the three wire formats have in common: frames in, messages out.
#pragma once
#include "connectors/api/arena.hpp"
#include "connectors/postgres/decoding/relation_book.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace millrace::postgres {

enum class OutputPlugin : std::uint8_t { PgOutput, Decoderbufs, Wal2Json };

class Decoder {
public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    virtual ~Decoder() = default;
    /// The messages of one frame, valid until the next call; their texts lie in `payload` and in `arena`. A format that
    /// does not describe tables has a Relation put before the first row of each, and before a row that looks different.
    /// Throws DataException if the payload is not of the format.
    virtual std::span<const Message> decode(std::string_view payload, Arena& arena) = 0;
};

/// `directory` outlives the decoder. `reproduce_defects`: as in TypeOptions.
std::unique_ptr<Decoder> make_decoder(OutputPlugin plugin, TableDirectory& directory, bool reproduce_defects);

}
