/// The order in which a java.util.HashMap with these keys is walked: that of members in records that Java workers
/// write, and of ids where the group's leader looks for one. Ours is the same, so that nobody sees a change when the
/// writer or the leader changes.
///
/// Input   keys in the order in which they were put; equal buckets keep it.
/// Output  indexes into `keys`.
/// Facts   Java SE: String.hashCode over UTF-16 units; HashMap spreads by h ^ (h >>> 16) and doubles its 16 buckets
/// above a load of 0.75.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::cluster {

std::vector<std::size_t> java_map_order(const std::vector<std::string_view>& keys);

}
