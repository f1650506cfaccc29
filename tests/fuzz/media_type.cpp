/// Content-Type and Accept headers: whatever the bytes, an answer.
#include "rest/http/media_type.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header(reinterpret_cast<const char*>(data), size);
    (void)millrace::rest::is_json(header);
    (void)millrace::rest::accepts(header, "application/json");
    return 0;
}
