#include "cluster/storage/fencable_writer.hpp"

#include "worker/kafka/error.hpp"
#include "worker/kafka/producer.hpp"

#include <chrono>

namespace millrace::cluster {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds init_wait{10'000};
constexpr milliseconds idle_wait{1000};  ///< between looks at an idle producer

std::exception_ptr stopped_error() {
    return std::make_exception_ptr(ConnectException("The writer of the config topic was stopped"));
}

}

FencableWriter::FencableWriter(worker::ClientConfig producer, std::string topic, Logger logger,
                               std::shared_ptr<const worker::Lease> lease,
                               std::shared_ptr<worker::ClientMetrics> metrics)
    : config_(std::move(producer)),
      topic_(std::move(topic)),
      logger_(std::move(logger)),
      lease_(std::move(lease)),
      metrics_(std::move(metrics)),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

FencableWriter::~FencableWriter() { stop(); }

void FencableWriter::claim(Done done) {
    enqueue(
        [this] {
            if (producer_) return;
            auto producer = std::make_unique<worker::Producer>(
                config_, logger_,
                [this](const worker::Delivery& delivery) {
                    if (delivery.error == 0 || delivery_failure_) return;
                    delivery_failure_ =
                        std::make_exception_ptr(ConnectException(worker::kafka_error_text(delivery.error)));
                },
                metrics_.get(), [this] { return lease_->held(term_); });
            producer->init_transactions({.longest = init_wait, .given_up = given_up_});
            producer_ = std::move(producer);
        },
        std::move(done));
}

void FencableWriter::write(Records records, Done done) {
    enqueue(
        [this, records = std::move(records), term = lease_->term()] {
            term_ = term;
            send(records);
        },
        std::move(done));
}

void FencableWriter::relinquish() {
    enqueue([this] { producer_.reset(); }, [](const std::exception_ptr&) {});
}

void FencableWriter::send(const Records& records) {
    if (!producer_) {
        throw ConnectException("Cannot write to config topic without claiming write privileges first");
    }
    const auto given_up = [this] { return given_up_() || !lease_->held(term_); };
    if (given_up()) throw ConnectException("This worker may be no member of its group any more");
    delivery_failure_ = nullptr;
    producer_->begin_transaction();
    worker::send_all(*producer_, topic_, records, 0, {.given_up = given_up});
    producer_->commit_transaction({.given_up = given_up});
}

void FencableWriter::enqueue(std::function<void()> run, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopped_) {
            commands_.push_back({std::move(run), std::move(done)});
            changed_.notify_all();
            return;
        }
    }
    done(stopped_error());
}

void FencableWriter::serve(const std::stop_token& stop) {
    given_up_ = [stop] { return stop.stop_requested(); };
    for (;;) {
        Command command;
        {
            std::unique_lock lock(mutex_);
            if (!changed_.wait_for(lock, stop, idle_wait, [this] { return !commands_.empty(); })) {
                if (stop.stop_requested()) break;
                lock.unlock();
                if (producer_) producer_->poll(milliseconds{0});
                continue;
            }
            command = std::move(commands_.front());
            commands_.pop_front();
        }
        std::exception_ptr error;
        try {
            command.run();
        } catch (...) {
            error = delivery_failure_ ? delivery_failure_ : std::current_exception();
            producer_.reset();
        }
        command.done(error);
    }
    producer_.reset();
}

void FencableWriter::stop() noexcept {
    std::deque<Command> left;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        left.swap(commands_);
    }
    for (const auto& command : left) command.done(stopped_error());
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

}
