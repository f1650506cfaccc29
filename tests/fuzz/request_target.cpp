/// Request targets: whatever the bytes, an answer; what is accepted reads the same when it is written anew.
#include "rest/http/request_target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

using namespace millrace::rest;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view target(reinterpret_cast<const char*>(data), size);
    for (const auto ambiguous : {AmbiguousPaths::Accept, AmbiguousPaths::Refuse}) {
        const auto parsed = parse_target(target, ambiguous);
        const auto* accepted = std::get_if<RequestTarget>(&parsed);
        if (accepted == nullptr) continue;
        std::string path;
        for (const auto& segment : accepted->segments) path += "/" + encode_segment(segment);
        if (path.empty()) path = "/";
        const auto again = parse_target(path, AmbiguousPaths::Accept);
        const auto* same = std::get_if<RequestTarget>(&again);
        if (same == nullptr || same->segments != accepted->segments) std::abort();
    }
    return 0;
}
