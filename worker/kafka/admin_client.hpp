/// What Admin and GroupAdmin share: one librdkafka client, a question put to it and the answer waited for.
#pragma once
#include "worker/kafka/error.hpp"
#include "worker/kafka/handle.hpp"

#include <array>
#include <chrono>
#include <string>

namespace millrace::worker {

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;

class AdminClient {
public:
    /// `timeout` is the limit of each question.
    AdminClient(rd_kafka_type_t type, const ClientConfig& config, const Logger& logger,
                std::chrono::milliseconds timeout, ClientMetrics* metrics = nullptr)
        : opaque_{logger.named("org.apache.kafka.clients.admin.AdminClient"), metrics},
          timeout_ms_(static_cast<int>(timeout.count())),
          client_(make_client(type, make_conf(config, opaque_))) {}
    ~AdminClient() {
        // A consumer among them is no group's member, so there is nothing to leave.
        rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
    AdminClient(const AdminClient&) = delete;
    AdminClient& operator=(const AdminClient&) = delete;

    rd_kafka_t* client() const noexcept { return client_; }
    int timeout_ms() const noexcept { return timeout_ms_; }
    QueuePtr queue() const { return QueuePtr(rd_kafka_queue_new(client_)); }
    OptionsPtr options(rd_kafka_admin_op_t operation) const { return options(operation, timeout_ms_); }
    OptionsPtr options(rd_kafka_admin_op_t operation, int timeout_ms) const {
        OptionsPtr made(rd_kafka_AdminOptions_new(client_, operation));
        std::array<char, 512> reason{};
        rd_kafka_AdminOptions_set_request_timeout(made.get(), timeout_ms, reason.data(), reason.size());
        return made;
    }
    /// Waits for the one answer to what was put on `queue`. Throws if the whole request failed.
    EventPtr answer(const QueuePtr& queue, const std::string& what) const {
        constexpr int margin_ms = 1000;  // librdkafka's own time-out comes first
        EventPtr event(rd_kafka_queue_poll(queue.get(), timeout_ms_ + margin_ms));
        if (!event) throw_kafka_error(what, RD_KAFKA_RESP_ERR__TIMED_OUT);
        if (const auto code = rd_kafka_event_error(event.get())) {
            throw_kafka_error(what, code, rd_kafka_event_error_string(event.get()));
        }
        return event;
    }

private:
    HandleOpaque opaque_;
    int timeout_ms_;
    rd_kafka_t* client_;
};

}
