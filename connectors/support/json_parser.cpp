#include "connectors/support/json.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>
// RapidJSON 1.1 adds to a null pointer before its first allocation: https://github.com/Tencent/rapidjson/issues/1724.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#ifdef __SSE2__
#define RAPIDJSON_SSE2  // what is to be passed over in a text, sixteen bytes at once
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <memory_resource>
#include <vector>

namespace millrace::json {

namespace {

/// Builds the tree bottom-up: finished values wait on a stack until their array or object ends.
class TreeBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TreeBuilder> {
public:
    explicit TreeBuilder(Arena& arena) : arena_(arena) { stack_.reserve(usual_width); }
    TreeBuilder(const TreeBuilder&) = delete;
    TreeBuilder& operator=(const TreeBuilder&) = delete;

    Node root() const { return stack_.empty() ? Node() : stack_.back(); }
    bool too_deep() const noexcept { return depth_ > max_depth; }

    // The names are RapidJSON's.
    // NOLINTBEGIN(readability-identifier-naming)
    bool Null() { return push(Node()); }
    bool Bool(bool v) { return push(Node::boolean(v)); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return push(Node::number({text, size})); }
    bool String(const char* text, rapidjson::SizeType size, bool) { return push(Node::string({text, size})); }
    bool Key(const char* text, rapidjson::SizeType size, bool copy) { return String(text, size, copy); }
    bool StartObject() { return ++depth_ <= max_depth; }
    bool StartArray() { return ++depth_ <= max_depth; }
    bool EndArray(rapidjson::SizeType count) {
        auto* nodes = arena_.make_array<Node>(count);
        std::ranges::copy(stack_.end() - count, stack_.end(), nodes);
        return replace(count, Node::array({nodes, count}));
    }
    bool EndObject(rapidjson::SizeType count) {
        auto* members = arena_.make_array<Member>(count);
        auto from = stack_.end() - 2 * static_cast<std::ptrdiff_t>(count);
        for (std::size_t i = 0; i < count; ++i) {
            members[i].name = (from++)->text();
            members[i].value = *from++;
        }
        return replace(2 * std::size_t{count}, Node::object({members, count}));
    }
    // NOLINTEND(readability-identifier-naming)

private:
    static constexpr std::size_t usual_width = 64;  ///< of what waits: more makes it grow
    bool push(const Node& node) {
        stack_.push_back(node);
        return true;
    }
    bool replace(std::size_t count, const Node& node) {
        stack_.resize(stack_.size() - count);
        --depth_;
        return push(node);
    }

    Arena& arena_;
    std::array<std::byte, usual_width * sizeof(Node)> room_;
    std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
    std::pmr::vector<Node> stack_{&memory_};
    std::size_t depth_ = 0;
};

constexpr unsigned ascii_flags =
    rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
constexpr unsigned strict_flags = ascii_flags | rapidjson::kParseValidateEncodingFlag;

/// Such text needs no validation.
bool is_ascii(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::uint64_t seen = 0;
    while (text.size() >= sizeof seen) {
        std::uint64_t next = 0;
        std::memcpy(&next, text.data(), sizeof next);
        seen |= next;
        text.remove_prefix(sizeof next);
    }
    return (seen & high_bits) == 0 &&
           std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
}

[[noreturn]] void fail(std::string_view text, std::size_t offset, std::string_view why) {
    const auto before = text.substr(0, std::min(offset, text.size()));
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
    const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    const auto column = before.size() - line_start + 1;
    throw ParseException(fmt::format("Malformed JSON: {} at line {}, column {}", why, line, column), line, column);
}

/// The text with 0012 written as 12, outside of strings.
std::string without_leading_zeros(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool quoted = false;
    bool in_number = false;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            out += c;
            if (c == '\\' && i + 1 < text.size()) out += text[++i];
            if (c == '"') quoted = false;
            continue;
        }
        if (c == '0' && !in_number && i + 1 < text.size() && digit(text[i + 1])) continue;
        quoted = c == '"';
        in_number = digit(c) || (in_number && (c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-'));
        out += c;
    }
    return out;
}

/// A copy that RapidJSON may write into and read in steps of sixteen bytes, ended by a zero.
char* writable_copy(std::string_view text, Arena& arena) {
    constexpr std::size_t step = 16;
    auto* copy = static_cast<char*>(arena.allocate(text.size() + step, 1));
    std::memcpy(copy, text.data(), text.size());
    std::memset(copy + text.size(), 0, step);
    return copy;
}

/// True if what follows a number or a word belongs to it, as in 2026-01-02: the whole text is not JSON then.
bool goes_on(const Node& root, std::string_view rest) noexcept {
    if (rest.empty() || root.is_string() || root.is_object() || root.is_array()) return false;
    const auto next = static_cast<unsigned char>(rest.front());
    if (root.is_number()) return std::string_view(" \t\r\n").find(rest.front()) == std::string_view::npos;
    return std::isalnum(next) != 0 || next == '_' || next == '$' || next >= 0x80;
}

template <unsigned flags>
Node parse_with(std::string_view text, Arena& arena) {
    using Memory = rapidjson::MemoryPoolAllocator<>;
    rapidjson::InsituStringStream stream(writable_copy(text, arena));
    TreeBuilder builder(arena);
    alignas(std::max_align_t) std::array<char, 1024> room;
    Memory memory(room.data(), room.size());
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, Memory> reader(&memory, room.size() / 2);
    const auto result = reader.Parse<flags>(stream, builder);
    if (!result) {
        fail(text, result.Offset(),
             builder.too_deep() ? fmt::format("more than {} levels", max_depth)
                                : std::string(rapidjson::GetParseError_En(result.Code())));
    }
    if ((flags & rapidjson::kParseStopWhenDoneFlag) && goes_on(builder.root(), text.substr(stream.Tell()))) {
        fail(text, stream.Tell(), rapidjson::GetParseError_En(rapidjson::kParseErrorDocumentRootNotSingular));
    }
    // RapidJSON takes a zero for the end.
    if (!(flags & rapidjson::kParseStopWhenDoneFlag) && stream.Tell() != text.size()) {
        fail(text, stream.Tell(), rapidjson::GetParseError_En(rapidjson::kParseErrorDocumentRootNotSingular));
    }
    return builder.root();
}

Node parse_strict_numbers(std::string_view text, Arena& arena, bool ignore_trailing) {
    if (text.empty()) fail(text, 0, "The document is empty.");
    constexpr unsigned stop = rapidjson::kParseStopWhenDoneFlag;
    if (is_ascii(text) || valid_utf8(text)) {
        return ignore_trailing ? parse_with<(ascii_flags | stop)>(text, arena) : parse_with<ascii_flags>(text, arena);
    }
    return ignore_trailing ? parse_with<(strict_flags | stop)>(text, arena) : parse_with<strict_flags>(text, arena);
}

}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    return text;
}

Node parse(std::string_view text, Arena& arena, ParseOptions options) {
    if (options.leading_zeros) {
        // Nearly no text has them, so they are looked for only in what does not parse; a top-level 0012 would parse as
        // 0.
        const auto start = text.find_first_not_of(" \t\r\n");
        const bool scalar = start != std::string_view::npos && text[start] != '{' && text[start] != '[';
        if (scalar) return parse_strict_numbers(without_leading_zeros(text), arena, options.ignore_trailing);
        try {
            return parse_strict_numbers(text, arena, options.ignore_trailing);
        } catch (const ParseException&) {
            const auto stripped = without_leading_zeros(text);
            if (stripped.size() == text.size()) throw;
            return parse_strict_numbers(stripped, arena, options.ignore_trailing);
        }
    }
    return parse_strict_numbers(text, arena, options.ignore_trailing);
}

}
