/// The .proto files that schemas import without bringing them along.
///
/// Facts   Protocol Buffers' well-known types, google/type of the Google APIs, Confluent's meta and decimal.
#pragma once
#include <string_view>

namespace millrace::protobuf {

inline constexpr std::string_view meta_file = "confluent/meta.proto";
inline constexpr std::string_view decimal_file = "confluent/type/decimal.proto";
inline constexpr std::string_view date_file = "google/type/date.proto";
inline constexpr std::string_view time_file = "google/type/timeofday.proto";
inline constexpr std::string_view timestamp_file = "google/protobuf/timestamp.proto";
inline constexpr std::string_view struct_file = "google/protobuf/struct.proto";
inline constexpr std::string_view wrappers_file = "google/protobuf/wrappers.proto";

/// The text of a file that libprotobuf does not have itself; empty for all others.
std::string_view known_file(std::string_view name) noexcept;

}
