/// Signs and checks requests between workers: base64 of an HMAC over exactly the body's bytes.
///
/// Pure. Facts: KIP-507; the messages are those of a Java worker.
#pragma once
#include "cluster/herder/herder.hpp"
#include "cluster/storage/cluster_config_state.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

inline constexpr std::string_view signature_header = "X-Connect-Authorization";
inline constexpr std::string_view signature_algorithm_header = "X-Connect-Request-Signature-Algorithm";

/// Raw bytes; none for an algorithm that is not known here.
std::optional<std::string> message_authentication_code(std::string_view algorithm, std::string_view key,
                                                       std::string_view body);
/// The text of the signature header. Throws ConnectException for an unknown algorithm.
std::string sign_request(std::string_view algorithm, std::string_view key, std::string_view body);
/// Returns if the signature is right; throws SignatureException with the status to answer.
void verify_request(const RequestSignature& request, const std::vector<std::string>& permitted_algorithms,
                    const std::optional<SessionKey>& key);

}
