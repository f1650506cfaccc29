/// auto.offset.reset of Java's consumers: where a partition is read from that has no committed offset.
///
/// Facts   Kafka 4.3, KIP-1106: earliest, latest, none, by_duration:<a duration as java.time.Duration writes it>.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace millrace::worker {

/// How far back "by_duration:PT1H30M" goes; none for the other values. Throws ConfigException for a duration that is
/// none, or negative.
std::optional<std::chrono::milliseconds> reset_duration(std::string_view auto_offset_reset);

}
