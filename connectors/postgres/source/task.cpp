#include "connectors/postgres/source/task.hpp"

#include "connectors/postgres/source/record_factory.hpp"
#include "connectors/postgres/source/runner.hpp"

#include <fmt/format.h>

#include <chrono>
#include <random>
#include <thread>

namespace millrace::postgres {
namespace {

constexpr std::size_t default_queue_bytes = 4 * 1024 * 1024;

std::int64_t system_nanos() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string new_run_id() {
    std::random_device random;
    const auto word = [&] { return std::uint64_t{random()}; };
    return uuid_v7(system_nanos() / 1'000'000, static_cast<std::uint16_t>(word()), (word() << 32) | word());
}

std::optional<OffsetState> stored_offset(SourceTaskContext& context, const std::string& prefix) {
    Arena arena(256);
    const auto offset = context.offset(source_partition(prefix, arena));
    if (!offset || offset->empty()) return std::nullopt;
    return read_offset(offset->entries());
}

}

struct PostgresTask::Running {
    Running(SourceConfig c, SourceTaskContext& context, std::optional<OffsetState> stored)
        : config(std::move(c)),
          records(config, std::to_string(context.task_id()), new_run_id(), system_nanos),
          queue({.bytes = config.max_queue_bytes > 0 ? config.max_queue_bytes : default_queue_bytes,
                 .records = config.max_queue_records}),
          metrics(config.topics.prefix, queue, system_nanos, config.metric_tags),
          runner({.config = config,
                  .queue = queue,
                  .records = records,
                  .logger = context.logger(),
                  .stored = std::move(stored),
                  .stored_now = [this, &context] { return stored_offset(context, config.topics.prefix); },
                  .clock = system_nanos,
                  .open_topic = [&context](const std::string& topic,
                                           const Settings& client) { return context.read_topic(topic, client); },
                  .metrics = metrics}),
          thread([this] { runner.run(); }) {}

    SourceConfig config;
    RecordFactory records;
    BatchQueue queue;
    SourceMetrics metrics;
    Runner runner;
    std::jthread thread;
};

PostgresTask::PostgresTask() = default;
PostgresTask::~PostgresTask() { stop(); }

void PostgresTask::start(const Settings& settings, SourceTaskContext& context) {
    const auto& logger = context.logger();
    auto config = parse_config(settings, [&](const std::string& line) { logger.warn("{}", line); });
    auto stored = stored_offset(context, config.topics.prefix);
    if (stored) {
        logger.info("Resuming from the stored offset: lsn {}, snapshot {}", to_string(stored->lsn),
                    stored->snapshot == SnapshotKind::None ? "none"
                    : stored->snapshot_unfinished()        ? "unfinished"
                                                           : "complete");
    }
    running_ = std::make_unique<Running>(std::move(config), context, std::move(stored));
    context.publish_metrics([&metrics = running_->metrics](MetricWriter& writer) { metrics.collect(writer); });
    running_->runner.wait_for_slot(stop_);
}

SourceBatch PostgresTask::poll(std::stop_token stop, std::chrono::milliseconds max_wait) {
    auto batch = running_->queue.pop(std::move(stop), max_wait);
    return batch ? std::move(*batch) : SourceBatch{};
}

void PostgresTask::offset_committed(OffsetEntries, OffsetEntries offset) {
    if (running_) running_->runner.confirm(read_offset(offset));
}

void PostgresTask::stop() noexcept {
    if (!running_) return;
    running_->runner.stop();
    if (running_->thread.joinable()) running_->thread.join();
}

}
