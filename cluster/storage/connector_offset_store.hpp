/// The offsets of one connector that has a topic of its own: what is there counts, what only the worker's topic has is
/// found too (KIP-618).
///
/// Writes  Removals go to the worker's topic first, or they would come to light again; then all to the connector's;
///         then what was stored is copied to the worker's, where a failure is a line in the log.
#pragma once
#include "cluster/storage/offset_backing_store.hpp"

namespace millrace::cluster {

class ConnectorOffsetStore : public worker::OffsetStore, public std::enable_shared_from_this<ConnectorOffsetStore> {
public:
    /// Makes the topic if it is missing, and reads it to its end: blocks. `shared` is the worker's and outlives this.
    /// Throws RetriableException when that takes too long, ConfigException for a topic that will not do. `lease`
    /// and `metrics` are TopicLogOptions'.
    ConnectorOffsetStore(worker::InternalTopicConfig topic, const worker::OffsetClients& clients,
                         OffsetBackingStore& shared, std::shared_ptr<const worker::Lease> lease,
                         std::shared_ptr<worker::ClientMetricsList> metrics, Logger logger);

    std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) override;
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) override;
    void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) override;
    TopicRecords records(const std::string& connector, const Entries& entries) override;
    void before_transaction(const std::string& connector, const Entries& entries) override;
    void after_transaction(const std::string& connector, const Entries& entries) noexcept override;

private:
    void store_all(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done);

    OffsetBackingStore& shared_;
    Logger logger_;
    OffsetBackingStore own_;
};

}
