#include "connectors/support/text.hpp"

#include "tests/pch.hpp"

#include <array>

namespace millrace {

TEST_CASE("hexadecimal goes both ways", "[text]") {
    CHECK(to_hex(std::string("\x00\x9f\xff", 3)) == "009fff");
    CHECK(from_hex("009FfF") == std::string("\x00\x9f\xff", 3));
    CHECK(from_hex("") == "");
    CHECK(from_hex(GENERATE("0", "0g", "0x", " 0", "00 ")) == std::nullopt);
}

TEST_CASE("base64 goes both ways", "[text]") {
    const auto [bytes, text, url] = GENERATE(table<std::string, std::string, std::string>({
        {"", "", ""},
        {"f", "Zg==", "Zg=="},
        {"fo", "Zm8=", "Zm8="},
        {"foo", "Zm9v", "Zm9v"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
        {"\x30\x39", "MDk=", "MDk="},
    }));
    CHECK(to_base64(bytes) == text);
    CHECK(to_base64(bytes, Base64::UrlSafe) == url);
    CHECK(from_base64(text) == bytes);
    CHECK(from_base64(url, Base64::UrlSafe) == bytes);
    std::string appended = "x";
    append_base64(appended, bytes);
    CHECK(appended == "x" + text);
}

TEST_CASE("base64 may lack its padding and nothing else", "[text]") {
    CHECK(from_base64("Zg") == "f");
    CHECK(from_base64("Zm8") == "fo");
    CHECK(from_base64(GENERATE("Z", "Zg=", "Zg===", "Z===", "Zm9v=", "Zm 9v", "Zm9v\n", "Zm9*", "-__-", "=")) ==
          std::nullopt);
    CHECK(from_base64("+//+", Base64::UrlSafe) == std::nullopt);
}

TEST_CASE("UTF-8 is told from what is not", "[text]") {
    CHECK(valid_utf8(GENERATE("", "a", "\u00e4", "\u20ac", "\U0001F600", "\U0010FFFF", "\uD7FF", "\uE000")));
    CHECK_FALSE(valid_utf8(GENERATE("\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80",
                                    "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE4o")));
}

TEST_CASE("bytes that are no UTF-8 are replaced one by one", "[text]") {
    CHECK(to_valid_utf8("a\u20acb") == "a\u20acb");
    CHECK(to_valid_utf8("a\xE4o\xE2\x82") == "a\uFFFDo\uFFFD\uFFFD");
}

TEST_CASE("code points are written as UTF-8", "[text]") {
    const auto [code_point, expected] = GENERATE(table<char32_t, std::string>({
        {U'a', "a"},
        {0x7FF, "\u07FF"},
        {0x800, "\u0800"},
        {0xFFFF, "\uFFFF"},
        {0x10000, "\U00010000"},
        {0x10FFFF, "\U0010FFFF"},
        {0xD800, "\uFFFD"},
        {0x110000, "\uFFFD"},
    }));
    std::string out;
    append_utf8(out, code_point);
    CHECK(out == expected);
}

TEST_CASE("edits are counted", "[text]") {
    const auto [a, b, distance] = GENERATE(table<std::string, std::string, std::size_t>({
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "abc", 0},
        {"abc", "abd", 1},
        {"abc", "ab", 1},
        {"abc", "acb", 1},
        {"kitten", "sitting", 3},
    }));
    CHECK(edit_distance(a, b) == distance);
    CHECK(edit_distance(b, a) == distance);
}

TEST_CASE("UTF-16 has two units for a character beyond the first plane", "[text]") {
    CHECK(to_utf16("aä€") == u"aä€");
    CHECK(to_utf16("\xF0\x9F\x98\x80") == u"\xD83D\xDE00");
    CHECK(to_utf16("\xC3(\xFF") == u"\uFFFD(\uFFFD");
}

TEST_CASE("a text's hash is Java's", "[text]") {
    CHECK(java_hash("") == 0);
    CHECK(java_hash("bb") == 3136);
    CHECK(java_hash("hello") == 99162322);
    CHECK(java_hash("polygenelubricants") == 0x80000000);
    CHECK(java_hash("€") == 0x20ac);
    CHECK(java_hash("😀") == 0xd83dU * 31 + 0xde00U);
}

TEST_CASE("the nearest name is proposed if it is near enough", "[text]") {
    constexpr std::array<std::string_view, 4> names{"group.id", "bootstrap.servers", "config.storage.topic",
                                                    "offset.storage.topic"};
    const auto [name, expected] = GENERATE(table<std::string, std::optional<std::string_view>>({
        {"gruop.id", "group.id"},
        {"Group.Id", "group.id"},
        {"group_id", "group.id"},
        {"bootstrap.server", "bootstrap.servers"},
        {"offset.storage.topics", "offset.storage.topic"},
        {"something.else", std::nullopt},
        {"x", std::nullopt},
    }));
    CHECK(nearest_name(name, names) == expected);
}

}
