#include "cluster/herder/session_key.hpp"

#include "connectors/api/errors.hpp"

#include <openssl/rand.h>

#include <array>
#include <string_view>
#include <utility>

namespace millrace::cluster {
namespace {

constexpr std::array<std::pair<std::string_view, std::size_t>, 6> default_bytes{{
    {"HmacMD5", 64},
    {"HmacSHA1", 64},
    {"HmacSHA224", 28},
    {"HmacSHA256", 32},
    {"HmacSHA384", 48},
    {"HmacSHA512", 64},
}};

}

std::string secure_random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::array<unsigned char, 256> chunk{};
    for (std::size_t done = 0; done < count;) {
        const auto part = std::min(chunk.size(), count - done);
        if (RAND_bytes(chunk.data(), static_cast<int>(part)) != 1)
            throw ConnectException("The system has no random bytes for a session key");
        for (std::size_t i = 0; i < part; ++i) bytes[done + i] = static_cast<char>(chunk[i]);
        done += part;
    }
    return bytes;
}

std::size_t session_key_bytes(const SessionKeySettings& settings) {
    for (const auto& [name, bytes] : default_bytes)
        if (name == settings.generation_algorithm)
            return settings.key_size_bits ? static_cast<std::size_t>((*settings.key_size_bits + 7) / 8) : bytes;
    throw ConfigException("Invalid value " + settings.generation_algorithm +
                          " for configuration inter.worker.key.generation.algorithm: no such key generator");
}

bool needs_new_session_key(const std::optional<SessionKey>& known, const SessionKeySettings& settings,
                           std::int64_t now_ms) {
    if (!known) return true;
    if (known->algorithm != settings.generation_algorithm || known->key.size() != session_key_bytes(settings))
        return true;
    return settings.ttl.count() > 0 && known->creation_timestamp + settings.ttl.count() <= now_ms;
}

SessionKey make_session_key(const SessionKeySettings& settings, std::int64_t now_ms, const RandomBytes& random) {
    return {random(session_key_bytes(settings)), settings.generation_algorithm, now_ms};
}

}
