/// Any bytes are properties or a ConfigException.
#include "connectors/support/properties.hpp"

#include "connectors/support/text.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        for (const auto& [key, value] :
             millrace::parse_property_list({reinterpret_cast<const char*>(data), size}, "fuzzed")) {
            MILLRACE_ASSERT(millrace::valid_utf8(key) && millrace::valid_utf8(value));
        }
    } catch (const millrace::ConfigException&) {  // the one tolerated answer
    }
    return 0;
}
