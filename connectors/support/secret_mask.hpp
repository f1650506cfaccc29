/// Values that came from config providers, to be kept out of what others read: log lines, traces, answers.
///
/// Threads  Any.
#pragma once
#include <atomic>
#include <cstddef>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace millrace {

class SecretMask {
public:
    /// Shorter ones are words and numbers that stand everywhere.
    static constexpr std::size_t least_length = 4;
    /// The oldest goes when there are more: a secret that is renewed for ever.
    static constexpr std::size_t most_values = 4096;

    void add(std::string_view value);
    /// The text with "[hidden]" wherever a value stands by itself, not as a part of a longer word.
    std::string hide(std::string_view text) const;
    /// The same, or none if the text stays as it is.
    std::optional<std::string> hidden(std::string_view text) const;

private:
    mutable std::shared_mutex mutex_;
    std::atomic<bool> any_{false};
    std::deque<std::string> values_;
};

}
