/// Collects records into one SourceBatch: their values and their offsets in two arenas.
#pragma once
#include "connectors/postgres/source/offsets.hpp"

#include <cstdint>
#include <string>

namespace millrace::postgres {

class BatchBuilder {
public:
    struct Limits {
        std::size_t records;
        std::size_t bytes;
    };
    BatchBuilder(std::string partition, Limits limits) : partition_(std::move(partition)), limits_(limits) {}

    Arena& values();
    Arena& offsets();
    void add(SourceRecord record);
    /// The last record goes with this offset instead of its own. There is one.
    void offset_of_last(OffsetEntries offset);
    bool empty() const noexcept { return batch_.records.empty(); }
    bool full() const noexcept {
        return batch_.records.size() >= limits_.records ||
               (batch_.values && batch_.values->used_bytes() >= limits_.bytes);
    }
    /// The batch so far; the builder starts anew.
    SourceBatch take();

private:
    void begin();

    std::string partition_;
    Limits limits_;
    SourceBatch batch_;
    std::size_t last_bytes_ = 0;
};

}
