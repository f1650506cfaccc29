/// One client's tokens: asks the provider on a thread of its own, and keeps a token while it is young.
///
/// State   Any thread may ask. Callbacks come from the thread, none after the destructor has returned.
#pragma once
#include "connectors/http/oauth.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace millrace::worker {

class OAuthTokens {
public:
    using Clock = std::chrono::steady_clock;
    using Fetch = std::function<OAuthToken(const std::stop_token&)>;
    using Done = std::function<void(std::exception_ptr, std::string)>;

    explicit OAuthTokens(Fetch fetch, std::function<Clock::time_point()> now = Clock::now);
    explicit OAuthTokens(OAuthSettings settings);
    ~OAuthTokens() = default;  ///< ends a request that is under way
    OAuthTokens(const OAuthTokens&) = delete;
    OAuthTokens& operator=(const OAuthTokens&) = delete;

    /// A token that has at least a fifth of its life before it, or why there is none: what fetch throws.
    void ask(Done done);

private:
    void run(const std::stop_token& stop);
    std::string token(const std::stop_token& stop);

    Fetch fetch_;
    std::function<Clock::time_point()> now_;
    std::string kept_;  ///< the thread's own, with fresh_until_
    std::optional<Clock::time_point> fresh_until_;
    std::mutex mutex_;
    std::condition_variable_any asked_;
    std::deque<Done> waiting_;
    std::jthread thread_;  ///< last, so that it ends first
};

}
