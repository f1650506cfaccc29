/// Runs one sink task: consumes, converts, transforms, puts, and commits the group's offsets once the task has made its
/// records safe.
///
/// Promise  An offset is committed only after put() took the records before it, pre_commit() agreed, and the dead
/// letter
///          queue has those that were refused. So a crash at any point repeats records and loses none.
/// Facts    Kafka Connect, WorkerSinkTask: order of calls, what ends the task, messages.
#pragma once
#include "worker/kafka/group_consumer.hpp"
#include "worker/runtime/dead_letter_queue.hpp"
#include "worker/runtime/sink_offsets.hpp"
#include "worker/runtime/sink_pipeline.hpp"
#include "worker/runtime/sink_subscription.hpp"
#include "worker/runtime/task_session.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <set>

namespace millrace::worker {

class SinkSession final : public TaskSession,
                          public SinkTaskContext,
                          private RebalanceListener,
                          private ErrantRecordReporter {
public:
    explicit SinkSession(WorkerTask& task);

    void start() override;
    void round() override;
    /// As a round: the partitions are paused, the membership goes on.
    void paused_round() override { round(); }
    void pause() override;
    void resume() override;
    void finish() noexcept override;
    void stop() noexcept override;

    const Logger& logger() const noexcept override { return plugin_logger_; }
    std::string_view connector_name() const noexcept override { return parts().id.connector; }
    int task_id() const noexcept override { return parts().id.task; }
    std::vector<TopicPartition> assignment() const override;
    void rewind(const TopicOffsets& offsets) override;
    void set_timeout(std::chrono::milliseconds timeout) override;
    void pause(std::span<const TopicPartition> partitions) override;
    void resume(std::span<const TopicPartition> partitions) override;
    void request_commit() override { commit_requested_ = true; }
    ErrantRecordReporter* errant_record_reporter() noexcept override { return context_.reports() ? this : nullptr; }
    void publish_metrics(MetricCollector collector) override { task_.metrics().plugin_metrics(std::move(collector)); }

private:
    using Clock = std::chrono::steady_clock;

    void on_assigned(std::span<const TopicPartition> partitions, TopicOffsets& start) override;
    void on_ready() override;
    void on_revoked(std::span<const TopicPartition> partitions, bool lost) override;
    void report(const SinkRecord& record, std::exception_ptr error) override;

    std::unique_ptr<DeadLetterQueue> make_dead_letter_queue();
    Settings consumer_settings() const;
    void make_consumer();
    void subscribe_when_due();
    void subscribe(std::vector<std::string> topics);
    Clock::time_point next_turn() const;
    bool poll();
    void deliver();
    void apply_rewinds();
    void rewound(const TopicOffsets& offsets);
    void apply_pauses();
    /// As Java, which lets everything pass while the connector is paused.
    void require_assigned(std::span<const TopicPartition> partitions, std::string_view what) const;
    void commit_when_due();
    void commit(std::span<const TopicPartition> partitions, bool closing);
    std::optional<TopicOffsets> ask_task(const TopicOffsets& offsets, std::span<const TopicPartition> partitions,
                                         bool closing);
    void rewind_to_committed(std::span<const TopicPartition> partitions);
    void send_commit(const TopicOffsets& offsets, bool closing);
    /// What pre_commit left nothing to commit of succeeded, what it refused failed.
    void lower_to_rewinds(TopicOffsets& offsets) const;
    void measure_commit(bool success);
    void measure_active();
    void on_committed(std::uint64_t sequence, const TopicOffsets& offsets, const std::exception_ptr& error);
    void close_partitions(std::span<const TopicPartition> partitions, bool lost);

    std::unique_ptr<SinkTask> sink_;
    SinkSubscription subscription_;
    std::unique_ptr<DeadLetterQueue> dead_letters_;
    SinkPipeline pipeline_;
    std::unique_ptr<GroupConsumer> consumer_;
    SinkBatch batch_;  ///< read and not yet taken by put(); goes before the consumer
    SinkOffsets offsets_;

    std::size_t max_poll_records_ = 0;
    std::chrono::milliseconds metadata_max_age_{300'000};
    std::vector<std::string> subscribed_;
    Clock::time_point next_subscribe_{};

    TopicOffsets rewinds_;
    std::set<TopicPartition> paused_by_task_;
    std::vector<TopicPartition> opening_;  ///< during open(): the consumer does not have them yet
    bool paused_ = false;
    bool redelivering_ = false;  ///< put() wants the batch again; nothing else is read meanwhile
    std::optional<std::chrono::milliseconds> timeout_;
    std::exception_ptr errant_failure_;

    Clock::time_point next_commit_;
    Clock::time_point commit_started_{};
    std::uint64_t commit_sequence_ = 0;
    bool committing_ = false;
    bool commit_requested_ = false;
    bool started_ = false;
    bool rebalance_failed_ = false;  ///< the task ends, and is not asked to open anything any more
};

}
