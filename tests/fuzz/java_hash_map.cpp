// The file in which a standalone worker, ours or Java's, keeps its offsets.
#include "cluster/storage/java_hash_map.hpp"

#include "connectors/api/errors.hpp"

#include <cstddef>
#include <cstdint>

using namespace millrace;
using namespace millrace::cluster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto entries = parse_java_hash_map({reinterpret_cast<const char*>(data), size});
        MILLRACE_ASSERT(parse_java_hash_map(write_java_hash_map(entries)) == entries);
    } catch (const DataException&) {
        // the one tolerated answer
    }
    return 0;
}
