/// ISO 8601 texts with an offset, as Debezium writes columns with a time zone: 2020-01-02T03:04:05.678Z,
/// 03:04:05+01:00.
///
/// Facts   Java SE API: DateTimeFormatter.ISO_OFFSET_DATE_TIME and ISO_OFFSET_TIME.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::transforms {

struct OffsetTime {
    bool has_date = true;
    std::int64_t local_seconds = 0;  ///< what the text shows, as if it were UTC; of a time alone, since midnight
    std::int32_t nanoseconds = 0;
    std::int64_t offset_seconds = 0;

    /// None for another form.
    static std::optional<OffsetTime> parse(std::string_view text);
    /// The same moment at another offset; a time alone goes round midnight.
    OffsetTime at_offset(std::int64_t seconds) const;
    void append(std::string& out) const;
};

}
