#include "cluster/storage/kafka_based_log_state.hpp"

#include <fmt/format.h>

namespace millrace::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds report_wait{2};        ///< longest wait for acknowledgements while commands may come
constexpr milliseconds producer_pause{1000};  ///< before one that has failed is replaced
constexpr milliseconds idle_wait{1000};       ///< between looks at an idle producer
constexpr milliseconds flush_at_stop{5000};
constexpr milliseconds retry_pause{100};
constexpr std::chrono::minutes start_limit{15};  ///< for the first answers of a cluster that comes up
constexpr std::chrono::seconds metadata_limit{30};

RetriableException unknown_outcome(const std::string& topic) {
    return RetriableException("A write to topic " + topic +
                              " was given up before its acknowledgement: it may have been written or not");
}

std::exception_ptr given_up_error(const std::string& topic) {
    return std::make_exception_ptr(GivenUpException(
        "What was sent to topic " + topic +
        " was given up before it was written, since this worker was no member of its group meanwhile"));
}

}

// ---- writer -----------------------------------------------------------------------------------------------------

void KafkaBasedLog::State::run_writer(const Done& started) noexcept {
    try {
        prepare();
        reader = std::thread([this] { run_reader(); });
        ReadCommand first{[this, started](std::exception_ptr error) {
            if (!error) options.logger.info("Started KafkaBasedLog for topic {}", options.topic);
            started(error);
        }};
        execute(first);
        serve();
    } catch (...) {
        if (producer) {
            options.logger.error("The writer of topic {} ended unexpectedly", options.topic);
        } else {
            started(std::current_exception());
        }
    }
    fail_all();
}

void KafkaBasedLog::State::prepare() {
    options.logger.info("Starting KafkaBasedLog with topic {}", options.topic);
    admin = std::make_unique<worker::Admin>(options.admin, options.logger, options.admin_timeout, admin_metrics.get());
    if (options.prepare) options.prepare(*admin);
    const auto partitions = wait_for_partitions();
    auto begin = first_offsets(partitions);
    {
        const std::lock_guard lock(positions_mutex);
        positions = std::move(begin);
    }
    make_producer();
}

void KafkaBasedLog::State::make_producer() {
    producer_term = options.lease->term();
    producer = std::make_unique<worker::Producer>(
        options.producer, options.logger, [this](const worker::Delivery& delivery) { on_delivery(delivery); },
        producer_metrics.get(), [this] { return may_produce(); });
    producer_made = steady_clock::now();
}

/// Idempotence makes errors final that pass by themselves without it.
void KafkaBasedLog::State::replace_failed_producer() {
    const auto failure = producer->fatal_error();
    if (!failure || steady_clock::now() - producer_made < producer_pause) return;
    options.logger.error("The producer of topic {} has failed, another takes its place: {}", options.topic, *failure);
    producer->poll(milliseconds{0});
    const auto error = std::make_exception_ptr(ConnectException("Failed to write to topic " + options.topic));
    for (auto& [sequence, done] : std::exchange(in_flight, {})) done(error);
    make_producer();
}

std::int32_t KafkaBasedLog::State::wait_for_partitions() {
    const auto deadline = steady_clock::now() + metadata_limit;
    while (!stopping) {
        if (const auto count = admin->partition_count(options.topic); count && *count > 0) return *count;
        if (steady_clock::now() >= deadline)
            throw ConnectException(
                "Could not look up partition metadata for offset backing store topic in allotted "
                "period. This could indicate a connectivity issue, unavailable topic partitions, or "
                "if this is your first use of the topic it may have taken too long to create. Topic: " +
                options.topic);
        pause(retry_pause);
    }
    std::rethrow_exception(stopped_error(options.topic));
}

std::vector<std::int64_t> KafkaBasedLog::State::first_offsets(std::int32_t partitions) {
    const auto deadline = steady_clock::now() + start_limit;
    while (!stopping) {
        try {
            return admin->offsets(options.topic, partitions, worker::Admin::OffsetSpec::Earliest);
        } catch (const RetriableException& e) {
            if (steady_clock::now() >= deadline) throw;
            options.logger.warn("Cannot read the offsets of topic {} yet: {}", options.topic, e.what());
            pause(retry_pause);
        }
    }
    std::rethrow_exception(stopped_error(options.topic));
}

void KafkaBasedLog::State::serve() {
    while (!stopping) {
        if (auto command = next_command())
            std::visit([this](auto& c) { execute(c); }, *command);
        else
            poll(in_flight.empty() ? milliseconds{0} : report_wait);
    }
    if (may_produce()) producer->flush(flush_at_stop);
}

std::optional<Command> KafkaBasedLog::State::next_command() {
    std::unique_lock lock(commands_mutex);
    if (in_flight.empty())
        commands_ready.wait_for(lock, idle_wait, [this] { return stopping.load() || !commands.empty(); });
    if (commands.empty()) return std::nullopt;
    auto command = std::move(commands.front());
    commands.pop_front();
    return command;
}

void KafkaBasedLog::State::execute(SendCommand& command) {
    replace_failed_producer();
    if (!enter_term(command.term)) return command.done(given_up_error(options.topic));
    const auto sequence = next_sequence++;
    in_flight.emplace(sequence, std::move(command.done));
    try {
        const worker::ProducerRecord record{
            .topic = options.topic,
            .key = command.key,
            .value = command.value ? std::optional<std::string_view>(*command.value) : std::nullopt,
            .sequence = sequence};
        while (producer->send(record) == worker::Producer::Sent::QueueFull) poll(report_wait);
    } catch (...) {
        const auto node = in_flight.extract(sequence);
        node.mapped()(std::current_exception());
    }
}

/// The producer never has anything of two terms. False: that term is over.
bool KafkaBasedLog::State::enter_term(worker::Lease::Term term) {
    if (term != options.lease->term()) return false;
    if (term == producer_term) return true;
    while (!in_flight.empty() && !stopping) poll(report_wait);
    if (!in_flight.empty()) return false;  // the log stops
    producer_term = term;
    return true;
}

void KafkaBasedLog::State::poll(milliseconds max_wait) {
    if (options.lease->term() != producer_term && !in_flight.empty()) producer->purge();
    producer->poll(max_wait);
    admin->poll();
}

void KafkaBasedLog::State::wait_for_reports() {
    while (!in_flight.empty() && !stopping && may_produce()) poll(report_wait);
}

void KafkaBasedLog::State::execute(ReadCommand& command) {
    wait_for_reports();
    const auto deadline = steady_clock::now() + start_limit;
    const auto partitions = static_cast<std::int32_t>(positions.size());
    for (;;) {
        try {
            if (stopping) std::rethrow_exception(stopped_error(options.topic));
            add_waiter({admin->offsets(options.topic, partitions, worker::Admin::OffsetSpec::Latest),
                        std::move(command.done)});
            return;
        } catch (const RetriableException& e) {
            options.logger.warn("Cannot read the end offsets of topic {} yet: {}", options.topic, e.what());
            if (steady_clock::now() >= deadline) return command.done(std::current_exception());
            poll(retry_pause);
        } catch (...) {
            return command.done(std::current_exception());
        }
    }
}

void KafkaBasedLog::State::execute(FlushCommand& command) {
    wait_for_reports();
    command.done(stopping && !in_flight.empty() ? stopped_error(options.topic) : nullptr);
}

void KafkaBasedLog::State::on_delivery(const worker::Delivery& delivery) {
    auto node = in_flight.extract(delivery.sequence);
    if (node.empty()) return;
    if (delivery.error == 0) return node.mapped()(nullptr);
    if (worker::is_purged_unsent(delivery.error)) return node.mapped()(given_up_error(options.topic));
    try {
        if (worker::is_purged(delivery.error)) throw unknown_outcome(options.topic);
        worker::throw_kafka_error("Failed to write to topic " + options.topic, delivery.error);
    } catch (...) {
        node.mapped()(std::current_exception());
    }
}

void KafkaBasedLog::State::add_waiter(EndWaiter waiter) {
    {
        const std::lock_guard lock(positions_mutex);
        newest_ends = waiter.ends;
        if (!reached(waiter)) {
            waiters.push_back(std::move(waiter));
            return;
        }
    }
    waiter.done(nullptr);
}

void KafkaBasedLog::State::fail_all() {
    stopping = true;
    const auto error = stopped_error(options.topic);
    std::deque<Command> left;
    {
        const std::lock_guard lock(commands_mutex);
        left.swap(commands);
    }
    for (auto& command : left) std::visit([&](auto& c) { c.done(error); }, command);
    for (auto& [sequence, done] : std::exchange(in_flight, {})) done(error);
    end_waiters(error);
}

void KafkaBasedLog::State::pause(milliseconds time) {
    std::unique_lock lock(commands_mutex);
    commands_ready.wait_for(lock, time, [this] { return stopping.load(); });
}

// ---- the log ----------------------------------------------------------------------------------------------------

KafkaBasedLog::KafkaBasedLog(TopicLogOptions options, OnRecords on_records)
    : state_(std::make_shared<State>(std::move(options), std::move(on_records))) {}

KafkaBasedLog::~KafkaBasedLog() { stop(); }

void KafkaBasedLog::start(Done done) {
    MILLRACE_ASSERT(!state_->writer.joinable());
    state_->writer = std::thread([state = state_.get(), done = std::move(done)] { state->run_writer(done); });
}

namespace {

template <class State, class C>
void enqueue(State& state, C command) {
    {
        const std::lock_guard lock(state.commands_mutex);
        if (!state.stopping) {
            state.commands.emplace_back(std::move(command));
            state.commands_ready.notify_all();
            return;
        }
    }
    command.done(stopped_error(state.options.topic));
}

}

void KafkaBasedLog::send(std::string key, std::optional<std::string> value, Done done) {
    enqueue(*state_, SendCommand{std::move(key), std::move(value), std::move(done), state_->options.lease->term()});
}

void KafkaBasedLog::read_to_end(Done done) { enqueue(*state_, ReadCommand{std::move(done)}); }

std::vector<std::int64_t> KafkaBasedLog::ends() const {
    const std::lock_guard lock(state_->positions_mutex);
    return state_->newest_ends;
}

void KafkaBasedLog::flush(Done done) { enqueue(*state_, FlushCommand{std::move(done)}); }

void KafkaBasedLog::stop() noexcept {
    {
        const std::lock_guard lock(state_->commands_mutex);
        state_->stopping = true;
        state_->commands_ready.notify_all();
    }
    if (state_->writer.joinable()) state_->writer.join();
    if (state_->reader.joinable()) state_->reader.join();
}

}
