#include "connectors/postgres/decoding/decoder.hpp"

#include "connectors/postgres/decoding/decoderbufs.hpp"
#include "connectors/postgres/decoding/pgoutput.hpp"
#include "connectors/postgres/decoding/wal2json.hpp"

namespace millrace::postgres {

std::unique_ptr<Decoder> make_decoder(OutputPlugin plugin, TableDirectory& directory, bool reproduce_defects) {
    switch (plugin) {
    case OutputPlugin::PgOutput:
        return std::make_unique<PgOutputDecoder>();
    case OutputPlugin::Decoderbufs:
        return std::make_unique<DecoderbufsDecoder>(directory, reproduce_defects);
    case OutputPlugin::Wal2Json:
        return std::make_unique<Wal2JsonDecoder>(directory);
    }
    return {};
}

}
