#include "rest/http/basic_auth.hpp"

#include "connectors/support/text.hpp"
#include "rest/http/error_response.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

namespace millrace::rest {

namespace {

constexpr std::string_view scheme = "Basic ";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Response unauthorized() {
    auto response = json_response(401, "User cannot access the resource.");
    return response;
}

std::string decoded(std::string_view credentials) {
    if (auto text = from_base64(credentials)) return *std::move(text);
    const auto wrong = credentials.find_first_not_of(alphabet);
    if (wrong == std::string_view::npos) throw RestException(500, "Input byte array has incorrect ending byte");
    throw RestException(500,
                        fmt::format("Illegal base64 character {:x}", static_cast<unsigned char>(credentials[wrong])));
}

}

std::optional<Response> BasicAuth::refuse(const Request& request) const {
    if (users_.empty()) return std::nullopt;
    const auto given = credentials_of(request);
    if (!given || !knows(given->user, given->password)) return unauthorized();
    return std::nullopt;
}

std::optional<Credentials> credentials_of(const Request& request) {
    const auto* header = request.headers.find("Authorization");
    if (header == nullptr || header->size() <= scheme.size() ||
        !equal_ignoring_case(std::string_view(*header).substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    const auto text = decoded(trim(std::string_view(*header).substr(scheme.size())));
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    return Credentials{.user = text.substr(0, colon), .password = text.substr(colon + 1)};
}

/// Takes as long for a wrong password of the right length, wherever it differs.
bool BasicAuth::knows(const std::string& user, std::string_view password) const {
    const auto known = users_.find(user);
    return known != users_.end() && known->second.size() == password.size() &&
           CRYPTO_memcmp(known->second.data(), password.data(), password.size()) == 0;
}

}
