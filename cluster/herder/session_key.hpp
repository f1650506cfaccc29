/// The key that workers of a group sign their requests to each other with: when the leader makes a new one, and how.
///
/// Pure: time and randomness are parameters.
/// Facts   KIP-507; key lengths are those of Java's KeyGenerator.
#pragma once
#include "cluster/storage/cluster_config_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace millrace::cluster {

struct SessionKeySettings {
    std::string generation_algorithm = "HmacSHA256";
    std::optional<int> key_size_bits = {};
    std::chrono::milliseconds ttl{3600000};  ///< 0: never renewed
};

/// Gives that many random bytes.
using RandomBytes = std::function<std::string(std::size_t count)>;
std::string secure_random_bytes(std::size_t count);  ///< the system's; throws ConnectException if there are none

/// Throws ConfigException for an algorithm that is not HmacMD5, HmacSHA1, HmacSHA224, HmacSHA256, HmacSHA384,
/// HmacSHA512.
std::size_t session_key_bytes(const SessionKeySettings& settings);
/// `now_ms` since the epoch.
bool needs_new_session_key(const std::optional<SessionKey>& known, const SessionKeySettings& settings,
                           std::int64_t now_ms);
SessionKey make_session_key(const SessionKeySettings& settings, std::int64_t now_ms, const RandomBytes& random);

}
