/// Settings taken apart, and tables of them put together.
#pragma once
#include "connectors/api/config_def.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace millrace {

/// The settings that begin with `prefix`, without it: "producer." gives what stands under producer.*.
Settings with_prefix_removed(const Settings& settings, std::string_view prefix);

/// The rows of one table, then those of the other.
template <std::size_t A, std::size_t B>
constexpr std::array<ConfigKey, A + B> joined(const std::array<ConfigKey, A>& a, const std::array<ConfigKey, B>& b) {
    std::array<ConfigKey, A + B> all{};
    for (std::size_t i = 0; i < A; ++i) all[i] = a[i];
    for (std::size_t i = 0; i < B; ++i) all[A + i] = b[i];
    return all;
}

}
