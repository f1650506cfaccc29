#include "connectors/postgres/source/http_notifications.hpp"

#include "connectors/http/public_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_waiting = 1000;
constexpr milliseconds first_delay{1000};
constexpr milliseconds longest_delay{30'000};
constexpr int least_retries_of_last = 3;

/// The last of a snapshot, which somebody may wait for.
bool is_last(std::string_view type) noexcept {
    constexpr std::array last = {"COMPLETED", "ABORTED", "SKIPPED"};
    return std::ranges::any_of(last, [type](std::string_view name) { return type == name; });
}

HttpOptions options_of(const NotificationConfig& config) {
    return {.connect_timeout = config.timeout,
            .read_timeout = milliseconds::zero(),
            .public_addresses_only = !config.allow_private_networks};
}

}

HttpNotifications::HttpNotifications(Parts parts)
    : config_(parts.config),
      logger_(std::move(parts.logger)),
      wait_(std::move(parts.wait)),
      last_words_(parts.last_words),
      shown_url_(origin_of_url(config_.url)),
      http_(options_of(config_)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

HttpNotifications::~HttpNotifications() {
    std::unique_lock lock(mutex_);
    closing_.request_stop();
    changed_.notify_all();
    changed_.wait_for(lock, last_words_, [this] { return ended_; });
}

void HttpNotifications::send(std::string_view type, std::string body) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() < most_waiting) {
            queue_.push_back({.type = std::string(type), .body = std::move(body)});
            changed_.notify_all();
            return;
        }
    }
    logger_.warn("Dropped snapshot notification {} to {}: delivery queue is full", type, shown_url_);
}

void HttpNotifications::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return !queue_.empty() || closing_.stop_requested(); });
        if (queue_.empty() || stop.stop_requested()) break;
        const auto next = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        deliver(next, stop);
        lock.lock();
    }
    for (const auto& left : queue_) tell_dropped(left, 0, "the task has ended");
    ended_ = true;
    changed_.notify_all();
}

void HttpNotifications::deliver(const Waiting& notification, const std::stop_token& stop) {
    const int retries = is_last(notification.type) ? std::max(config_.retries, least_retries_of_last) : config_.retries;
    auto delay = first_delay;
    for (int attempt = 1;; ++attempt) {
        bool passes = true;
        const auto failure = try_once(notification.body, stop, passes);
        if (failure.empty()) return;
        if (!passes || attempt > retries || closing_.stop_requested()) {
            return tell_dropped(notification, attempt, failure);
        }
        wait_(delay, closing_.get_token());
        delay = std::min(delay * 2, longest_delay);
    }
}

void HttpNotifications::tell_dropped(const Waiting& notification, int attempts, std::string_view why) const {
    if (is_last(notification.type)) {
        logger_.error("Failed to deliver terminal snapshot notification {} to {} after {} attempts: {}",
                      notification.type, shown_url_, attempts, why);
    } else {
        logger_.warn("Dropped snapshot notification {} to {} after {} attempts: {}", notification.type, shown_url_,
                     attempts, why);
    }
}

std::string HttpNotifications::try_once(const std::string& body, const std::stop_token& stop, bool& passes) {
    try {
        const auto answer = http_.send({.method = "POST",
                                        .url = config_.url,
                                        .headers = {"Content-Type: application/json"},
                                        .body = body,
                                        .shown_url = shown_url_},
                                       stop);
        return answer.status >= 200 && answer.status < 300 ? "" : fmt::format("HTTP {}", answer.status);
    } catch (const NoAnswerException& e) {
        return e.what();
    } catch (const std::exception& e) {
        passes = false;
        return e.what();
    }
}

}
