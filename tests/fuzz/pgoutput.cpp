// The pgoutput decoder reads any bytes without harm: DataException is the one answer to what it does not understand.
#include "connectors/postgres/decoding/pgoutput.hpp"

#include "connectors/api/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    millrace::postgres::PgOutputDecoder decoder;
    try {
        decoder.decode(std::as_bytes(std::span(data, size)));
    } catch (const millrace::DataException&) {  // the one tolerated answer
    }
    return 0;
}
