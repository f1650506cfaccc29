/// What a broker says during SASL: the first byte picks the mechanism, a line is a challenge. AuthenticationException
/// is the one answer to what makes no sense; no challenge proves a broker that does not know the password.
#include "cluster/wire/sasl.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

using namespace millrace;
using namespace millrace::cluster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    constexpr std::array mechanisms = {SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512,
                                       SaslMechanism::OAuthBearer};
    const auto mechanism = mechanisms.at(data[0] % mechanisms.size());
    const SecuritySettings security{.mechanism = mechanism, .user = "alice", .password = "alice-secret"};
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        const auto client = make_sasl_client(security, {.nonce = "fyko+d2lbbFgONRv9qkxdawL", .bearer_token = "token"});
        (void)client->first();
        for (bool more = true; more && !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            more = client->answer(std::as_bytes(std::span(line))).has_value();
        }
    } catch (const AuthenticationException&) {  // the one tolerated answer
    }
    return 0;
}
