/// The notification channel http: posts one notification after the other to notification.http.url, on a thread of its
/// own.
///
/// Nothing waits for it, and nothing fails with it: what cannot be delivered is dropped, and the log says so, without
/// what may be secret in the URL. Any status but 2xx is a failure; it is tried again after 1, 2, 4 ... 30 s.
/// Facts   Debezium 3.7, notification channel http.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/http/http_client.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/support/wait.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace millrace::postgres {

class HttpNotifications {
public:
    struct Parts {
        const NotificationConfig& config;  ///< outlives the channel
        Logger logger;
        std::function<void(std::chrono::milliseconds, const std::stop_token&)> wait = wait_or_stop;
        std::chrono::milliseconds last_words{5000};  ///< what is left at the end may take so long
    };
    explicit HttpNotifications(Parts parts);
    /// What is left is tried once.
    ~HttpNotifications();
    HttpNotifications(const HttpNotifications&) = delete;
    HttpNotifications& operator=(const HttpNotifications&) = delete;

    /// Queues it, or drops it when too many wait.
    void send(std::string_view type, std::string body);

private:
    struct Waiting {
        std::string type;
        std::string body;
    };
    void run(const std::stop_token& stop);
    void deliver(const Waiting& notification, const std::stop_token& stop);
    void tell_dropped(const Waiting& notification, int attempts, std::string_view why) const;
    /// Why it failed; empty: it is delivered. Sets `passes` to whether another try may fare better.
    std::string try_once(const std::string& body, const std::stop_token& stop, bool& passes);

    const NotificationConfig& config_;
    const Logger logger_;
    const std::function<void(std::chrono::milliseconds, const std::stop_token&)> wait_;
    const std::chrono::milliseconds last_words_;
    const std::string shown_url_;
    HttpClient http_;
    std::stop_source closing_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Waiting> queue_ = {};  ///< guarded by mutex_
    bool ended_ = false;              ///< guarded by mutex_
    std::jthread thread_;
};

}
