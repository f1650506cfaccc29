/// Any text is a struct or refused, as the payload of an outbox or the content of a message.
#include "connectors/transforms/debezium/json_structure.hpp"

#include "connectors/api/errors.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const bool keep : {false, true}) {
        millrace::transforms::JsonStructure structure({.keep_nulls = keep, .keep_empty_arrays = keep});
        millrace::Arena arena;
        try {
            structure.parse("p", {reinterpret_cast<const char*>(data), size}, arena);
        } catch (const millrace::DataException&) {
        }
    }
    return 0;
}
