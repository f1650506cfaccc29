/// Any message is a value that can be written again, or a DataException.
#include "connectors/converters/json_converter.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    millrace::converters::JsonConverter converter;
    converter.configure({{"schemas.enable", (data[0] & 1) != 0 ? "true" : "false"},
                         {"decimal.format", (data[0] & 2) != 0 ? "NUMERIC" : "BASE64"}},
                        false);
    try {
        millrace::Arena arena;
        const auto read = converter.to_connect_data("t", text, arena);
        std::string once;
        if (!converter.from_connect_data("t", read.schema, read.value, once)) return 0;
        const auto again = converter.to_connect_data("t", once, arena);
        std::string twice;
        converter.from_connect_data("t", again.schema, again.value, twice);
        MILLRACE_ASSERT(once == twice);
    } catch (const millrace::DataException&) {  // the one tolerated answer
    }
    return 0;
}
