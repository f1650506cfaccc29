#include "connectors/tls/host_check.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/text.hpp"

#include <fmt/core.h>

namespace millrace {

bool checks_host_name(const Settings& settings) {
    constexpr std::string_view key = "ssl.endpoint.identification.algorithm";
    const auto found = settings.find(key);
    if (found == settings.end()) return true;
    const auto value = lower_case(trim(found->second));
    if (value.empty()) return false;
    if (value == "https" || value == "ldaps") return true;
    throw ConfigException(
        fmt::format("Invalid value {} for configuration {}: Unknown identification algorithm. https checks that a "
                    "server's certificate is for its name; an empty value leaves that out",
                    found->second, key));
}

}
