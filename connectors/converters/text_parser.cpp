#include "connectors/converters/text_parser.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/java_date_format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace millrace::converters {

namespace {

constexpr std::size_t max_nesting = 200;
constexpr std::int64_t day_ms = 86'400'000;
constexpr std::string_view delimiters = ":,{}[]\"";

SchemaPtr plain_schema(Type type) {
    static const auto schemas = [] {
        std::array<SchemaPtr, 9> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = make_schema({.type = static_cast<Type>(i)});
        return all;
    }();
    return schemas[static_cast<std::size_t>(type)];
}

SchemaPtr logical_schema(Type type, std::string_view name) {
    return make_schema({.type = type, .name = std::string(name), .version = 1});
}

/// By its length alone: dates have 10 characters, times 13, and both together 24. Lenient: month 13 is January.
std::optional<SchemaAndValue> parse_time(std::string_view token) {
    static const JavaDateFormat date("yyyy-MM-dd");
    static const JavaDateFormat time("HH:mm:ss.SSS'Z'");
    static const JavaDateFormat timestamp("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");
    std::string text(token);
    for (auto at = text.find("\\:"); at != std::string::npos; at = text.find("\\:", at)) text.erase(at, 1);
    if (text.size() == 10) {
        const auto found = date.parse(text);
        if (!found) return std::nullopt;
        const auto days = (*found - (*found < 0 ? day_ms - 1 : 0)) / day_ms;
        return SchemaAndValue{logical_schema(Type::Int32, "org.apache.kafka.connect.data.Date"),
                              Value::int32(static_cast<std::int32_t>(days))};
    }
    if (text.size() == 13) {
        const auto found = time.parse(text);
        if (!found) return std::nullopt;
        return SchemaAndValue{logical_schema(Type::Int32, "org.apache.kafka.connect.data.Time"),
                              Value::int32(static_cast<std::int32_t>(*found))};
    }
    if (text.size() != 24) return std::nullopt;
    const auto found = timestamp.parse(text);
    if (!found) return std::nullopt;
    return SchemaAndValue{logical_schema(Type::Int64, "org.apache.kafka.connect.data.Timestamp"), Value::int64(*found)};
}

SchemaAndValue smallest_integer(std::int64_t value) {
    if (value == static_cast<std::int8_t>(value)) {
        return {plain_schema(Type::Int8), Value::int8(static_cast<std::int8_t>(value))};
    }
    if (value == static_cast<std::int16_t>(value)) {
        return {plain_schema(Type::Int16), Value::int16(static_cast<std::int16_t>(value))};
    }
    if (value == static_cast<std::int32_t>(value)) {
        return {plain_schema(Type::Int32), Value::int32(static_cast<std::int32_t>(value))};
    }
    return {plain_schema(Type::Int64), Value::int64(value)};
}

/// 64-bit two's complement, from bytes that are no longer.
std::int64_t integer_of(std::string_view bytes) {
    std::int64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? -1 : 0;
    for (const char c : bytes) {
        value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << 8 | static_cast<unsigned char>(c));
    }
    return value;
}

std::optional<SchemaAndValue> parse_number(std::string_view text, Arena& arena) {
    const auto number = parse_decimal(text);
    if (!number) return std::nullopt;
    const std::string terminated(text);
    const double value = std::strtod(terminated.c_str(), nullptr);
    const auto whole = std::abs(value) <= 1e19 ? decimal_bytes(text, 0) : std::nullopt;
    if (whole && whole->size() <= 8) return smallest_integer(integer_of(*whole));
    if (number->scale != 0 && std::isfinite(static_cast<float>(value))) {
        return SchemaAndValue{plain_schema(Type::Float32), Value::float32(std::strtof(terminated.c_str(), nullptr))};
    }
    if (number->scale != 0 && std::isfinite(value)) {
        return SchemaAndValue{plain_schema(Type::Float64), Value::float64(value)};
    }
    return SchemaAndValue{make_schema({.type = Type::Bytes,
                                       .name = std::string(decimal_schema_name),
                                       .version = 1,
                                       .parameters = {{"scale", std::to_string(number->scale)}}}),
                          Value::bytes(arena.copy(number->unscaled))};
}

bool is_integer(Type type) noexcept { return type <= Type::Int64; }
bool is_real(Type type) noexcept { return type == Type::Float32 || type == Type::Float64; }

/// The schema that both fit, or null. Numbers widen, and a whole number fits where reals are.
SchemaPtr common_schema(const SchemaPtr& a, const SchemaPtr& b) {
    if (!a || !b || equal(a, b)) return equal(a, b) ? a : nullptr;
    if (!a->name().empty() || !b->name().empty()) return nullptr;
    const Type wider = std::max(a->type(), b->type());
    if ((is_integer(a->type()) || is_real(a->type())) && (is_integer(b->type()) || is_real(b->type()))) {
        return plain_schema(wider);
    }
    return nullptr;
}

Value widened(const Value& value, const SchemaPtr& schema) {
    if (!schema || value.is_null()) return value;
    const bool real = value.kind() == Value::Kind::Float32 || value.kind() == Value::Kind::Float64;
    const double as_real = real ? value.as_double() : static_cast<double>(value.as_integer());
    switch (schema->type()) {
    case Type::Int16:
        return Value::int16(static_cast<std::int16_t>(value.as_integer()));
    case Type::Int32:
        return schema->name().empty() ? Value::int32(static_cast<std::int32_t>(value.as_integer())) : value;
    case Type::Int64:
        return schema->name().empty() ? Value::int64(value.as_integer()) : value;
    case Type::Float32:
        return Value::float32(static_cast<float>(as_real));
    case Type::Float64:
        return Value::float64(as_real);
    default:
        return value;
    }
}

/// Element types merged as elements arrive.
class CommonSchema {
public:
    void add(const SchemaAndValue& part) {
        if (part.value.is_null()) return;
        schema_ = seen_ ? common_schema(schema_, part.schema) : part.schema;
        seen_ = true;
    }
    const SchemaPtr& schema() const noexcept { return schema_; }

private:
    SchemaPtr schema_;
    bool seen_ = false;
};

/// A delimiter that no odd number of backslashes stands before, or what runs up to the next one.
class Tokens {
public:
    explicit Tokens(std::string_view text) : text_(text) {}

    std::size_t mark() const noexcept { return at_ - (next_ ? next_->size() : 0); }
    void rewind(std::size_t to) noexcept {
        at_ = to;
        next_.reset();
    }
    bool has_next() const noexcept { return next_ || at_ < text_.size(); }
    std::string_view next() noexcept {
        const auto token = next_ ? *next_ : read();
        next_.reset();
        return token;
    }
    /// The text of the next `count` tokens; without that many, none, and nothing is read.
    std::optional<std::string_view> next(int count) noexcept {
        const auto start = mark();
        for (; count > 0; --count) {
            if (!has_next()) {
                rewind(start);
                return std::nullopt;
            }
            next();
        }
        return text_.substr(start, at_ - start);
    }
    /// Blanks around it, and blank tokens before it, do not matter.
    bool taken(std::string_view expected) noexcept {
        if (!has_next()) return false;
        if (!next_) next_ = read();
        while (trim(*next_).empty() && at_ < text_.size()) next_ = read();
        if (trim(*next_) != expected) return false;
        next_.reset();
        return true;
    }

private:
    std::string_view read() noexcept {
        const auto start = at_;
        bool escaped = false;
        for (; at_ < text_.size(); ++at_) {
            if (!escaped && delimiters.find(text_[at_]) != std::string_view::npos) {
                if (start == at_) ++at_;
                break;
            }
            escaped = text_[at_] == '\\' && !escaped;
        }
        return text_.substr(start, at_ - start);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::optional<std::string_view> next_;
};

/// Its functions give none for a container that is none, and a value without a schema for null.
class Parser {
public:
    Parser(std::string_view text, Arena& arena) : text_(text), tokens_(text), arena_(arena) {}

    SchemaAndValue whole() { return value(0).value_or(string(text_)); }

private:
    /// Level 0 is the whole text, which may be any words.
    std::optional<SchemaAndValue> value(std::size_t level) {
        if (!tokens_.has_next()) return SchemaAndValue{};
        if (level > max_nesting) return std::nullopt;
        if (level > 0 && tokens_.taken("\"")) return quoted();
        if (literal(level, "null")) return SchemaAndValue{};
        for (const std::string_view word : {"true", "false"}) {
            if (literal(level, word)) {
                return SchemaAndValue{plain_schema(Type::Boolean), Value::boolean(word == "true")};
            }
        }
        const auto start = tokens_.mark();
        if (tokens_.taken("[")) {
            if (auto found = array(level + 1)) return found;
            tokens_.rewind(start);
        } else if (tokens_.taken("{")) {
            if (auto found = map(level + 1)) return found;
            tokens_.rewind(start);
        }
        const auto token = tokens_.next();
        if (trim(token).empty()) return string(token);
        return word(level, trim(token));
    }
    bool literal(std::size_t level, std::string_view expected) {
        const auto start = tokens_.mark();
        if (tokens_.taken(expected) && (level > 0 || !tokens_.has_next())) return true;
        tokens_.rewind(start);
        return false;
    }
    std::optional<SchemaAndValue> word(std::size_t level, std::string_view token) {
        const bool digit = token[0] >= '0' && token[0] <= '9';
        if (digit) {
            if (const auto found = time(token)) return found;
        }
        if (digit || token[0] == '+' || token[0] == '-') {
            if (const auto found = parse_number(token, arena_)) return found;
        }
        if (level > 0) return std::nullopt;
        return string(text_);
    }
    /// Colons part a time into five tokens.
    std::optional<SchemaAndValue> time(std::string_view token) {
        const auto start = tokens_.mark();
        if (const auto rest = tokens_.next(4)) {
            if (const auto found = parse_time(std::string(token).append(*rest))) return found;
        }
        tokens_.rewind(start);
        return parse_time(token);
    }
    SchemaAndValue quoted() {
        std::string content;
        while (tokens_.has_next() && !tokens_.taken("\"")) content += tokens_.next();
        if (const auto found = parse_time(content)) return *found;
        return string(content);
    }
    SchemaAndValue string(std::string_view text) const {
        return {.schema = plain_schema(Type::String), .value = Value::string(arena_.copy(text))};
    }
    std::optional<SchemaAndValue> array(std::size_t level) {
        std::vector<Value> elements;
        CommonSchema common;
        while (tokens_.has_next()) {
            if (tokens_.taken("]")) return array_of(elements, common.schema());
            if (tokens_.taken(",")) return std::nullopt;
            const auto element = value(level);
            if (!element) return std::nullopt;
            common.add(*element);
            elements.push_back(element->value);
            const auto behind = tokens_.mark();
            if (tokens_.taken("]")) {
                tokens_.rewind(behind);
            } else if (!tokens_.taken(",")) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }
    /// Nulls do not go with other elements.
    std::optional<SchemaAndValue> array_of(std::span<const Value> elements, const SchemaPtr& common) const {
        if (common && std::ranges::any_of(elements, &Value::is_null)) return std::nullopt;
        auto* stored = arena_.make_array<Value>(elements.size());
        std::ranges::transform(elements, stored, [&](const Value& v) { return widened(v, common); });
        auto schema = common ? make_schema({.type = Type::Array, .value = common}) : nullptr;
        return SchemaAndValue{std::move(schema), Value::array({stored, elements.size()})};
    }
    std::optional<SchemaAndValue> map(std::size_t level) {
        std::vector<MapEntry> entries;
        CommonSchema keys;
        CommonSchema values;
        while (tokens_.has_next()) {
            if (tokens_.taken("}")) return map_of(entries, keys.schema(), values.schema());
            if (tokens_.taken(",")) return std::nullopt;
            const auto key = value(level);
            if (!key || key->value.is_null() || !tokens_.taken(":")) return std::nullopt;
            const auto mapped = value(level);
            if (!mapped) return std::nullopt;
            const auto found = std::ranges::find(entries, key->value, &MapEntry::key);
            if (found == entries.end()) {
                entries.push_back({key->value, mapped->value});
            } else {
                found->value = mapped->value;
            }
            tokens_.taken(",");
            keys.add(*key);
            values.add(*mapped);
        }
        return std::nullopt;
    }
    std::optional<SchemaAndValue> map_of(std::span<const MapEntry> entries, const SchemaPtr& keys,
                                         const SchemaPtr& values) const {
        const auto is_null = [](const MapEntry& entry) { return entry.value.is_null(); };
        if (keys && values && std::ranges::any_of(entries, is_null)) return std::nullopt;
        auto* stored = arena_.make_array<MapEntry>(entries.size());
        std::ranges::transform(entries, stored, [&](const MapEntry& entry) {
            return MapEntry{widened(entry.key, keys), widened(entry.value, keys ? values : nullptr)};
        });
        SchemaPtr schema;
        if (keys && values) schema = make_schema({.type = Type::Map, .key = keys, .value = values});
        return SchemaAndValue{std::move(schema), Value::map({stored, entries.size()})};
    }

    std::string_view text_;
    Tokens tokens_;
    Arena& arena_;
};

}

SchemaAndValue parse_text(std::string_view text, Arena& arena) {
    if (text.empty()) return {.schema = plain_schema(Type::String), .value = Value::string("")};
    return Parser(text, arena).whole();
}

}
