// Whether an interrupted snapshot may go on: not if its first rows would look unlike its last.
#include "connectors/postgres/source/config.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {

std::string fingerprint_of_rows(const Settings& settings) {
    constexpr std::string_view unrelated[] = {"database.hostname",
                                              "database.port",
                                              "database.user",
                                              "database.password",
                                              "database.ssl",
                                              "driver.",
                                              "errors.",
                                              "max.",
                                              "poll.",
                                              "heartbeat.",
                                              "slot.",
                                              "lsn.",
                                              "status.",
                                              "retriable.",
                                              "producer.override.",
                                              "signal.",
                                              "notification.",
                                              "snapshot.max.threads",
                                              "snapshot.fetch.size",
                                              "snapshot.delay.ms",
                                              "snapshot.resume.",
                                              "tasks.max",
                                              "publication.",
                                              "event.processing.",
                                              "millrace.",
                                              "internal."};
    constexpr std::uint64_t basis = 0xcbf29ce484222325;  // FNV-1a: the same in every build
    constexpr std::uint64_t prime = 0x100000001b3;
    std::uint64_t hash = basis;
    const auto add = [&](std::string_view text) {
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
        hash *= prime;
    };
    for (const auto& [key, value] : settings) {
        const auto starts = [&](std::string_view prefix) { return key.starts_with(prefix); };
        if (std::ranges::any_of(unrelated, starts)) continue;
        add(key);
        add(value);
    }
    return fmt::format("{:016x}", hash);
}

}
