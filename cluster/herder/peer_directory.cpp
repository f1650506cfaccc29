#include "cluster/herder/peer_directory.hpp"

#include <algorithm>

namespace millrace::cluster {

namespace {

constexpr std::chrono::seconds read_limit{3};  ///< for what a worker published that has just started

}

std::optional<std::string> ConfigTopicPeers::fingerprint_of(const std::string& url) const {
    const auto state = configs_.snapshot();
    const auto found = state->peers.find(url);
    return found == state->peers.end() ? std::nullopt : std::optional(found->second);
}

bool ConfigTopicPeers::holds(const std::string& fingerprint) const {
    const auto state = configs_.snapshot();
    return std::any_of(state->peers.begin(), state->peers.end(),
                       [&](const auto& peer) { return peer.second == fingerprint; });
}

bool ConfigTopicPeers::publishes(const std::string& url) const { return fingerprint_of(url).has_value(); }

asio::awaitable<bool> ConfigTopicPeers::is(std::string url, std::string fingerprint) {
    if (fingerprint_of(url) == fingerprint) co_return true;
    (void)co_await configs_.refresh(read_limit);
    co_return fingerprint_of(url) == fingerprint;
}

asio::awaitable<bool> ConfigTopicPeers::trusts(std::string fingerprint) {
    if (holds(fingerprint)) co_return true;
    (void)co_await configs_.refresh(read_limit);
    co_return holds(fingerprint);
}

}
