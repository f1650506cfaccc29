#include "connectors/postgres/types/hstore.hpp"

#include "connectors/postgres/types/text_cursor.hpp"
#include "connectors/support/java_hash_map.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>
#include <utility>

namespace millrace::postgres {

namespace {

std::string_view read_text(TextCursor& in, Arena& arena) {
    in.expect('"');
    const auto read = read_quoted(in.rest(), arena);
    if (!read) in.fail("a quote does not end");
    in.advance(read->size);
    return read->text;
}

MapEntry read_entry(TextCursor& in, Arena& arena) {
    MapEntry entry;
    entry.key = Value::string(read_text(in, arena));
    if (!in.skip("=>")) in.fail("an arrow was expected");
    if (!in.skip("NULL")) entry.value = Value::string(read_text(in, arena));
    return entry;
}

std::size_t escaped_size(char c) noexcept {
    switch (c) {
    case '"':
    case '\\':
    case '\b':
    case '\f':
    case '\n':
    case '\r':
    case '\t':
        return 2;
    default:
        return static_cast<std::uint8_t>(c) < 0x20 ? 6 : 1;
    }
}

char* write_escaped(char c, char* out) noexcept {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto code = static_cast<std::uint8_t>(c);
    if (escaped_size(c) == 1) {
        *out++ = c;
        return out;
    }
    *out++ = '\\';
    constexpr std::string_view shorts = "btn?fr";
    if (c == '"' || c == '\\') {
        *out++ = c;
    } else if (escaped_size(c) == 2) {
        *out++ = shorts[code - 8U];
    } else {
        for (const char digit : {'u', '0', '0', digits[code >> 4U], digits[code & 15U]}) *out++ = digit;
    }
    return out;
}

std::size_t json_size(const Value& text) noexcept {
    if (text.is_null()) return 4;
    std::size_t size = 2;
    for (const char c : text.as_text()) size += escaped_size(c);
    return size;
}

char* write_json(const Value& text, char* out) noexcept {
    if (text.is_null()) return std::ranges::copy(std::string_view("null"), out).out;
    *out++ = '"';
    for (const char c : text.as_text()) out = write_escaped(c, out);
    *out++ = '"';
    return out;
}

}

std::span<const MapEntry> java_hash_order(std::span<HashedEntry> entries, std::size_t expected, Arena& arena) {
    const auto table = java_table_size(entries.size(), expected);
    for (std::uint32_t i = 0; auto& e : entries) e.place = i++;
    // Not stable_sort, which takes heap memory.
    std::ranges::sort(entries, {}, [&](const HashedEntry& e) { return std::pair(java_place(e.hash, table), e.place); });
    auto* const ordered = arena.make_array<MapEntry>(entries.size());
    std::ranges::transform(entries, ordered, &HashedEntry::entry);
    return {ordered, entries.size()};
}

std::span<const MapEntry> parse_hstore(std::string_view text, Arena& arena) {
    TextCursor in(text, "hstore");
    const auto most = static_cast<std::size_t>(std::ranges::count(text, '>'));
    auto* const entries = arena.make_array<HashedEntry>(most);
    std::size_t count = 0;
    while (!in.at_end()) {
        if (count != 0 && !in.skip(", ")) in.fail("a comma was expected");
        if (count == most) in.fail("an arrow was expected");
        entries[count].entry = read_entry(in, arena);
        entries[count].hash = java_hash(entries[count].entry.key.as_text());
        ++count;
    }
    return java_hash_order({entries, count}, 0, arena);
}

std::string_view hstore_json(std::span<const MapEntry> entries, Arena& arena) {
    std::size_t size = 2;
    for (const auto& e : entries) size += json_size(e.key) + json_size(e.value) + 2;
    auto* const begin = arena.make_array<char>(size);
    auto* out = begin;
    *out++ = '{';
    for (const auto& e : entries) {
        if (out != begin + 1) *out++ = ',';
        out = write_json(e.key, out);
        *out++ = ':';
        out = write_json(e.value, out);
    }
    *out++ = '}';
    return {begin, static_cast<std::size_t>(out - begin)};
}

}
