// The decoderbufs decoder reads any bytes without harm.
#include "connectors/postgres/decoding/decoderbufs.hpp"

#include "tests/fuzz/output_plugin.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    return decode_twice<millrace::postgres::DecoderbufsDecoder>(data, size);
}
