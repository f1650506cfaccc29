// Keys in offsets: whatever the text, reading it does no harm, and what was read is written as something equal.
#include "connectors/api/errors.hpp"
#include "connectors/postgres/incremental/java_object.hpp"
#include "connectors/support/text.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace millrace;
    const auto key = postgres::read_java_key(to_hex({reinterpret_cast<const char*>(data), size}));
    if (!key) return 0;
    try {
        const auto again = postgres::read_java_key(postgres::write_java_key(key));
        if (!again || again->size() != key->size()) std::abort();
    } catch (const DataException&) {  // the one tolerated answer
    }
    return 0;
}
