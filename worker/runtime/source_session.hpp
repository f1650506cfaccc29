/// What one run of a source task holds: made when the task's thread begins, gone when it ends.
#pragma once
#include "worker/runtime/offset_committer.hpp"
#include "worker/runtime/source_pipeline.hpp"
#include "worker/runtime/submitted_records.hpp"
#include "worker/runtime/topic_creation.hpp"
#include "worker/runtime/worker_source_task.hpp"

namespace millrace::worker {

class WorkerSourceTask::Session : public SourceTaskContext {
public:
    explicit Session(WorkerSourceTask& task);

    void start();
    /// One round: what the task has, sent; acknowledgements and offsets looked after.
    void poll_and_send();
    /// Acknowledgements and offsets only.
    void tend();
    /// Waits for acknowledgements and stores offsets, within offset.flush.timeout.ms each.
    void finish() noexcept;
    void stop() noexcept;

    const Logger& logger() const noexcept override { return plugin_logger_; }
    std::string_view connector_name() const noexcept override { return task_.parts_.id.connector; }
    int task_id() const noexcept override { return task_.parts_.id.task; }
    std::optional<OffsetMap> offset(OffsetEntries partition) override;

private:
    void send_batch(SourceBatch batch);
    bool send(SourceRecord& record, std::uint64_t sequence, Arena& arena);
    void ensure_topic(std::string_view topic);
    bool wait_for_room();
    void fail_or_skip(std::uint64_t sequence, std::string_view topic, const std::exception& error);
    void on_delivery(const Delivery& delivery);
    void throw_if_failed();
    std::chrono::milliseconds poll_wait() const;
    SourcePipeline::Parts make_pipeline(const Settings& connector);
    std::optional<TopicCreator> make_topic_creator(const Settings& connector) const;
    Producer make_producer(const Settings& connector);
    bool wait(std::chrono::milliseconds time);
    std::string name() const { return to_string(task_.parts_.id); }

    WorkerSourceTask& task_;
    Logger logger_;
    Logger plugin_logger_;
    Settings connector_settings_;
    std::unique_ptr<Connector> connector_;
    std::unique_ptr<SourceTask> source_;
    ProcessingContext context_;
    SubmittedRecords submitted_;
    std::exception_ptr failure_;
    SourcePipeline pipeline_;
    std::optional<TopicCreator> topics_;
    Producer producer_;
    OffsetCommitter committer_;
    bool started_ = false;
    std::chrono::milliseconds poll_back_off_{100};
};

}
