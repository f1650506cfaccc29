/// The hash by which Kafka's Java client chooses a partition for a key.
#pragma once
#include <cstdint>
#include <string_view>

namespace millrace {

std::int32_t murmur2(std::string_view bytes) noexcept;
/// As DefaultPartitioner does: the hash without its sign, modulo the number of partitions (at least 1).
std::int32_t partition_for_key(std::string_view key, std::int32_t partitions) noexcept;

}
