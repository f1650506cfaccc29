/// What the two threads of a KafkaBasedLog share: the writer (kafka_based_log.cpp), which serves commands, and the
/// reader (kafka_based_log_reader.cpp), which follows the topic. Nothing else includes this.
#pragma once
#include "cluster/storage/kafka_based_log.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/kafka/consumer.hpp"
#include "worker/kafka/producer.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <variant>

namespace millrace::cluster {

struct SendCommand {
    std::string key;
    std::optional<std::string> value;
    KafkaBasedLog::Done done;
    worker::Lease::Term term = 0;  ///< of the lease when it was sent
};
struct ReadCommand {
    KafkaBasedLog::Done done;
};
struct FlushCommand {
    KafkaBasedLog::Done done;
};
using Command = std::variant<SendCommand, ReadCommand, FlushCommand>;

/// Waits until every partition was read up to its end as it was when asked.
struct EndWaiter {
    std::vector<std::int64_t> ends;
    KafkaBasedLog::Done done;
};

inline std::exception_ptr stopped_error(const std::string& topic) {
    return std::make_exception_ptr(ConnectException("The log of topic " + topic + " was stopped"));
}

struct KafkaBasedLog::State {
    State(TopicLogOptions o, OnRecords r) : options(std::move(o)), on_records(std::move(r)) {
        if (reads_committed(options)) consumer_metrics->reads_committed();
    }

    TopicLogOptions options;
    OnRecords on_records;
    std::shared_ptr<worker::ClientMetrics> admin_metrics = options.clients->add(worker::ClientMetrics::Role::Admin);
    std::shared_ptr<worker::ClientMetrics> producer_metrics = options.clients->add();
    std::shared_ptr<worker::ClientMetrics> consumer_metrics = options.clients->add();

    std::mutex commands_mutex;
    std::condition_variable commands_ready;
    std::deque<Command> commands;
    std::atomic<bool> stopping = false;

    std::mutex positions_mutex;
    std::vector<std::int64_t> positions;  ///< the next offset of each partition that on_records has not had
    std::vector<EndWaiter> waiters;
    std::vector<std::int64_t> newest_ends;

    // The writer thread's alone.
    std::unique_ptr<worker::Admin> admin;
    std::unique_ptr<worker::Producer> producer;
    std::atomic<worker::Lease::Term> producer_term = 0;  ///< of all that the producer has; its threads read it
    std::chrono::steady_clock::time_point producer_made;
    std::map<std::uint64_t, Done> in_flight;
    std::uint64_t next_sequence = 0;

    std::thread writer;
    std::thread reader;

    void run_writer(const Done& started) noexcept;
    void prepare();
    void make_producer();
    void replace_failed_producer();
    std::int32_t wait_for_partitions();
    std::vector<std::int64_t> first_offsets(std::int32_t partitions);
    bool enter_term(worker::Lease::Term term);
    bool may_produce() const { return options.lease->held(producer_term); }
    void serve();
    std::optional<Command> next_command();
    void execute(SendCommand& command);
    void execute(ReadCommand& command);
    void execute(FlushCommand& command);
    void poll(std::chrono::milliseconds max_wait);
    void wait_for_reports();
    void on_delivery(const worker::Delivery& delivery);
    void add_waiter(EndWaiter waiter);
    void fail_all();

    void run_reader() noexcept;
    void end_waiters(const std::exception_ptr& error);
    void read(worker::Consumer& consumer);
    bool advance(const worker::Consumer& consumer);
    bool reached(const EndWaiter& waiter) const;
    void pause(std::chrono::milliseconds time);
};

}
