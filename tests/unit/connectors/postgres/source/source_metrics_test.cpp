#include "connectors/postgres/source/source_metrics.hpp"

#include "connectors/postgres/source/retained_wal.hpp"
#include "tests/pch.hpp"

#include <set>

namespace millrace::postgres {

namespace {

/// "name{context,more}" of what was written.
struct Written : MetricWriter {
    std::map<std::string, double> values;
    std::set<std::string_view> names;
    void write(const MetricKey& metric, double value, std::span<const MetricLabel> labels) override {
        std::string text(metric.name);
        for (const auto& label : labels) text += "," + std::string(label.value);
        CHECK(values.emplace(text, value).second);
        names.insert(metric.name);
    }
    double of(const std::string& name, const std::string& context, const std::string& more = "") const {
        return values.at("debezium_metrics_" + name + ",postgres,shop," + context + more);
    }
};

std::int64_t noon() { return 43'200'000'000'000; }

}

TEST_CASE("A source tells what Debezium's MBeans tell", "[postgres][metrics]") {
    BatchQueue queue({.bytes = 1000, .records = 10});
    SourceMetrics metrics("shop", queue, noon);
    metrics.snapshot("STARTED", {});
    metrics.snapshot("DATA_COLLECTIONS_RESOLVED", {{"data_collections", "public.a,public.b"}});
    metrics.scanned("public.a", 2);
    Written within;
    metrics.collect(within);
    CHECK(within.of("RowsScanned", "snapshot", ",public.a") == 2);
    CHECK(within.of("RemainingTableCount", "snapshot") == 2);

    metrics.snapshot("TABLE_SCAN_COMPLETED", {{"scanned_collection", "public.a"}, {"total_rows_scanned", "3"}});
    metrics.read(3);
    metrics.bad_row();
    Written during;
    metrics.collect(during);
    CHECK(during.of("SnapshotRunning", "snapshot") == 1);
    CHECK(during.of("TotalTableCount", "snapshot") == 2);
    CHECK(during.of("RemainingTableCount", "snapshot") == 1);
    CHECK(during.of("RowsScanned", "snapshot", ",public.a") == 3);
    CHECK(during.of("TotalNumberOfReadEventsSeen", "snapshot") == 3);
    CHECK(during.of("NumberOfErroneousEvents", "snapshot") == 1);
    CHECK(during.of("QueueTotalCapacity", "streaming") == 10);
    CHECK(during.of("Connected", "streaming") == 0);

    metrics.snapshot("COMPLETED", {});
    for (const auto* type : {"STARTED", "IN_PROGRESS", "IN_PROGRESS"}) metrics.notified("Incremental Snapshot", type);
    metrics.connected(true);
    metrics.streamed({.creates = 4, .updates = 2, .transactions = 1, .last_event_usec = noon() / 1000 - 250'000});
    metrics.connected(false);
    metrics.connected(true);  // a lost connection: counts go on
    metrics.streamed({.creates = 1, .filtered = 5, .last_event_usec = noon() / 1000 - 750'000, .lsn = 99});
    metrics.retained_wal(4096);
    Written after;
    metrics.collect(after);
    CHECK(after.of("SnapshotCompleted", "snapshot") == 1);
    CHECK(after.of("SnapshotRunning", "snapshot") == 0);
    CHECK(after.of("Connected", "streaming") == 1);
    CHECK(after.of("TotalNumberOfCreateEventsSeen", "streaming") == 5);
    CHECK(after.of("TotalNumberOfEventsSeen", "streaming") == 12);
    CHECK(after.of("NumberOfEventsFiltered", "streaming") == 5);
    CHECK(after.of("NumberOfCommittedTransactions", "streaming") == 1);
    CHECK(after.of("MilliSecondsBehindSource", "streaming") == 750);
    CHECK(after.of("MilliSecondsBehindSourceMinValue", "streaming") == 250);
    CHECK(after.of("MilliSecondsBehindSourceAverageValue", "streaming") == 500);
    CHECK(after.of("MilliSecondsBehindSourceP99", "streaming") == 750);
    CHECK(after.of("SourceEventPosition", "streaming", ",lsn") == 99);
    CHECK(after.values.at("millrace_postgres_slot_retained_wal_bytes,postgres,shop,streaming") == 4096);
    const auto notified = [&](const std::string& type) {
        return after.values.at(
            "millrace_postgres_notifications_total,postgres,shop,notifications,Incremental Snapshot," + type);
    };
    CHECK(notified("STARTED") == 1);
    CHECK(notified("IN_PROGRESS") == 2);
    // The table is what is written, and nothing else.
    std::set<std::string_view> table;
    for (const auto& key : source_metric_keys()) table.insert(key.name);
    CHECK(table == after.names);
}

TEST_CASE("Every metric of a source has the labels of custom.metric.tags", "[postgres][metrics]") {
    struct Labels : MetricWriter {
        std::size_t written = 0;
        std::size_t tagged = 0;
        void write(const MetricKey&, double, std::span<const MetricLabel> labels) override {
            ++written;
            const auto is = [](const MetricLabel& label) { return label.name == "team" && label.value == "north"; };
            tagged += static_cast<std::size_t>(std::ranges::count_if(labels, is));
        }
    };
    BatchQueue queue({.bytes = 1000, .records = 10});
    SourceMetrics metrics("shop", queue, noon, {{"team", "north"}});
    metrics.notified("Initial Snapshot", "STARTED");
    Labels labels;
    metrics.collect(labels);
    CHECK(labels.written > 30);
    CHECK(labels.tagged == labels.written);
}

TEST_CASE("Retained WAL is worth a warning at the limit and each time that it has doubled", "[postgres][metrics]") {
    CHECK_FALSE(retained_wal_is_news(99, 100, 0));
    CHECK(retained_wal_is_news(100, 100, 0));
    CHECK_FALSE(retained_wal_is_news(199, 100, 100));
    CHECK(retained_wal_is_news(200, 100, 100));
    CHECK_FALSE(retained_wal_is_news(1'000'000, 0, 0));
}

}
