/// Writes to the config topic in transactions that only one leader of a group can commit: who claims the privilege
/// takes it from whoever had it (exactly.once.source.support: preparing and enabled; KIP-618).
///
/// Threads  One of its own, which blocks. Methods may be called from any thread and never wait, stop() apart, which
/// does
///          not wait for brokers either.
/// Errors   After one that failed, claim() must be called again before anything can be written.
/// Lease    A write of a term that is over fails, and nothing of it is committed.
#pragma once
#include "connectors/api/log.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/lease.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::worker {
class ClientMetrics;
class Producer;
}

namespace millrace::cluster {

class FencableWriter {
public:
    using Done = std::function<void(std::exception_ptr error)>;
    using Records = std::vector<std::pair<std::string, std::optional<std::string>>>;

    /// `producer` has a transactional.id; `metrics` has what it counts.
    FencableWriter(worker::ClientConfig producer, std::string topic, Logger logger,
                   std::shared_ptr<const worker::Lease> lease,
                   std::shared_ptr<worker::ClientMetrics> metrics = nullptr);
    ~FencableWriter();
    FencableWriter(const FencableWriter&) = delete;
    FencableWriter& operator=(const FencableWriter&) = delete;

    void claim(Done done);
    /// All of them in one transaction.
    void write(Records records, Done done);
    /// Another leads now.
    void relinquish();
    void stop() noexcept;

private:
    struct Command {
        std::function<void()> run;
        Done done;
    };
    void enqueue(std::function<void()> run, Done done);
    void serve(const std::stop_token& stop);
    void send(const Records& records);

    worker::ClientConfig config_;
    std::string topic_;
    Logger logger_;
    std::shared_ptr<const worker::Lease> lease_;
    std::shared_ptr<worker::ClientMetrics> metrics_;
    std::atomic<worker::Lease::Term> term_ = 0;   ///< of what is being written
    std::unique_ptr<worker::Producer> producer_;  ///< the thread's; null: not claimed
    std::exception_ptr delivery_failure_;
    std::function<bool()> given_up_;  ///< the thread's: whether it is to stop instead of waiting for brokers
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Command> commands_;
    bool stopped_ = false;
    std::jthread thread_;  ///< last: it uses the others
};

}
