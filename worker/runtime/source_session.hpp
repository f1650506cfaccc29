/// Runs one source task: polls, transforms, converts, sends, and stores offsets once their records are acknowledged, or
/// in one transaction with them where the worker writes exactly once.
#pragma once
#include "worker/runtime/offset_committer.hpp"
#include "worker/runtime/source_pipeline.hpp"
#include "worker/runtime/source_transaction.hpp"
#include "worker/runtime/submitted_records.hpp"
#include "worker/runtime/task_session.hpp"
#include "worker/runtime/topic_creation.hpp"

#include <unordered_map>

namespace millrace::worker {

class SourceSession final : public TaskSession, public SourceTaskContext {
public:
    explicit SourceSession(WorkerTask& task);

    void start() override;
    /// What the task has, sent; acknowledgements and offsets looked after.
    void round() override;
    /// Acknowledgements and offsets only.
    void paused_round() override;
    void pause() override;
    /// Waits for acknowledgements and stores offsets, within offset.flush.timeout.ms in all.
    void finish() noexcept override;
    void stop() noexcept override;

    const Logger& logger() const noexcept override { return plugin_logger_; }
    std::string_view connector_name() const noexcept override { return parts().id.connector; }
    int task_id() const noexcept override { return parts().id.task; }
    std::optional<OffsetMap> offset(OffsetEntries partition) override;
    std::unique_ptr<TopicReader> read_topic(const std::string& topic, const Settings& client) override;
    TransactionContext* transaction_context() noexcept override;
    void publish_metrics(MetricCollector collector) override { task_.metrics().plugin_metrics(std::move(collector)); }

private:
    bool exactly_once() const noexcept { return static_cast<bool>(parts().gate); }
    std::shared_ptr<OffsetStore> make_own_offsets();
    OffsetStore& offsets() const noexcept { return own_offsets_ ? *own_offsets_ : parts().offsets; }
    std::unique_ptr<SourceTransaction> make_transaction();
    void tell_committed(OffsetEntries partition, OffsetEntries offset);
    void take_over_producers();
    void pass(std::string_view what, const ProducerGate::Step& step);
    std::optional<SourceBatch> poll_source();
    void send_in_transaction(SourceBatch batch);
    void finish_transaction();
    void tend();
    void count();
    void send_batch(SourceBatch batch);
    bool send(SourceRecord& record, std::uint64_t sequence, Arena& arena);
    void acknowledge(std::uint64_t sequence) {
        if (!transaction_) submitted_.acknowledge(sequence);
    }
    void ensure_topic(std::string_view topic);
    bool wait_for_room();
    void commit_when_due();
    void fail_or_skip(std::uint64_t sequence, std::string_view topic, const std::exception& error);
    void on_delivery(const Delivery& delivery);
    /// Whether the log shows records that brokers refuse: a record in a transaction is not passed over.
    bool tells_of_refused() const { return !transaction_ && context_.tolerates() && context_.logs_records(); }
    void throw_if_failed();
    std::chrono::milliseconds poll_wait() const;
    std::optional<TopicCreator> make_topic_creator() const;
    Producer make_producer();
    Settings in_transactions(const Settings& producer);

    std::unique_ptr<SourceTask> source_;
    SubmittedRecords submitted_;
    std::exception_ptr failure_;
    std::unordered_map<std::uint64_t, std::string> texts_;  ///< of records under way, if tells_of_refused()
    SourcePipeline pipeline_;
    std::optional<TopicCreator> topics_;
    std::shared_ptr<OffsetStore> own_offsets_;  ///< null: the worker's
    Producer producer_;
    std::unique_ptr<SourceTransaction> transaction_;  ///< null unless exactly_once()
    OffsetCommitter committer_;
    bool started_ = false;
    bool interrupted_ = false;  ///< the last round ended with an exception
    // Records that carry something, not offsets alone:
    std::size_t written_ = 0;     ///< acknowledged since the metrics were told
    std::size_t unfinished_ = 0;  ///< polled and neither acknowledged nor dropped
    std::size_t active_told_ = 0;
    std::chrono::milliseconds poll_back_off_{retry_wait};
};

}
