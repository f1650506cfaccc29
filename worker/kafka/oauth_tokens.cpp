#include "worker/kafka/oauth_tokens.hpp"

#include <utility>

namespace millrace::worker {

OAuthTokens::OAuthTokens(Fetch fetch, std::function<Clock::time_point()> now)
    : fetch_(std::move(fetch)), now_(std::move(now)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

OAuthTokens::OAuthTokens(OAuthSettings settings)
    : OAuthTokens([settings = std::move(settings)](const std::stop_token& stop) {
          return fetch_oauth_token(settings, stop);
      }) {}

void OAuthTokens::ask(Done done) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
    asked_.notify_one();
}

void OAuthTokens::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (asked_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        const auto done = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        std::exception_ptr error;
        std::string found;
        try {
            found = token(stop);
        } catch (...) {
            error = std::current_exception();
        }
        if (stop.stop_requested()) return;
        done(error, std::move(found));
        lock.lock();
    }
}

std::string OAuthTokens::token(const std::stop_token& stop) {
    if (fresh_until_ && now_() < *fresh_until_) return kept_;
    const auto asked_at = now_();
    auto fetched = fetch_(stop);
    kept_ = std::move(fetched.value);
    fresh_until_ = asked_at + fetched.lifetime * 4 / 5;
    return kept_;
}

}
