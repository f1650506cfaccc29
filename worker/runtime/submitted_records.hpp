/// What was sent and is not acknowledged yet, and which source offsets may be stored: for each source partition, that
/// of the last record of the longest prefix whose records are all acknowledged.
///
/// Cost    One bit and 24 bytes a record, kept a batch together; an acknowledgement sets a bit. Belongs to one thread.
#pragma once
#include "connectors/api/record.hpp"
#include "worker/runtime/stores.hpp"

#include <cstdint>
#include <deque>
#include <vector>

namespace millrace::worker {

/// Of two partitions or offsets in one order of their members.
bool same_entries(OffsetEntries a, OffsetEntries b) noexcept;

class SubmittedRecords {
public:
    /// Takes note of a batch before its records are sent; its records have the sequence numbers from the result on.
    /// Keeps the batch's offset arena, not its values.
    std::uint64_t submit(const SourceBatch& batch);
    /// The broker has this record, or it was dropped on purpose. Each number once.
    void acknowledge(std::uint64_t sequence);
    /// Records noted since the first that is not acknowledged; 0: all are.
    std::size_t pending() const noexcept { return pending_; }

    struct Committable {
        OffsetStore::Entries entries;  ///< partitions whose offset moved since it was taken last
        std::size_t records = 0;       ///< acknowledged since then
    };
    Committable take_committable();
    /// Storing `entries` failed: they are committable again, except where a newer offset is.
    void put_back(const Committable& committable);

private:
    struct Item {
        std::uint32_t partition;  ///< index into partitions_
        OffsetEntries offset;
    };
    struct Batch {
        std::uint64_t first = 0;
        std::size_t unacknowledged = 0;
        ArenaPtr arena;
        std::vector<Item> items;
        std::vector<bool> acknowledged;
        std::size_t folded = 0;  ///< items before this one went into partitions_ already
    };
    struct Partition {
        OffsetMap key;
        ArenaPtr arena;  ///< where `offset` lies
        OffsetEntries offset;
        std::uint64_t end = 0;  ///< after the sequence number of the record whose offset it is
        bool moved = false;
    };

    std::uint32_t partition_index(OffsetEntries key);
    void advance(const Batch& batch, std::size_t item);
    void fold_front();
    void fold_beyond_gaps();

    std::deque<Batch> batches_;
    std::vector<Partition> partitions_;
    std::uint64_t next_ = 0;
    std::size_t pending_ = 0;
    std::size_t acknowledged_since_ = 0;
};

}
