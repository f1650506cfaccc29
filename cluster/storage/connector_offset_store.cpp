#include "cluster/storage/connector_offset_store.hpp"

#include "cluster/storage/offset_records.hpp"
#include "cluster/storage/topic_creation.hpp"
#include "worker/runtime/answer.hpp"

#include <unordered_map>

namespace millrace::cluster {

namespace {

constexpr std::chrono::seconds topic_timeout{60};

TopicLogOptions log_options(worker::InternalTopicConfig topic, const worker::OffsetClients& clients,
                            std::shared_ptr<const worker::Lease> lease,
                            std::shared_ptr<worker::ClientMetricsList> metrics, const Logger& logger) {
    using worker::ClientKind;
    return {.topic = topic.name,
            .consumer = worker::translate(ClientKind::Consumer, clients.consumer),
            .producer = worker::translate(ClientKind::Producer, clients.producer),
            .admin = worker::translate(ClientKind::Admin, clients.admin),
            .prepare =
                [topic, logger](worker::Admin& admin) {
                    ensure_internal_topic(admin, topic, offset_topic_role, topic_timeout, logger);
                },
            .logger = logger,
            .lease = std::move(lease),
            .clients = std::move(metrics)};
}

OffsetBackingStore::Entries chosen(const OffsetBackingStore::Entries& entries, bool removals) {
    OffsetBackingStore::Entries found;
    for (const auto& entry : entries) {
        if (!entry.second == removals) found.push_back(entry);
    }
    return found;
}

void wait_for(const std::shared_ptr<worker::Answer>& answer, const char* what) {
    const auto given = answer->wait_until(std::chrono::steady_clock::now() + OffsetBackingStore::read_limit);
    if (!given) throw RetriableException(std::string(what) + " takes too long: the broker may be away");
    if (*given) std::rethrow_exception(*given);
}

void copy_to(OffsetBackingStore& shared, const std::string& connector, const OffsetBackingStore::Entries& entries,
             const Logger& logger) noexcept {
    if (entries.empty()) return;
    try {
        shared.write(connector, entries, [logger, connector](const std::exception_ptr& error) {
            if (error) logger.warn("Offsets of connector {} are in its own topic, but not in the worker's", connector);
        });
    } catch (const std::exception& e) {
        logger.warn("Offsets of connector {} could not be copied to the worker's topic: {}", connector, e.what());
    }
}

std::exception_ptr gone() {
    return std::make_exception_ptr(ConnectException("The connector's offset store was closed meanwhile"));
}

}

ConnectorOffsetStore::ConnectorOffsetStore(worker::InternalTopicConfig topic, const worker::OffsetClients& clients,
                                           OffsetBackingStore& shared, std::shared_ptr<const worker::Lease> lease,
                                           std::shared_ptr<worker::ClientMetricsList> metrics, Logger logger)
    : shared_(shared),
      logger_(std::move(logger)),
      own_(log_options(std::move(topic), clients, std::move(lease), std::move(metrics), logger_)) {
    const auto started = std::make_shared<worker::Answer>();
    own_.start([started](std::exception_ptr error) { started->give(std::move(error)); });
    wait_for(started, "Reading the connector's own offsets topic");
}

std::optional<OffsetMap> ConnectorOffsetStore::read(const std::string& connector, OffsetEntries partition) {
    if (auto found = own_.read(connector, partition)) return found;
    return shared_.read(connector, partition);
}

std::vector<std::pair<OffsetMap, OffsetMap>> ConnectorOffsetStore::list(const std::string& connector) {
    std::vector<std::pair<OffsetMap, OffsetMap>> found;
    std::unordered_map<std::string, std::size_t> places;
    for (auto* store : {&shared_, &own_}) {
        for (auto& entry : store->list(connector)) {
            const auto [at, is_new] =
                places.try_emplace(canonical_offset_key(connector, entry.first.entries()), found.size());
            if (is_new) {
                found.push_back(std::move(entry));
            } else {
                found[at->second] = std::move(entry);
            }
        }
    }
    return found;
}

void ConnectorOffsetStore::write(const std::string& connector, Entries entries,
                                 std::function<void(std::exception_ptr)> done) {
    auto removals = chosen(entries, true);
    if (removals.empty()) return store_all(connector, std::move(entries), std::move(done));
    shared_.write(connector, std::move(removals),
                  [weak = weak_from_this(), connector, entries = std::move(entries),
                   done = std::move(done)](const std::exception_ptr& error) mutable {
                      const auto self = weak.lock();
                      if (error || !self) return done(error ? error : gone());
                      self->store_all(connector, std::move(entries), std::move(done));
                  });
}

void ConnectorOffsetStore::store_all(const std::string& connector, Entries entries,
                                     std::function<void(std::exception_ptr)> done) {
    auto copies = chosen(entries, false);
    // On a thread of own_'s, where nothing may hold this.
    own_.write(connector, std::move(entries),
               [&shared = shared_, logger = logger_, connector, copies = std::move(copies),
                done = std::move(done)](const std::exception_ptr& error) {
                   if (!error) copy_to(shared, connector, copies, logger);
                   done(error);
               });
}

OffsetBackingStore::TopicRecords ConnectorOffsetStore::records(const std::string& connector, const Entries& entries) {
    return own_.records(connector, entries);
}

void ConnectorOffsetStore::before_transaction(const std::string& connector, const Entries& entries) {
    auto removals = chosen(entries, true);
    if (removals.empty()) return;
    const auto removed = std::make_shared<worker::Answer>();
    shared_.write(connector, std::move(removals),
                  [removed](std::exception_ptr error) { removed->give(std::move(error)); });
    wait_for(removed, "Removing offsets from the worker's offsets topic");
}

void ConnectorOffsetStore::after_transaction(const std::string& connector, const Entries& entries) noexcept {
    copy_to(shared_, connector, chosen(entries, false), logger_);
}

}
