/// Any text of a header is a value, and that value can be written.
#include "connectors/converters/simple_header_converter.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    millrace::converters::SimpleHeaderConverter converter;
    millrace::Arena arena;
    const auto read =
        converter.to_connect_header("t", "k", std::string_view(reinterpret_cast<const char*>(data), size), arena);
    std::string out;
    converter.from_connect_header("t", "k", read.schema, read.value, out);
    return 0;
}
