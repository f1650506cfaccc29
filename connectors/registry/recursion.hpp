/// What to do about a type that holds itself: schemas of Connect are values here, and have no cycles.
#pragma once
#include <string_view>

namespace millrace::registry {

inline constexpr std::string_view way_round_recursion =
    "Read the topic with org.apache.kafka.connect.converters.ByteArrayConverter, or register a type whose parts end: "
    "a list of parts beside each other, with the number of its parent in each";

}
