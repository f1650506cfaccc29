#include "connectors/registry/scrubbed_name.hpp"

#include <fmt/core.h>

namespace millrace::registry {

std::string scrubbed_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_') {
            out += c;
        } else if (c == ' ' || c == '.' || c == '-' || c == '*') {
            out += '_';
        } else {
            out += fmt::format("_{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

}
