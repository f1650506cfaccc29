#include "connectors/support/json.hpp"
#include "connectors/support/json_values.hpp"
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
#include <memory>
#include <type_traits>

namespace millrace::json {

namespace {

/// What waits; the usual width costs no allocation, and a step no call.
template <class Item>
class Stack {
public:
    Stack() noexcept : first_(reinterpret_cast<Item*>(room_)) {}  // NOLINT(*-reinterpret-cast): nothing is made yet
    Stack(const Stack&) = delete;
    Stack& operator=(const Stack&) = delete;

    bool empty() const noexcept { return top_ == first_; }
    const Item* end() const noexcept { return top_; }
    void push(const Item& node) {
        if (top_ == limit_) [[unlikely]]
            grow();
        std::construct_at(top_++, node);
    }
    void drop(std::size_t count) noexcept { top_ -= count; }

private:
    static_assert(std::is_trivially_copyable_v<Item>);
    static constexpr std::size_t usual_width = 64;
    void grow() {
        const auto size = static_cast<std::size_t>(top_ - first_);
        auto wider = std::make_unique<Item[]>(2 * size);
        std::copy(first_, top_, wider.get());
        more_ = std::move(wider);
        first_ = more_.get();
        top_ = first_ + size;
        limit_ = first_ + 2 * size;
    }

    alignas(Item) std::byte room_[usual_width * sizeof(Item)];  // NOLINT(*-avoid-c-arrays): raw room
    std::unique_ptr<Item[]> more_;
    Item* first_;
    Item* top_ = first_;
    Item* limit_ = first_ + usual_width;
};

struct NodeTree {
    using Item = Node;
    static Node scalar(const Node& node, Arena&) noexcept { return node; }
    static Node array(std::span<const Node> elements, Arena& arena) {
        auto* nodes = arena.make_array<Node>(elements.size());
        std::ranges::copy(elements, nodes);
        return Node::array({nodes, elements.size()});
    }
    /// `pairs`: name, value, name, value ...
    static Node object(std::span<const Node> pairs, Arena& arena) {
        const auto count = pairs.size() / 2;
        auto* members = arena.make_array<Member>(count);
        for (std::size_t i = 0; i < count; ++i) members[i] = {pairs[2 * i].text(), pairs[2 * i + 1]};
        return Node::object({members, count});
    }
    static bool is_number(const Node& item) noexcept { return item.is_number(); }
    /// In quotes or brackets.
    static bool has_end(const Node& item) noexcept { return item.is_string() || item.is_array() || item.is_object(); }
};

struct ValueTree {
    using Item = Value;
    static Value scalar(const Node& node, Arena& arena) { return to_value(node, arena); }
    static Value array(std::span<const Value> elements, Arena& arena) {
        auto* values = arena.make_array<Value>(elements.size());
        std::ranges::copy(elements, values);
        return Value::array({values, elements.size()});
    }
    static Value object(std::span<const Value> pairs, Arena& arena) {
        EntryList entries(pairs.size() / 2, arena);
        for (std::size_t i = 0; i < pairs.size(); i += 2) entries.put(pairs[i].as_text(), pairs[i + 1]);
        return entries.map();
    }
    static bool is_number(const Value& item) noexcept {
        return item.kind() == Value::Kind::Int64 || item.kind() == Value::Kind::Float64;
    }
    static bool has_end(const Value& item) noexcept {
        return item.kind() == Value::Kind::String || item.kind() == Value::Kind::Array ||
               item.kind() == Value::Kind::Map;
    }
};

/// Builds the tree bottom-up: finished values wait on a stack until their array or object ends.
template <class Tree>
class TreeBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TreeBuilder<Tree>> {
public:
    using Item = typename Tree::Item;
    explicit TreeBuilder(Arena& arena) : arena_(arena) {}
    TreeBuilder(const TreeBuilder&) = delete;
    TreeBuilder& operator=(const TreeBuilder&) = delete;

    Item root() const { return stack_.empty() ? Item() : stack_.end()[-1]; }
    bool too_deep() const noexcept { return depth_ > max_depth; }

    // The names are RapidJSON's.
    // NOLINTBEGIN(readability-identifier-naming)
    bool Null() { return push(Item()); }
    bool Bool(bool v) { return push(Item::boolean(v)); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return push(Tree::scalar(Node::number({text, size}), arena_));
    }
    bool String(const char* text, rapidjson::SizeType size, bool) { return push(Item::string({text, size})); }
    bool Key(const char* text, rapidjson::SizeType size, bool copy) { return String(text, size, copy); }
    bool StartObject() { return ++depth_ <= max_depth; }
    bool StartArray() { return ++depth_ <= max_depth; }
    bool EndArray(rapidjson::SizeType count) { return replace(count, Tree::array); }
    bool EndObject(rapidjson::SizeType count) { return replace(2 * std::size_t{count}, Tree::object); }
    // NOLINTEND(readability-identifier-naming)

private:
    bool push(const Item& item) {
        stack_.push(item);
        return true;
    }
    template <class Make>
    bool replace(std::size_t count, Make make) {
        const auto item = make(std::span<const Item>(stack_.end() - count, count), arena_);
        stack_.drop(count);
        --depth_;
        return push(item);
    }

    Arena& arena_;
    Stack<Item> stack_;
    std::size_t depth_ = 0;
};

/// Recursion, a third faster than RapidJSON's iterative parser, is bounded: TreeBuilder refuses what is nested deeper
/// than max_depth.
constexpr unsigned ascii_flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
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
template <class Tree>
bool goes_on(const typename Tree::Item& root, std::string_view rest) noexcept {
    if (rest.empty() || Tree::has_end(root)) return false;
    const auto next = static_cast<unsigned char>(rest.front());
    if (Tree::is_number(root)) return std::string_view(" \t\r\n").find(rest.front()) == std::string_view::npos;
    return std::isalnum(next) != 0 || next == '_' || next == '$' || next >= 0x80;
}

template <class Tree, unsigned flags>
typename Tree::Item parse_with(std::string_view text, Arena& arena) {
    using Memory = rapidjson::MemoryPoolAllocator<>;
    rapidjson::InsituStringStream stream(writable_copy(text, arena));
    TreeBuilder<Tree> builder(arena);
    alignas(std::max_align_t) std::array<char, 1024> room;
    Memory memory(room.data(), room.size());
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, Memory> reader(&memory, room.size() / 2);
    const auto result = reader.Parse<flags>(stream, builder);
    if (!result) {
        fail(text, result.Offset(),
             builder.too_deep() ? fmt::format("more than {} levels", max_depth)
                                : std::string(rapidjson::GetParseError_En(result.Code())));
    }
    if ((flags & rapidjson::kParseStopWhenDoneFlag) && goes_on<Tree>(builder.root(), text.substr(stream.Tell()))) {
        fail(text, stream.Tell(), rapidjson::GetParseError_En(rapidjson::kParseErrorDocumentRootNotSingular));
    }
    // RapidJSON takes a zero for the end.
    if (!(flags & rapidjson::kParseStopWhenDoneFlag) && stream.Tell() != text.size()) {
        fail(text, stream.Tell(), rapidjson::GetParseError_En(rapidjson::kParseErrorDocumentRootNotSingular));
    }
    return builder.root();
}

template <class Tree>
typename Tree::Item parse_strict_numbers(std::string_view text, Arena& arena, bool ignore_trailing) {
    if (text.empty()) fail(text, 0, "The document is empty.");
    constexpr unsigned stop = rapidjson::kParseStopWhenDoneFlag;
    if (is_ascii(text) || valid_utf8(text)) {
        return ignore_trailing ? parse_with<Tree, (ascii_flags | stop)>(text, arena)
                               : parse_with<Tree, ascii_flags>(text, arena);
    }
    return ignore_trailing ? parse_with<Tree, (strict_flags | stop)>(text, arena)
                           : parse_with<Tree, strict_flags>(text, arena);
}

template <class Tree>
typename Tree::Item parse_tree(std::string_view text, Arena& arena, ParseOptions options) {
    if (options.leading_zeros) {
        // Nearly no text has them, so they are looked for only in what does not parse; a top-level 0012 would parse as
        // 0.
        const auto start = text.find_first_not_of(" \t\r\n");
        const bool scalar = start != std::string_view::npos && text[start] != '{' && text[start] != '[';
        if (scalar) return parse_strict_numbers<Tree>(without_leading_zeros(text), arena, options.ignore_trailing);
        try {
            return parse_strict_numbers<Tree>(text, arena, options.ignore_trailing);
        } catch (const ParseException&) {
            const auto stripped = without_leading_zeros(text);
            if (stripped.size() == text.size()) throw;
            return parse_strict_numbers<Tree>(stripped, arena, options.ignore_trailing);
        }
    }
    return parse_strict_numbers<Tree>(text, arena, options.ignore_trailing);
}

}

std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    return text;
}

Node parse(std::string_view text, Arena& arena, ParseOptions options) {
    return parse_tree<NodeTree>(text, arena, options);
}

Value parse_value(std::string_view text, Arena& arena, ParseOptions options) {
    return parse_tree<ValueTree>(text, arena, options);
}

}
