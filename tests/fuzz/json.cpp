/// Any bytes are JSON or a DataException; what is JSON is written and read again as the same.
#include "connectors/support/json.hpp"

#include <cstdint>

namespace {

std::string rewritten(std::string_view text, millrace::json::ParseOptions options) {
    const millrace::json::Document document(text, options);
    std::string out;
    millrace::json::append_node(out, document.root());
    return out;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto once = rewritten(text, {.leading_zeros = true, .ignore_trailing = true});
        MILLRACE_ASSERT(rewritten(once, {}) == once);
    } catch (const millrace::DataException&) {  // the one tolerated answer
    }
    return 0;
}
