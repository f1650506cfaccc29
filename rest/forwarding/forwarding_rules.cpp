#include "rest/forwarding/forwarding_rules.hpp"

#include "rest/http/error_response.hpp"

namespace millrace::rest {

namespace {

/// Query parameters that go on beside `forward`.
constexpr std::string_view kept_parameters[] = {"includeTasks", "onlyFailed"};
/// Header fields that go on.
constexpr std::string_view kept_headers[] = {"Authorization", "X-Connect-Authorization",
                                             "X-Connect-Request-Signature-Algorithm"};

std::string_view next_hop(const RequestTarget& target) {
    const auto forward = find(target.query, "forward");
    if (!forward) return "true";
    if (equal_ignoring_case(*forward, "true")) return "false";
    throw RestException(409, std::string(conflict_message));
}

}

bool tells_of_rebalance(int status, std::string_view text) noexcept {
    const auto says = [&](std::string_view message) { return text.find(message) != text.npos; };
    return status == 409 && (says(conflict_message) || says(no_leader_message) || says(stale_configuration_message));
}

std::string forwarded_target(const RequestTarget& target, std::string_view next_url) {
    const auto hop = next_hop(target);
    if (next_url.empty()) throw RestException(409, std::string(no_leader_message));
    std::string path;
    for (const auto& segment : target.segments) path += (path.empty() ? "" : "/") + encode_segment(segment);
    path += "?forward=" + std::string(hop);
    for (const auto name : kept_parameters) {
        if (const auto value = find(target.query, name)) {
            path += "&" + std::string(name) + "=" + encode_segment(*value);
        }
    }
    return path;
}

Headers forwarded_headers(const Request& request) {
    Headers headers;
    headers.add("Accept", "application/json");
    headers.add("User-Agent", "kafka-connect");
    if (!request.body.empty()) headers.add("Content-Type", "application/json");
    for (const auto name : kept_headers) {
        if (const auto* value = request.headers.find(name)) headers.add(std::string(name), *value);
    }
    return headers;
}

Response forwarded_response(Response answer, std::string_view next_url, const std::string& own_base) {
    Response response{.status = answer.status, .body = std::move(answer.body)};
    if (const auto* type = answer.headers.find("Content-Type")) response.headers.add("Content-Type", *type);
    if (const auto* location = answer.headers.find("Location")) {
        const bool theirs = std::string_view(*location).starts_with(next_url);
        response.headers.add("Location", theirs ? own_base + location->substr(next_url.size()) : *location);
    }
    return response;
}

std::string base_url(const Request& request) {
    const auto* host = request.headers.find("Host");
    return (request.secure ? "https://" : "http://") + (host == nullptr ? std::string("localhost") : *host) + "/";
}

}
