#include "connectors/postgres/types/type_options.hpp"

#include "tests/pch.hpp"

using namespace millrace::postgres;

TEST_CASE("modes are read in any case, and nothing else is", "[postgres][types]") {
    CHECK(parse_time_precision(" Adaptive_Time_Microseconds ") == TimePrecision::AdaptiveTimeMicroseconds);
    CHECK(parse_time_precision("isostring") == TimePrecision::IsoString);
    CHECK_FALSE(parse_time_precision("iso").has_value());
    CHECK(parse_decimal_handling("PRECISE") == DecimalHandling::Precise);
    CHECK_FALSE(parse_decimal_handling("").has_value());
    CHECK(parse_binary_handling("base64-url-safe") == BinaryHandling::Base64UrlSafe);
    CHECK(parse_interval_handling("string") == IntervalHandling::String);
    CHECK(parse_hstore_handling("map") == HstoreHandling::Map);
    CHECK(parse_conversion_failure("fail") == ConversionFailure::Fail);
}

TEST_CASE("a placeholder is text or bytes in hexadecimal", "[postgres][types]") {
    CHECK(parse_placeholder("gone") == "gone");
    CHECK(parse_placeholder("hex:c3A4ff") == "\xc3\xa4\xff");
    CHECK(parse_placeholder("hex:") == "");
    CHECK_FALSE(parse_placeholder("hex:f").has_value());
    CHECK_FALSE(parse_placeholder("hex:zz").has_value());
}
