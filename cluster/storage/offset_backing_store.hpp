/// The offset topic: how far source connectors are. Safe from any thread; read() blocks.
///
/// A connector may have a topic of its own (offsets.storage.topic), maybe on other brokers: of_connector() gives the
/// store over both.
#pragma once
#include "cluster/storage/kafka_based_log.hpp"
#include "cluster/storage/offset_table.hpp"
#include "worker/runtime/stores.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millrace::cluster {

/// How topics of connectors are made, and what tells that one is the worker's.
struct ConnectorOffsetTopics {
    worker::InternalTopicConfig like = {};  ///< the worker's own
    std::string brokers = {};               ///< its bootstrap.servers
};

class OffsetBackingStore : public worker::OffsetStore {
public:
    static constexpr std::chrono::seconds read_limit{30};

    explicit OffsetBackingStore(TopicLogOptions options, ConnectorOffsetTopics connectors = {});
    ~OffsetBackingStore() override;

    /// `done`, on another thread, when the topic was read to its end.
    void start(KafkaBasedLog::Done done);
    void stop() noexcept;

    std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) override;
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) override;
    void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) override;
    std::shared_ptr<worker::OffsetStore> of_connector(const worker::OffsetClients& clients) override;
    TopicRecords records(const std::string& connector, const Entries& entries) override;

private:
    struct State;
    void read_to_end();

    std::string topic_;
    ConnectorOffsetTopics connectors_;
    std::shared_ptr<const worker::Lease> lease_;
    std::shared_ptr<worker::ClientMetricsList> metrics_;

    std::shared_ptr<State> state_;
    KafkaBasedLog log_;
};

}
