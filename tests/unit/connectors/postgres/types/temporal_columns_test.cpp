#include "tests/unit/connectors/postgres/types/fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("time.precision.mode chooses schema and unit", "[postgres][types]") {
    using enum TimePrecision;
    struct Row {
        TimePrecision mode;
        Case c;
    };
    const auto row = GENERATE(values<Row>({
        {Adaptive, {"date", plain, "2026-11-21", "20778", "io.debezium.time.Date/1 int32?"}},
        {Connect, {"date", plain, "2026-11-21", "20778", "org.apache.kafka.connect.data.Date/1 int32?"}},
        {IsoString, {"date", plain, "2026-11-21", "\"2026-11-21Z\"", "io.debezium.time.IsoDate/1 string?"}},
        {Structured, {"date", plain, "2026-11-21", "(2026,11,21,null)", "io.debezium.time.StructuredDate/1 struct?"}},
        {Structured, {"date", plain, "-infinity", "(null,null,null,\"NEGATIVE_INFINITY\")", ""}},
        {Adaptive, {"time", 3, "01:02:03.456", "3723456", "io.debezium.time.Time/1 int32?"}},
        {Adaptive, {"time", plain, "01:02:03.456789", "3723456789", "io.debezium.time.MicroTime/1 int64?"}},
        {AdaptiveTimeMicroseconds, {"time", 0, "24:00:00", "86400000000", "io.debezium.time.MicroTime/1 int64?"}},
        {Connect, {"time", plain, "01:02:03.456789", "3723456", "org.apache.kafka.connect.data.Time/1 int32?"}},
        {Nanoseconds, {"time", plain, "01:02:03.456789", "3723456789000", "io.debezium.time.NanoTime/1 int64?"}},
        {IsoString, {"time", plain, "01:02:03.450000", "\"01:02:03.45Z\"", "io.debezium.time.IsoTime/1 string?"}},
        {Structured, {"time", 6, "01:02:03.5", "(1,2,3,500000000,6)", "io.debezium.time.StructuredTime/1 struct?"}},
        {Adaptive, {"timestamp", 3, "2026-11-21 01:02:03.456", "1795222923456", "io.debezium.time.Timestamp/1 int64?"}},
        {Adaptive,
         {"timestamp", plain, "1969-12-31 23:59:59.999999", "-1", "io.debezium.time.MicroTimestamp/1 int64?"}},
        {Adaptive, {"timestamp", plain, "294276-12-31 23:59:59.999999", "-9223372036853775810", ""}},
        {Adaptive, {"timestamp", 0, "infinity", "9223372036825200000", ""}},
        {Adaptive, {"timestamp", plain, "-infinity", "-9223372036854775808", ""}},
        {Connect,
         {"timestamp", plain, "1969-12-31 23:59:59.999999", "-1", "org.apache.kafka.connect.data.Timestamp/1 int64?"}},
        {Nanoseconds,
         {"timestamp", 3, "1970-01-01 00:00:00.001", "1000000", "io.debezium.time.NanoTimestamp/1 int64?"}},
        {Nanoseconds, {"timestamp", 3, "2300-01-01 00:00:00", "null", ""}},
        {IsoString,
         {"timestamp", plain, "0044-03-15 12:00:00 BC", "\"-0043-03-15T12:00:00Z\"",
          "io.debezium.time.IsoTimestamp/1 string?"}},
        {IsoString, {"timestamp", plain, "infinity", "\"+292278994-08-16T23:00:00Z\"", ""}},
        {Structured,
         {"timestamp", plain, "2026-11-21 01:02:03.5", "(2026,11,21,1,2,3,500000000,null,6)",
          "io.debezium.time.StructuredTimestamp/1 struct?"}},
        {Adaptive,
         {"timestamptz", plain, "2026-11-21 01:02:05+00", "\"2026-11-21T01:02:05.000000Z\"",
          "io.debezium.time.ZonedTimestamp/1 string?"}},
        {Adaptive, {"timestamptz", 3, "2026-11-21 01:02:05.1-03:30", "\"2026-11-21T04:32:05.100Z\"", ""}},
        {Adaptive, {"timestamptz", 0, "2026-11-21 01:02:05+00", "\"2026-11-21T01:02:05Z\"", ""}},
        {Adaptive, {"timestamptz", plain, "20000-01-01 00:00:00+00", "\"+20000-01-01T00:00:00.000000Z\"", ""}},
        {Adaptive, {"timestamptz", plain, "infinity", "\"infinity\"", ""}},
        {Structured,
         {"timestamptz", 3, "2026-11-21 01:02:05+02", "(2026,11,20,23,2,5,0,0,\"Z\",null,3)",
          "io.debezium.time.StructuredZonedTimestamp/1 struct?"}},
        {Adaptive,
         {"timetz", plain, "01:02:03.456789+02", "\"23:02:03.456789Z\"", "io.debezium.time.ZonedTime/1 string?"}},
        {Adaptive, {"timetz", plain, "24:00:00+00", "\"24:00:00Z\"", ""}},
        {Adaptive, {"timetz", 3, "24:00:00+02", "\"22:00:00Z\"", ""}},
        {IsoString, {"timetz", plain, "24:00:00-05:30", "\"05:30:00Z\"", ""}},
        {Structured,
         {"timetz", plain, "24:00:00-03:30", "(24,0,0,0,-12600,6)", "io.debezium.time.StructuredZonedTime/1 struct?"}},
        {Adaptive,
         {"interval", plain, "1 year 2 mons 3 days 04:05:06.789", "37091106789000",
          "io.debezium.time.MicroDuration/1 int64?"}},
        {Structured,
         {"interval", plain, "-1 years +5 days -00:00:00.000001", "(-1,0,5,0,0,0,-1000,6)",
          "io.debezium.time.StructuredDuration/1 struct?"}},
    }));
    check(row.c, {.time_precision = row.mode});
}

TEST_CASE("interval.handling.mode=string spells every part", "[postgres][types]") {
    const auto [text, value] = GENERATE(table<const char*, const char*>({
        {"1 year 2 mons 3 days 04:05:06.78", "\"P1Y2M3DT4H5M6.78S\""},
        {"00:00:00", "\"P0Y0M0DT0H0M0S\""},
        {"-1 mons +2 days -03:00:00", "\"P0Y-1M2DT-3H0M0S\""},
        {"-1 years +5 days -00:00:00.000001", "\"P-1Y0M5DT0H0M-0.000001S\""},
        {"100:00:00", "\"P0Y0M0DT100H0M0S\""},
    }));
    check({"interval", plain, text, value, "io.debezium.time.Interval/1 string?"},
          {.intervals = IntervalHandling::String});
}

TEST_CASE("arrays have null where nanoseconds cannot count that far", "[postgres][types]") {
    const auto* const text =
        R"({"1677-09-21 00:12:43","1677-09-21 00:12:44","2262-04-11 23:47:16.85","2262-04-12 00:00:00",infinity})";
    const auto origin = GENERATE(Origin::Snapshot, Origin::Streaming);
    CHECK(convert(column("_timestamp", 2), text, {.time_precision = TimePrecision::Nanoseconds}, origin) ==
          "[null,-9223372036000000000,9223372036850000000,null,9223372036854775807]");
}

TEST_CASE("24:00 is lost where a time is spelled out, unless that is switched off", "[postgres][types]") {
    const auto info = column("time");
    const auto in_mode = [&](TimePrecision mode, bool defects) {
        return convert(info, "24:00:00", {.time_precision = mode, .reproduce_defects = defects});
    };
    CHECK(in_mode(TimePrecision::Adaptive, true) == "86400000000");
    CHECK(in_mode(TimePrecision::IsoString, true) == "\"00:00:00Z\"");
    CHECK(in_mode(TimePrecision::IsoString, false) == "\"24:00:00Z\"");
    CHECK(in_mode(TimePrecision::Structured, true) == "null");
    CHECK(in_mode(TimePrecision::Structured, false) != "null");
}

TEST_CASE("snapshots read dates as Java does, unless that is switched off", "[postgres][types]") {
    const auto [text, streamed, snapshot] = GENERATE(table<const char*, const char*, const char*>({
        {"infinity", "2146033979", "-622191234"},
        {"-infinity", "-2147472691", "-625821272"},
        {"0044-03-15 BC", "-735160", "-703383"},
        {"1582-10-10", "-141432", "-141422"},
        {"1582-10-04", "-141438", "-141438"},
        {"2016-11-04", "17109", "17109"},
    }));
    CAPTURE(text);
    const auto info = column("date");
    CHECK(convert(info, text) == streamed);
    CHECK(convert(info, text, {}, Origin::Snapshot) == snapshot);
    CHECK(convert(info, text, {.reproduce_defects = false}, Origin::Snapshot) == streamed);
}
