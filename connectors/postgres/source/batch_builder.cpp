#include "connectors/postgres/source/batch_builder.hpp"

#include "connectors/api/errors.hpp"

#include <algorithm>
#include <utility>

namespace millrace::postgres {
namespace {

constexpr std::size_t least_block_bytes = 4096;
constexpr std::size_t largest_first_block_bytes = 256 * 1024;

}

void BatchBuilder::begin() {
    // A batch is likely to be as large as the last one, so that its memory comes in few blocks.
    const auto block = std::clamp(last_bytes_, least_block_bytes, largest_first_block_bytes);
    batch_.values = std::make_shared<Arena>(block);
    batch_.offsets = std::make_shared<Arena>(std::clamp(block / 2, least_block_bytes, largest_first_block_bytes));
    batch_.partitions.push_back(source_partition(partition_, *batch_.offsets));
}

Arena& BatchBuilder::values() {
    if (!batch_.values) begin();
    return *batch_.values;
}

Arena& BatchBuilder::offsets() {
    if (!batch_.offsets) begin();
    return *batch_.offsets;
}

void BatchBuilder::add(SourceRecord record) {
    if (!batch_.values) begin();
    batch_.records.push_back(std::move(record));
}

void BatchBuilder::offset_of_last(OffsetEntries offset) {
    MILLRACE_ASSERT(!batch_.records.empty());
    batch_.records.back().source_offset = offset;
}

SourceBatch BatchBuilder::take() {
    last_bytes_ = batch_.values ? batch_.values->used_bytes() : 0;
    const auto size = batch_.records.size();
    auto batch = std::exchange(batch_, {});
    batch_.records.reserve(std::min(size, limits_.records));
    return batch;
}

}
