#include "worker/runtime/submitted_records.hpp"

#include "connectors/api/errors.hpp"

#include <algorithm>

namespace millrace::worker {

bool same_entries(OffsetEntries a, OffsetEntries b) noexcept {
    return a.data() == b.data() || std::ranges::equal(a, b, [](const OffsetEntry& x, const OffsetEntry& y) {
               return x.key == y.key && x.value == y.value;
           });
}

std::uint32_t SubmittedRecords::partition_index(OffsetEntries key) {
    const auto found =
        std::ranges::find_if(partitions_, [&](const Partition& p) { return same_entries(p.key.entries(), key); });
    if (found != partitions_.end()) return static_cast<std::uint32_t>(found - partitions_.begin());
    partitions_.push_back({.key = OffsetMap(key), .arena = {}, .offset = {}});
    return static_cast<std::uint32_t>(partitions_.size() - 1);
}

std::uint64_t SubmittedRecords::submit(const SourceBatch& source) {
    const auto first = next_;
    if (source.records.empty()) return first;
    std::vector<std::uint32_t> indexes;
    for (const auto& key : source.partitions) indexes.push_back(partition_index(key));
    auto& batch = batches_.emplace_back(Batch{.first = first,
                                              .unacknowledged = source.records.size(),
                                              .arena = source.offsets,
                                              .items = {},
                                              .acknowledged = std::vector<bool>(source.records.size())});
    batch.items.reserve(source.records.size());
    for (const auto& record : source.records) {
        batch.items.push_back({indexes.at(record.source_partition), record.source_offset});
    }
    next_ += source.records.size();
    pending_ += source.records.size();
    return first;
}

void SubmittedRecords::acknowledge(std::uint64_t sequence) {
    auto at = batches_.begin();
    if (at != batches_.end() && sequence >= at->first + at->items.size()) {  // seldom: they come for the oldest batch
        at = std::ranges::upper_bound(batches_, sequence, {}, &Batch::first) - 1;
    }
    MILLRACE_ASSERT(at != batches_.end() && sequence >= at->first && sequence < at->first + at->items.size());
    const auto bit = static_cast<std::size_t>(sequence - at->first);
    MILLRACE_ASSERT(!at->acknowledged[bit]);
    at->acknowledged[bit] = true;
    --at->unacknowledged;
    ++acknowledged_since_;
    if (at == batches_.begin() && at->unacknowledged == 0) fold_front();
}

/// Offsets beyond a gap may have been taken before: nothing goes back.
void SubmittedRecords::advance(const Batch& batch, std::size_t item) {
    auto& partition = partitions_[batch.items[item].partition];
    const auto end = batch.first + item + 1;
    if (end <= partition.end) return;
    partition.offset = batch.items[item].offset;
    partition.arena = batch.arena;
    partition.end = end;
    partition.moved = true;
}

void SubmittedRecords::fold_front() {
    while (!batches_.empty() && batches_.front().unacknowledged == 0) {
        auto& front = batches_.front();
        for (std::size_t i = front.folded; i < front.items.size(); ++i) advance(front, i);
        pending_ -= front.items.size();
        batches_.pop_front();
    }
}

/// Looks at what follows a gap too: other source partitions are not held up by it.
void SubmittedRecords::fold_beyond_gaps() {
    std::vector<bool> blocked(partitions_.size());
    std::size_t open = partitions_.size();
    for (auto& batch : batches_) {
        for (std::size_t i = batch.folded; i < batch.items.size() && open > 0; ++i) {
            const auto partition = batch.items[i].partition;
            if (blocked[partition]) continue;
            if (!batch.acknowledged[i]) {
                blocked[partition] = true;
                --open;
                continue;
            }
            advance(batch, i);
            if (open == partitions_.size()) batch.folded = i + 1;
        }
        if (open == 0) return;
    }
}

SubmittedRecords::Committable SubmittedRecords::take_committable() {
    fold_beyond_gaps();
    Committable found{.entries = {}, .records = std::exchange(acknowledged_since_, 0)};
    for (auto& partition : partitions_) {
        if (!std::exchange(partition.moved, false)) continue;
        found.entries.emplace_back(partition.key, OffsetMap(partition.offset));
    }
    return found;
}

void SubmittedRecords::put_back(const Committable& committable) {
    acknowledged_since_ += committable.records;
    for (const auto& [key, offset] : committable.entries) {
        // The partition's present offset is this one or a newer one, so that one is stored next.
        partitions_[partition_index(key.entries())].moved = true;
    }
}

}
