#include "connectors/converters/text_parser.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace millrace::converters {

namespace {

constexpr std::size_t max_nesting = 200;
constexpr std::int64_t day_ms = 86'400'000;

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

bool digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The digits of `text` where `pattern` has 0, its other characters as they stand; none if it does not fit. Z in the
/// pattern is an offset such as Z itself.
std::optional<std::vector<int>> fields_of(std::string_view text, std::string_view pattern) {
    if (text.size() != pattern.size()) return std::nullopt;
    std::vector<int> fields;
    bool in_field = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (pattern[i] != '0') {
            if (text[i] != pattern[i]) return std::nullopt;
            in_field = false;
        } else {
            if (!digit(text[i])) return std::nullopt;
            if (!in_field) fields.push_back(0);
            in_field = true;
            fields.back() = fields.back() * 10 + (text[i] - '0');
        }
    }
    return fields;
}

std::optional<std::int64_t> days(int year, int month, int day) {
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

std::int64_t clock_ms(const std::vector<int>& f, std::size_t from) {
    return ((f[from] * 60LL + f[from + 1]) * 60 + f[from + 2]) * 1000 + f[from + 3];
}

std::optional<SchemaAndValue> parse_time(std::string_view text) {
    if (const auto f = fields_of(text, "0000-00-00")) {
        const auto found = days((*f)[0], (*f)[1], (*f)[2]);
        if (!found) return std::nullopt;
        return SchemaAndValue{logical_schema(Type::Int32, "org.apache.kafka.connect.data.Date"),
                              Value::int32(static_cast<std::int32_t>(*found))};
    }
    if (const auto f = fields_of(text, "00:00:00.000Z")) {
        return SchemaAndValue{logical_schema(Type::Int32, "org.apache.kafka.connect.data.Time"),
                              Value::int32(static_cast<std::int32_t>(clock_ms(*f, 0)))};
    }
    if (const auto f = fields_of(text, "0000-00-00T00:00:00.000Z")) {
        const auto found = days((*f)[0], (*f)[1], (*f)[2]);
        if (!found) return std::nullopt;
        return SchemaAndValue{logical_schema(Type::Int64, "org.apache.kafka.connect.data.Timestamp"),
                              Value::int64(*found * day_ms + clock_ms(*f, 3))};
    }
    return std::nullopt;
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
    if (text.empty() || (!digit(text[0]) && text[0] != '+' && text[0] != '-')) return std::nullopt;
    const auto scale = decimal_places(text);
    const auto bytes = scale ? decimal_bytes(text, *scale) : std::nullopt;
    if (!bytes) return std::nullopt;
    if (*scale == 0 && bytes->size() <= 8) return smallest_integer(integer_of(*bytes));
    const std::string terminated(text);
    const double value = std::strtod(terminated.c_str(), nullptr);
    if (std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max())) {
        return SchemaAndValue{plain_schema(Type::Float32), Value::float32(std::strtof(terminated.c_str(), nullptr))};
    }
    if (std::isfinite(value)) return SchemaAndValue{plain_schema(Type::Float64), Value::float64(value)};
    return SchemaAndValue{make_schema({.type = Type::Bytes,
                                       .name = std::string(decimal_schema_name),
                                       .version = 1,
                                       .parameters = {{"scale", std::to_string(*scale)}}}),
                          Value::bytes(arena.copy(*bytes))};
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

class Parser {
public:
    Parser(std::string_view text, Arena& arena) : text_(text), arena_(arena) {}

    /// None if the text is no container.
    std::optional<SchemaAndValue> container() {
        auto found = value(0);
        blanks();
        return found && at_ == text_.size() ? found : std::nullopt;
    }

private:
    std::optional<SchemaAndValue> value(std::size_t depth) {
        blanks();
        if (at_ == text_.size() || depth > max_nesting) return std::nullopt;
        if (text_[at_] == '[') return array(depth);
        if (text_[at_] == '{') return map(depth);
        if (text_[at_] == '"') return quoted();
        return literal();
    }
    std::optional<SchemaAndValue> array(std::size_t depth) {
        ++at_;
        std::vector<Value> elements;
        CommonSchema common;
        if (!taken(']')) {
            do {
                const auto element = value(depth + 1);
                if (!element) return std::nullopt;
                common.add(*element);
                elements.push_back(element->value);
            } while (taken(','));
            if (!taken(']')) return std::nullopt;
        }
        auto* stored = arena_.make_array<Value>(elements.size());
        std::ranges::transform(elements, stored, [&](const Value& v) { return widened(v, common.schema()); });
        SchemaPtr schema;
        if (common.schema()) schema = make_schema({.type = Type::Array, .value = common.schema()});
        return SchemaAndValue{schema, Value::array({stored, elements.size()})};
    }
    std::optional<SchemaAndValue> map(std::size_t depth) {
        ++at_;
        std::vector<MapEntry> entries;
        CommonSchema keys;
        CommonSchema values;
        if (!taken('}')) {
            do {
                const auto key = value(depth + 1);
                if (!key || key->value.is_null() || !taken(':')) return std::nullopt;
                const auto mapped = value(depth + 1);
                if (!mapped) return std::nullopt;
                keys.add(*key);
                values.add(*mapped);
                const auto found = std::ranges::find(entries, key->value, &MapEntry::key);
                if (found == entries.end()) {
                    entries.push_back({key->value, mapped->value});
                } else {
                    found->value = mapped->value;
                }
            } while (taken(','));
            if (!taken('}')) return std::nullopt;
        }
        auto* stored = arena_.make_array<MapEntry>(entries.size());
        std::ranges::transform(entries, stored, [&](const MapEntry& e) {
            return MapEntry{widened(e.key, keys.schema()), widened(e.value, values.schema())};
        });
        SchemaPtr schema;
        if (keys.schema() && values.schema()) {
            schema = make_schema({.type = Type::Map, .key = keys.schema(), .value = values.schema()});
        }
        return SchemaAndValue{schema, Value::map({stored, entries.size()})};
    }
    std::optional<SchemaAndValue> quoted() {
        std::string content;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            content += text_[at_];
        }
        if (at_ == text_.size()) return std::nullopt;
        ++at_;
        return SchemaAndValue{plain_schema(Type::String), Value::string(arena_.copy(content))};
    }
    /// Up to the next delimiter; a time has colons of its own.
    std::optional<SchemaAndValue> literal() {
        for (const std::size_t length : {std::size_t{24}, std::size_t{13}, std::size_t{10}}) {
            if (const auto time = parse_time(text_.substr(at_, length))) {
                at_ += length;
                return time;
            }
        }
        const auto end = std::min(text_.find_first_of(":,{}[]\"", at_), text_.size());
        const auto token = trim(text_.substr(at_, end - at_));
        at_ = end;
        if (token == "null") return SchemaAndValue{};
        if (token == "true" || token == "false") {
            return SchemaAndValue{plain_schema(Type::Boolean), Value::boolean(token == "true")};
        }
        if (const auto number = parse_number(token, arena_)) return number;
        if (token.empty()) return std::nullopt;
        return SchemaAndValue{plain_schema(Type::String), Value::string(arena_.copy(token))};
    }
    void blanks() {
        while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) <= ' ') ++at_;
    }
    bool taken(char c) {
        blanks();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    std::string_view text_;
    Arena& arena_;
    std::size_t at_ = 0;
};

}

SchemaAndValue parse_text(std::string_view text, Arena& arena) {
    const auto whole = trim(text);
    if (whole == "null") return {};
    if (whole == "true" || whole == "false") {
        return {.schema = plain_schema(Type::Boolean), .value = Value::boolean(whole == "true")};
    }
    if (whole.starts_with('[') || whole.starts_with('{')) {
        if (const auto found = Parser(whole, arena).container()) return *found;
    } else if (const auto time = parse_time(whole)) {
        return *time;
    } else if (const auto number = parse_number(trim(whole.substr(0, whole.find_first_of(":,{}[]\""))), arena)) {
        return *number;  // what follows the first delimiter does not count
    }
    return {.schema = plain_schema(Type::String), .value = Value::string(arena.copy(text))};
}

}
