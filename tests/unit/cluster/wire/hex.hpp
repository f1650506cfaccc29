/// Bytes written as people read them: "0000 0005" or "00 | 63"; anything but hex digits is skipped.
#pragma once
#include "cluster/wire/codec.hpp"

#include <cctype>
#include <string>
#include <string_view>

namespace millrace::cluster {

inline Bytes from_hex(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (std::isxdigit(static_cast<unsigned char>(c)) != 0) digits.push_back(c);
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    return bytes;
}

inline std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text.push_back(digits[std::to_integer<std::size_t>(byte >> 4)]);
        text.push_back(digits[std::to_integer<std::size_t>(byte & std::byte{15})]);
    }
    return text;
}

}
