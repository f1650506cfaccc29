/// A source task's transactions, and what it was told of them.
#pragma once
#include "worker/kafka/client_config.hpp"
#include "worker/runtime/source_transaction.hpp"

#include <atomic>
#include <chrono>

namespace millrace::worker::test {

using namespace std::chrono_literals;

inline constexpr auto topic = "millrace-transaction-test";
inline constexpr auto offset_topic = "millrace-transaction-test-offsets";

inline Producer producer_of(const std::string& broker) {
    return Producer(
        translate(ClientKind::Producer, transactional({{"bootstrap.servers", broker}}, "millrace-transaction-test-0")),
        {}, [](const Delivery&) {});
}

struct Store : OffsetStore {
    std::optional<OffsetMap> read(const std::string&, OffsetEntries) override { return std::nullopt; }
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string&) override { return {}; }
    void write(const std::string&, Entries, std::function<void(std::exception_ptr)>) override {}
    TopicRecords records(const std::string& connector, const Entries& entries) override {
        TopicRecords found{.topic = offset_topic};
        found.records.assign(entries.size(), {connector, "offset"});
        return found;
    }
    void after_transaction(const std::string&, const Entries& entries) noexcept override { stored += entries.size(); }
    std::size_t stored = 0;
};

struct TransactionFixture {
    TransactionFixture(const std::string& broker, TransactionBoundary boundary, std::chrono::milliseconds interval = 1h,
                       std::chrono::milliseconds longest = 1h)
        : producer(producer_of(broker)),
          transaction(
              producer, store, "connector",
              {.boundary = boundary,
               .interval = interval,
               .longest = longest,
               .task = "connector-0",
               .given_up = [this] { return given_up.load(); }},
              [this](OffsetEntries, OffsetEntries offset) { committed.push_back(offset[0].value.as_integer()); }) {
        producer.init_transactions({.longest = 30s});
    }
    /// A batch of records with the offsets from `first` on, sent.
    void send(std::int64_t first, std::size_t count) {
        SourceBatch batch;
        batch.offsets = std::make_shared<Arena>();
        batch.partitions.push_back(partition.entries());
        std::vector<OffsetMap> offsets(count);
        for (std::size_t i = 0; i < count; ++i) {
            offsets[i].set("n", Value::int64(first + static_cast<std::int64_t>(i)));
            auto& record = batch.records.emplace_back();
            record.topic = topic;
            record.source_offset = offsets[i].entries();
        }
        std::size_t staged = 0;
        for (std::size_t i = 0; i < count; ++i) {
            transaction.begin(topic);
            producer.send({.topic = topic, .value = "v"});
            if (!transaction.ends_after(i)) continue;
            transaction.stage(batch, std::exchange(staged, i + 1), i + 1);
            transaction.end_after(i);
        }
        transaction.stage(batch, staged, count);
        transaction.after_batch();
    }

    std::atomic<bool> given_up = false;
    Store store;
    Producer producer;
    std::vector<std::int64_t> committed;
    OffsetMap partition = [] {
        OffsetMap map;
        map.set("p", Value::int64(1));
        return map;
    }();
    SourceTransaction transaction;
};

}
