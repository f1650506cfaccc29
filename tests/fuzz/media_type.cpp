/// Content-Type and Accept headers: whatever the bytes, an answer.
#include "rest/http/media_type.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header(reinterpret_cast<const char*>(data), size);
    (void)millrace::rest::parse_content_type(header);
    (void)millrace::rest::parse_accept(header);
    (void)millrace::rest::negotiated("application/json", header);
    return 0;
}
