// What the herder does for TLS between workers: publishes this worker's certificate, and removes what is not true any
// more.
#include "cluster/async/with_timeout.hpp"
#include "cluster/herder/distributed_herder.hpp"

namespace millrace::cluster {

namespace {

constexpr std::chrono::seconds goodbye_limit{3};  ///< a worker that ends does not wait longer for its broker

}

/// Before it joins, so that the group need not agree on another offset of the config topic because of it.
asio::awaitable<void> DistributedHerder::publish_certificate() {
    const auto& group = deps_.group;
    if (group.fingerprint.empty()) co_return;
    std::string why;
    try {
        co_await deps_.configs.put_peer(group.advertised_url, group.fingerprint);
    } catch (const ConnectException& e) {
        why = e.what();
    }
    if (!why.empty())
        logger_.error("Other workers cannot forward requests to this one, since its certificate is not published: {}",
                      why);
}

/// A Java worker that took over the URL of one of ours, which could not say goodbye, is asked as Java workers are.
void DistributedHerder::forget_stale_certificates() {
    if (deps_.group.fingerprint.empty() || assignment_->protocol == Protocol::Eager) return;
    std::set<std::string> plain = is_leader() ? member_.plain_members() : std::set<std::string>{};
    if (!is_leader() && assignment_->leader_fingerprint.empty()) plain.insert(assignment_->leader_url);
    const auto state = fresh();
    for (const auto& url : plain)
        if (state->peers.count(url) != 0) scope_.spawn(forget_certificate(url));
}

asio::awaitable<void> DistributedHerder::forget_certificate(std::string url) {
    std::string why;
    const std::optional<std::string> none;
    try {
        auto tombstone = deps_.configs.put_peer(url, none);
        co_await with_timeout(goodbye_limit, std::move(tombstone), "Forgetting a certificate");
    } catch (const ConnectException& e) {
        why = e.what();
    }
    if (!why.empty()) logger_.warn("The certificate of the worker at {} stays published: {}", url, why);
}

}
