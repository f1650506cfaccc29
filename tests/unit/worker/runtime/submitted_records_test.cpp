#include "worker/runtime/submitted_records.hpp"

#include "tests/pch.hpp"

#include <random>

using namespace millrace;
using namespace millrace::worker;

namespace {

/// One batch: of each record its partition ("a", "b", ...); its offset is a number that counts up.
struct Source {
    std::int64_t next = 0;
    SourceBatch batch(std::string_view partitions) {
        SourceBatch made;
        made.offsets = std::make_shared<Arena>();
        const auto entry = [&](std::string_view key, Value value) {
            auto* e = made.offsets->make_array<OffsetEntry>(1);
            e[0] = {key, value};
            return OffsetEntries{e, 1};
        };
        std::string seen;
        for (const char p : partitions) {
            auto at = seen.find(p);
            if (at == std::string::npos) {
                at = seen.size();
                seen += p;
                made.partitions.push_back(entry("p", Value::string(made.offsets->copy(std::string(1, p)))));
            }
            auto& record = made.records.emplace_back();
            record.source_partition = static_cast<std::uint32_t>(at);
            record.source_offset = entry("n", Value::int64(next++));
        }
        return made;
    }
};

std::map<std::string, std::int64_t> committable(SubmittedRecords& records) {
    std::map<std::string, std::int64_t> found;
    for (const auto& [partition, offset] : records.take_committable().entries) {
        found[std::string(partition.find("p")->as_text())] = offset->find("n")->as_integer();
    }
    return found;
}

using Offsets = std::map<std::string, std::int64_t>;

}

TEST_CASE("the committable offset ends the longest acknowledged prefix") {
    Source source;
    SubmittedRecords records;
    CHECK(records.submit(source.batch("aaa")) == 0);
    CHECK(records.submit(source.batch("aa")) == 3);
    CHECK(committable(records).empty());
    records.acknowledge(1);
    CHECK(committable(records).empty());
    records.acknowledge(0);
    CHECK(committable(records) == Offsets{{"a", 1}});
    CHECK(committable(records).empty());  // nothing new
    records.acknowledge(3);
    records.acknowledge(4);
    CHECK(committable(records).empty());
    records.acknowledge(2);
    CHECK(records.pending() == 0);
    CHECK(committable(records) == Offsets{{"a", 4}});
}

TEST_CASE("one source partition does not hold up another") {
    Source source;
    SubmittedRecords records;
    records.submit(source.batch("abab"));
    records.submit(source.batch("bbac"));
    for (const auto n : {1, 3, 4, 5, 7}) records.acknowledge(static_cast<std::uint64_t>(n));
    CHECK(committable(records) == Offsets{{"b", 5}, {"c", 7}});
    CHECK(committable(records).empty());
    records.acknowledge(0);
    CHECK(committable(records) == Offsets{{"a", 0}});
    records.acknowledge(2);
    records.acknowledge(6);
    CHECK(committable(records) == Offsets{{"a", 6}});
    CHECK(records.pending() == 0);
}

TEST_CASE("what could not be stored is committable again, newer offsets first") {
    Source source;
    SubmittedRecords records;
    records.submit(source.batch("ab"));
    records.acknowledge(0);
    records.acknowledge(1);
    const auto failed = records.take_committable();
    CHECK(failed.records == 2);
    records.submit(source.batch("a"));
    records.acknowledge(2);
    records.put_back(failed);
    const auto again = records.take_committable();
    CHECK(again.records == 3);
    REQUIRE(again.entries.size() == 2);
    CHECK(again.entries[0].second->find("n")->as_integer() == 2);
    CHECK(again.entries[1].second->find("n")->as_integer() == 1);
}

TEST_CASE("whatever the order of acknowledgements, the prefix is right") {
    const auto seed = GENERATE(range(0U, 200U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    Source source;
    SubmittedRecords records;
    std::string all;  // the partition of each record, by number
    for (int i = 0; i < 5; ++i) {
        std::string partitions(1 + random() % 6, 'a');
        for (auto& p : partitions) p = static_cast<char>('a' + random() % 3);
        records.submit(source.batch(partitions));
        all += partitions;
    }
    std::vector<std::size_t> order(all.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::shuffle(order, random);
    std::vector<bool> acknowledged(all.size());
    Offsets known;
    for (const auto n : order) {
        records.acknowledge(n);
        acknowledged[n] = true;
        if (random() % 2) continue;
        for (const auto& [partition, offset] : committable(records)) known[partition] = offset;
        Offsets expected;
        std::set<char> blocked;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!acknowledged[i]) blocked.insert(all[i]);
            if (!blocked.contains(all[i])) expected[std::string(1, all[i])] = static_cast<std::int64_t>(i);
        }
        REQUIRE(known == expected);
    }
    CHECK(records.pending() == 0);
}
