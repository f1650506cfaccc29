/// Whether and how a request that this worker cannot serve goes on to another one. Pure.
///
/// Facts   Kafka Connect: the hidden query parameter `forward` is absent from a client's request, `true` on the first
///         hop, `false` on the second, which is the last.
#pragma once
#include "rest/http/request.hpp"
#include "rest/http/request_target.hpp"

#include <string>
#include <string_view>

namespace millrace::rest {

inline constexpr std::string_view conflict_message =
    "Cannot complete request because of a conflicting operation (e.g. worker rebalance)";
inline constexpr std::string_view no_leader_message =
    "Cannot complete request momentarily due to no known leader URL, likely because a rebalance was underway.";
inline constexpr std::string_view stale_configuration_message =
    "Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)";

/// Whether an answer, or an error's message, says that nothing was done because the group is about to change.
bool tells_of_rebalance(int status, std::string_view text) noexcept;

/// The path and query to ask the next worker for: "connectors/a%20b/restart?forward=true&includeTasks=true".
/// Throws RestException 409 if the request has come two hops, or if `next_url` is empty.
std::string forwarded_target(const RequestTarget& target, std::string_view next_url);

/// What of a client's request goes on: credentials, and the body with its type and signature.
Headers forwarded_headers(const Request& request);

/// The next worker's answer as this worker gives it: a Location begins with what the client called.
Response forwarded_response(Response answer, std::string_view next_url, const std::string& own_base);

/// "http://host:port/" as the client called this worker.
std::string base_url(const Request& request);

}
