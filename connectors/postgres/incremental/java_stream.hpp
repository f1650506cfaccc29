/// What reader and writer of Java's object streams share.
#pragma once
#include <cstdint>

namespace millrace::postgres::java {

inline constexpr std::uint32_t magic = 0xaced0005;  ///< and version 5
inline constexpr std::uint32_t first_handle = 0x7e0000;
inline constexpr std::uint8_t tc_null = 0x70, tc_reference = 0x71, tc_class = 0x72, tc_object = 0x73, tc_string = 0x74,
                              tc_array = 0x75, tc_block_data = 0x77, tc_end_block = 0x78, tc_long_string = 0x7c;
inline constexpr std::uint8_t has_write_method = 1, serializable = 2;

}
