/// The one task of a PostgreSQL connector: starts the decoder's thread and hands its batches to the worker.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/api/stop_aware.hpp"
#include "connectors/postgres/source/config.hpp"

#include <memory>

namespace millrace::postgres {

class PostgresTask : public SourceTask, public StopAware {
public:
    PostgresTask();
    ~PostgresTask() override;
    void use_stop(const std::stop_token& stop) override { stop_ = stop; }
    /// Returns once the slot is there: what is written to the tables from then on is sent.
    void start(const Settings& settings, SourceTaskContext& context) override;
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override;
    void offset_committed(OffsetEntries partition, OffsetEntries offset) override;
    void stop() noexcept override;

private:
    struct Running;
    std::stop_token stop_;
    std::unique_ptr<Running> running_;
};

}
