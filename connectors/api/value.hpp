/// A Connect value: 16 bytes, trivially copied, owning nothing. What it points to (text, elements, fields) lies in the
/// Arena of its batch or in memory that outlives the batch, such as a schema's default.
///
/// A Struct is its field values in the order of its schema; the schema stands beside the value (SchemaAndValue, Field).
/// Logical types hold their base representation: Decimal is the two's complement bytes of the unscaled value, Date is
/// Int32 days, Time Int32 milliseconds, Timestamp Int64 milliseconds (Connect API, org.apache.kafka.connect.data).
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace {

struct MapEntry;

class Value {
public:
    enum class Kind : std::uint8_t {
        Null,
        Boolean,
        Int8,
        Int16,
        Int32,
        Int64,
        Float32,
        Float64,
        String,
        Bytes,
        Array,
        Map,
        Struct
    };

    constexpr Value() noexcept : integer_(0) {}
    static constexpr Value boolean(bool v) noexcept { return {Kind::Boolean, static_cast<std::int64_t>(v)}; }
    static constexpr Value int8(std::int8_t v) noexcept { return {Kind::Int8, std::int64_t{v}}; }
    static constexpr Value int16(std::int16_t v) noexcept { return {Kind::Int16, std::int64_t{v}}; }
    static constexpr Value int32(std::int32_t v) noexcept { return {Kind::Int32, std::int64_t{v}}; }
    static constexpr Value int64(std::int64_t v) noexcept { return {Kind::Int64, v}; }
    static constexpr Value float32(float v) noexcept { return {Kind::Float32, static_cast<double>(v)}; }
    static constexpr Value float64(double v) noexcept { return {Kind::Float64, v}; }
    /// UTF-8; the caller keeps the text alive.
    static constexpr Value string(std::string_view v) noexcept { return {Kind::String, v.data(), v.size()}; }
    static constexpr Value bytes(std::string_view v) noexcept { return {Kind::Bytes, v.data(), v.size()}; }
    static constexpr Value array(std::span<const Value> v) noexcept { return {Kind::Array, v.data(), v.size()}; }
    static constexpr Value structure(std::span<const Value> fields) noexcept {
        return {Kind::Struct, fields.data(), fields.size()};
    }
    static constexpr Value map(std::span<const MapEntry> v) noexcept;

    constexpr Kind kind() const noexcept { return kind_; }
    constexpr bool is_null() const noexcept { return kind_ == Kind::Null; }
    constexpr bool as_boolean() const noexcept { return integer_ != 0; }
    constexpr std::int64_t as_integer() const noexcept { return integer_; }  ///< of Boolean and the four integer kinds
    constexpr double as_double() const noexcept { return real_; }            ///< of Float32 and Float64
    constexpr std::string_view as_text() const noexcept { return {text_, size_}; }            ///< of String and Bytes
    constexpr std::span<const Value> as_values() const noexcept { return {values_, size_}; }  ///< of Array and Struct
    constexpr std::span<const MapEntry> as_entries() const noexcept;

private:
    constexpr Value(Kind kind, std::int64_t v) noexcept : integer_(v), kind_(kind) {}
    constexpr Value(Kind kind, double v) noexcept : real_(v), kind_(kind) {}
    constexpr Value(Kind kind, const char* v, std::size_t n) noexcept
        : text_(v), size_(static_cast<std::uint32_t>(n)), kind_(kind) {}
    constexpr Value(Kind kind, const Value* v, std::size_t n) noexcept
        : values_(v), size_(static_cast<std::uint32_t>(n)), kind_(kind) {}
    constexpr Value(Kind kind, const MapEntry* v, std::size_t n) noexcept
        : entries_(v), size_(static_cast<std::uint32_t>(n)), kind_(kind) {}

    union {
        std::int64_t integer_;
        double real_;
        const char* text_;
        const Value* values_;
        const MapEntry* entries_;
    };
    std::uint32_t size_ = 0;
    Kind kind_ = Kind::Null;
};

struct MapEntry {
    Value key;
    Value value;
};

constexpr std::span<const MapEntry> Value::as_entries() const noexcept { return {entries_, size_}; }
constexpr Value Value::map(std::span<const MapEntry> v) noexcept { return {Kind::Map, v.data(), v.size()}; }

/// Equal in kind and content, deeply; NaN equals NaN.
bool operator==(const Value& a, const Value& b) noexcept;

/// A copy whose text, elements and fields all lie in `arena`.
Value deep_copy(const Value& value, Arena& arena);

}
