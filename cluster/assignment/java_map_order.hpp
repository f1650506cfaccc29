/// The order in which a java.util.HashMap with these keys is walked: the order of members in records that Java workers
/// write. Our records have the same, so that whoever compares bytes sees no change when the writer changes.
///
/// Input   keys in the order in which they were put; equal buckets keep it.
/// Output  indexes into `keys`.
/// Facts   Java SE: String.hashCode over UTF-16 units; HashMap spreads by h ^ (h >>> 16) and doubles its 16 buckets
/// above
///         a load of 0.75.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::cluster {

std::vector<std::size_t> java_map_order(const std::vector<std::string_view>& keys);

}
