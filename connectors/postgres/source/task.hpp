/// The one task of a PostgreSQL connector: starts the decoder's thread and hands its batches to the worker.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/postgres/source/config.hpp"

#include <memory>

namespace millrace::postgres {

class PostgresTask : public SourceTask {
public:
    PostgresTask();
    ~PostgresTask() override;
    void start(const Settings& settings, SourceTaskContext& context) override;
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override;
    void offset_committed(OffsetEntries partition, OffsetEntries offset) override;
    void stop() noexcept override;

private:
    struct Running;
    std::unique_ptr<Running> running_;
};

}
