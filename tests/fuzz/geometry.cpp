/// Any bytes are a geometry that keeps its size, and is itself again after two swaps, or DataException.
#include "connectors/api/errors.hpp"
#include "connectors/transforms/debezium/geometry_bytes.hpp"

#include <cstdint>
#include <cstdlib>

using namespace millrace::transforms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    millrace::Arena arena;
    try {
        if (is_extended_geometry(bytes)) {
            const auto plain = without_srid(bytes, arena);
            if (is_extended_geometry(plain)) std::abort();
        } else if (!is_extended_geometry(with_srid(bytes, 4326, arena))) {
            std::abort();
        }
        const auto swapped = with_swapped_coordinates(bytes, arena);
        const auto again = with_swapped_coordinates(swapped, arena);
        if (again != bytes.substr(0, again.size())) std::abort();
    } catch (const millrace::DataException&) {
    }
    return 0;
}
