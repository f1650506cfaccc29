#include "rest/forwarding/task_config_publisher.hpp"

#include "cluster/herder/request_signature.hpp"
#include "connectors/support/json.hpp"
#include "rest/http/request_target.hpp"

#include <fmt/core.h>

namespace millrace::rest {

namespace {

std::string body_of(const std::vector<Settings>& configs) {
    std::string body;
    json::Writer out(body);
    out.begin_array();
    for (const auto& config : configs) {
        out.begin_object();
        for (const auto& [name, value] : config) out.key(name).string(value);
        out.end_object();
    }
    out.end_array();
    return body;
}

Headers headers_of(const std::string& body, const std::optional<cluster::SessionKey>& key,
                   const std::string& algorithm) {
    Headers headers;
    headers.add("Accept", "application/json");
    headers.add("User-Agent", "kafka-connect");
    headers.add("Content-Type", "application/json");
    if (key) {
        headers.add(std::string(cluster::signature_header), cluster::sign_request(algorithm, key->key, body));
        headers.add(std::string(cluster::signature_algorithm_header), algorithm);
    }
    return headers;
}

/// "message" of an error's body, or the body itself.
std::string reason_of(const Response& answer) {
    try {
        const json::Document document(answer.body);
        const auto* message = document.root().find("message");
        if (message != nullptr && message->is_string()) return std::string(message->text());
    } catch (const json::ParseException&) {
        return answer.body;  // not a Connect worker's answer
    }
    return answer.body;
}

}

asio::awaitable<void> TaskConfigPublisher::ask(std::string leader_url, std::string method, std::string target,
                                               std::string body, std::optional<cluster::SessionKey> key,
                                               std::string what) {
    auto headers = headers_of(body, key, algorithm_);
    const auto answer =
        co_await client_.send(leader_url, std::move(target), std::move(method), std::move(headers), std::move(body));
    if (answer.status == 403) throw cluster::SignatureException(403, reason_of(answer));
    if (answer.status >= 300) {
        throw ConnectException(
            fmt::format("The leader at {} answered {} to {}: {}", leader_url, answer.status, what, reason_of(answer)));
    }
}

asio::awaitable<void> TaskConfigPublisher::put_task_configs(std::string leader_url, std::string connector,
                                                            std::vector<Settings> configs,
                                                            std::optional<cluster::SessionKey> key) {
    auto target = "connectors/" + encode_segment(connector) + "/tasks";
    return ask(std::move(leader_url), "POST", std::move(target), body_of(configs), std::move(key),
               "the task configurations of connector " + connector);
}

asio::awaitable<void> TaskConfigPublisher::fence_zombies(std::string leader_url, std::string connector,
                                                         std::optional<cluster::SessionKey> key) {
    auto target = "connectors/" + encode_segment(connector) + "/fence";
    return ask(std::move(leader_url), "PUT", std::move(target), "", std::move(key),
               "the request to fence the zombies of connector " + connector);
}

}
