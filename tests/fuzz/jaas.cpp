/// Any bytes are a JAAS entry or a ConfigException, which does not quote the password.
#include "connectors/support/jaas.hpp"

#include "connectors/api/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view secret = "9d1f7a2e4c";
    const auto text =
        std::string(reinterpret_cast<const char*>(data), size).append(" password=\"").append(secret).append("\";");
    try {
        MILLRACE_ASSERT(!millrace::parse_jaas_config(text).login_module.empty());
    } catch (const millrace::ConfigException& e) {
        MILLRACE_ASSERT(std::string_view(e.what()).find(secret) == std::string_view::npos);
    }
    return 0;
}
