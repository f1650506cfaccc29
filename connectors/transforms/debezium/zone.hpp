/// A time zone by name ("Europe/Berlin") or offset ("+08:00"), with the rules of the system's zone database.
///
/// Throws  ConfigException for a name that is none.
/// Facts   Java SE API: java.time.zone.ZoneRules.getOffset.
#pragma once
#include <cstdint>
#include <string_view>

namespace date {
class time_zone;  // NOLINT(readability-identifier-naming): the library's
}

namespace millrace::transforms {

class Zone {
public:
    Zone() = default;  ///< UTC
    explicit Zone(std::string_view name);

    /// Seconds east of UTC at a moment.
    std::int64_t offset_at(std::int64_t epoch_seconds) const;
    /// The same for what clocks there show, in seconds as if it were UTC: where that is twice or never, the earlier
    /// offset.
    std::int64_t offset_at_local(std::int64_t local_seconds) const;

private:
    const date::time_zone* zone_ = nullptr;  ///< null: fixed
    std::int64_t fixed_offset_ = 0;
};

}
