#include "cluster/storage/offset_backing_store.hpp"

#include "cluster/storage/connector_offset_store.hpp"
#include "cluster/storage/offset_records.hpp"

#include <atomic>
#include <future>
#include <mutex>

namespace millrace::cluster {

struct OffsetBackingStore::State {
    explicit State(Logger l) : logger(std::move(l)) {}
    Logger logger;
    mutable std::mutex mutex;
    OffsetTable table;

    void apply(const std::vector<LogRecord>& records) {
        const std::lock_guard lock(mutex);
        for (const auto& record : records)
            if (const auto problem = table.apply(record.key, record.value); !problem.empty())
                logger.warn("{}", problem);
    }
};

OffsetBackingStore::OffsetBackingStore(TopicLogOptions options, ConnectorOffsetTopics connectors)
    : topic_(options.topic),
      connectors_(std::move(connectors)),
      lease_(options.lease),
      metrics_(options.clients),
      state_(std::make_shared<State>(options.logger)),
      log_(std::move(options), [state = state_](std::vector<LogRecord> records) { state->apply(records); }) {}

OffsetBackingStore::~OffsetBackingStore() { stop(); }

void OffsetBackingStore::start(KafkaBasedLog::Done done) { log_.start(std::move(done)); }

void OffsetBackingStore::stop() noexcept { log_.stop(); }

void OffsetBackingStore::read_to_end() {
    const auto reached = std::make_shared<std::promise<void>>();
    auto end = reached->get_future();
    log_.read_to_end([reached](std::exception_ptr error) {
        if (error) {
            reached->set_exception(error);
        } else {
            reached->set_value();
        }
    });
    if (end.wait_for(read_limit) != std::future_status::ready)
        throw RetriableException("Reading to the end of the offsets topic takes more than " +
                                 std::to_string(read_limit.count()) + " s: the broker may be away");
    end.get();
}

std::optional<OffsetMap> OffsetBackingStore::read(const std::string& connector, OffsetEntries partition) {
    read_to_end();
    const std::lock_guard lock(state_->mutex);
    return state_->table.find(connector, partition);
}

void OffsetBackingStore::write(const std::string& connector, Entries entries,
                               std::function<void(std::exception_ptr)> done) {
    struct Pending {
        std::atomic<std::size_t> left;
        std::mutex mutex;
        std::exception_ptr error;
        std::function<void(std::exception_ptr)> done;
    };
    if (entries.empty()) {
        log_.flush(std::move(done));
        return;
    }
    auto pending = std::make_shared<Pending>();
    pending->left = entries.size();
    pending->done = std::move(done);
    for (auto& [key, value] : records(connector, entries).records) {
        log_.send(std::move(key), std::move(value), [pending](std::exception_ptr error) {
            if (error) {
                const std::lock_guard lock(pending->mutex);
                pending->error = error;
            }
            if (pending->left.fetch_sub(1) == 1) pending->done(pending->error);
        });
    }
}

OffsetBackingStore::TopicRecords OffsetBackingStore::records(const std::string& connector, const Entries& entries) {
    TopicRecords found{.topic = topic_};
    const std::lock_guard lock(state_->mutex);
    for (const auto& [partition, offset] : entries) {
        found.records.emplace_back(state_->table.key_bytes(connector, partition.entries()),
                                   offset ? std::optional(offset_value(offset->entries())) : std::nullopt);
    }
    return found;
}

std::shared_ptr<worker::OffsetStore> OffsetBackingStore::of_connector(const worker::OffsetClients& clients) {
    const auto brokers = clients.producer.find("bootstrap.servers");
    const bool same_brokers = brokers == clients.producer.end() || brokers->second == connectors_.brokers;
    if (same_brokers && (clients.topic.empty() || clients.topic == topic_)) return nullptr;
    auto topic = connectors_.like;
    if (!clients.topic.empty()) topic.name = clients.topic;
    return std::make_shared<ConnectorOffsetStore>(std::move(topic), clients, *this, lease_, metrics_, state_->logger);
}

std::vector<std::pair<OffsetMap, OffsetMap>> OffsetBackingStore::list(const std::string& connector) {
    read_to_end();
    const std::lock_guard lock(state_->mutex);
    return state_->table.entries(connector);
}

}
