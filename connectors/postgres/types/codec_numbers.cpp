// Booleans, integers, floating point, numeric, money, bit strings.
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/numeric.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/source_type.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace millrace::postgres {

namespace {

template <class T>
T parse(std::string_view text) {
    T value{};
    const auto* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end) refuse("not a number of its type", text);
    return value;
}

Value boolean_of(const Codec&, std::string_view text, Arena&) {
    if (text == "t") return Value::boolean(true);
    if (text == "f") return Value::boolean(false);
    refuse("not a boolean", text);
}
Value int16_of(const Codec&, std::string_view text, Arena&) { return Value::int16(parse<std::int16_t>(text)); }
Value int32_of(const Codec&, std::string_view text, Arena&) { return Value::int32(parse<std::int32_t>(text)); }
Value int64_of(const Codec&, std::string_view text, Arena&) { return Value::int64(parse<std::int64_t>(text)); }
Value float32_of(const Codec&, std::string_view text, Arena&) { return Value::float32(parse<float>(text)); }
Value float64_of(const Codec&, std::string_view text, Arena&) { return Value::float64(parse<double>(text)); }

/// A numeric may lie outside of what a double holds: it becomes infinite or zero, as in Java.
Value decimal_double_of(const Codec&, std::string_view text, Arena&) {
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec == std::errc::result_out_of_range)
        return Value::float64(std::strtod(std::string(text).c_str(), nullptr));
    if (result.ec != std::errc{} || result.ptr != end) refuse("not a number", text);
    return Value::float64(value);
}

[[noreturn]] void refuse_special(std::string_view text) {
    throw DataException(
        fmt::format("{} has no place in a decimal; decimal.handling.mode string or double can hold it", text));
}

/// NaN as an element costs Debezium the whole array, even where a single value of it would pass.
template <Value (*Scalar)(const Codec&, std::string_view, Arena&)>
Value finite_only(const Codec& codec, std::string_view text, Arena& arena) {
    if (is_special_number(text)) refuse_special(text);
    return Scalar(codec, text, arena);
}

Value decimal_of(const Codec& codec, std::string_view text, Arena& arena) {
    if (is_special_number(text)) refuse_special(text);
    return Value::bytes(unscaled_bytes(text, codec.scale, Rounding::Never, arena));
}

Value variable_decimal_of(const Codec&, std::string_view text, Arena& arena) {
    if (is_special_number(text)) refuse_special(text);
    const auto [scale, unscaled] = smallest_scale(text, arena);
    return make_struct(arena, Value::int32(scale), Value::bytes(unscaled));
}

/// Codec::scale below 0: as many decimals as the server sent.
Value decimal_text_of(const Codec& codec, std::string_view text, Arena& arena) {
    if (text == "NaN") return Value::string("NAN");
    if (text == "Infinity") return Value::string("POSITIVE_INFINITY");
    if (text == "-Infinity") return Value::string("NEGATIVE_INFINITY");
    return Value::string(codec.scale < 0 ? text : with_scale(text, codec.scale, arena));
}

Value money_of(const Codec& codec, std::string_view text, Arena& arena) {
    return Value::bytes(unscaled_bytes(plain_money(text, arena), codec.scale, Rounding::HalfUp, arena));
}
Value money_double_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::float64(parse<double>(plain_money(text, arena)));
}
Value money_text_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(plain_money(text, arena));
}

void check_bits(std::string_view text) {
    if (!std::ranges::all_of(text, [](char c) { return c == '0' || c == '1'; })) refuse("not a bit string", text);
}

Value bit_of(const Codec&, std::string_view text, Arena&) {
    check_bits(text);
    return Value::boolean(text.find('1') != std::string_view::npos);
}

/// The number that the bits spell, little-endian, without leading zeros: nothing at all for zero.
Value bits_of(const Codec&, std::string_view text, Arena& arena) {
    check_bits(text);
    const auto first = text.find('1');
    const auto bits = first == std::string_view::npos ? std::string_view() : text.substr(first);
    const auto size = (bits.size() + 7) / 8;
    auto* const to = arena.make_array<char>(size);
    for (std::size_t i = 0; i < bits.size(); ++i)
        if (bits[bits.size() - 1 - i] == '1') to[i / 8] = static_cast<char>(to[i / 8] | 1 << (i % 8));
    return Value::bytes({to, size});
}

Value unmappable(const Codec&, std::string_view, Arena&) {
    throw DataException("arrays of bit strings have no Connect value");
}

TypedCodec plain(Codec::Convert convert, Type type, std::string zero) {
    auto codec = std::make_unique<Codec>();
    codec->convert = convert;
    codec->zero_text = std::move(zero);
    return {.codec = std::move(codec), .schema = {.type = type}};
}

SchemaParts decimal_schema(std::int32_t scale, std::int32_t precision) {
    SchemaParts parts{.type = Type::Bytes, .name = "org.apache.kafka.connect.data.Decimal", .version = 1};
    parts.parameters.emplace_back("scale", fmt::format("{}", scale));
    if (precision > 0) parts.parameters.emplace_back("connect.decimal.precision", fmt::format("{}", precision));
    return parts;
}

TypedCodec variable_scale() {
    auto made = plain(variable_decimal_of, Type::Struct, "0");
    made.schema.name = "io.debezium.data.VariableScaleDecimal";
    made.schema.version = 1;
    made.schema.doc = "Variable scaled decimal";
    made.schema.fields = {{"scale", plain_schema(Type::Int32, false)}, {"value", plain_schema(Type::Bytes, false)}};
    return made;
}

/// A negative scale has wrapped around in its 11 bits where Debezium's values are wanted.
std::int32_t shown_scale(std::int32_t scale, bool reproduce_defects) {
    constexpr std::int32_t wrapped_at = 2048;
    if (scale >= 0) return scale;
    return reproduce_defects ? scale + wrapped_at : 0;
}

TypedCodec numeric_codec(std::int32_t typmod, const TypeOptions& options) {
    const auto [precision, scale] = numeric_size(typmod);
    const auto shown = shown_scale(scale, options.reproduce_defects);
    TypedCodec made;
    switch (options.decimals) {
    case DecimalHandling::Double:
        made = plain(decimal_double_of, Type::Float64, "0");
        if (options.reproduce_defects) made.codec->convert_element = finite_only<decimal_double_of>;
        return made;
    case DecimalHandling::String:
        made = plain(decimal_text_of, Type::String, "0");
        if (options.reproduce_defects) made.codec->convert_element = finite_only<decimal_text_of>;
        made.codec->scale = precision == 0 ? -1 : shown;
        made.codec->placeholder = Codec::Placeholder::Text;
        return made;
    case DecimalHandling::Precise:
        break;
    }
    if (precision == 0) return variable_scale();
    made = plain(decimal_of, Type::Bytes, "0");
    made.schema = decimal_schema(shown, precision);
    made.codec->scale = shown;
    return made;
}

TypedCodec money_codec(const TypeOptions& options) {
    switch (options.decimals) {
    case DecimalHandling::Double:
        return plain(money_double_of, Type::Float64, "0");
    case DecimalHandling::String: {
        const auto digits = static_cast<std::size_t>(std::max<std::int16_t>(options.money_fraction_digits, 0));
        return plain(money_text_of, Type::String, digits == 0 ? "0" : "0." + std::string(digits, '0'));
    }
    case DecimalHandling::Precise:
        break;
    }
    auto made = plain(money_of, Type::Bytes, "0");
    made.schema = decimal_schema(options.money_fraction_digits, 0);
    made.codec->scale = options.money_fraction_digits;
    return made;
}

/// The length is a typmod; -1 (varying without a limit) is shown as the largest.
TypedCodec bits_codec(std::int32_t length) {
    if (length == 1) return plain(bit_of, Type::Boolean, "0");
    auto made = plain(bits_of, Type::Bytes, "");
    made.schema.name = "io.debezium.data.Bits";
    made.schema.version = 1;
    made.schema.parameters.emplace_back("length", fmt::format("{}", length < 0 ? unknown_length : length));
    return made;
}

}

TypedCodec make_number_codec(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    constexpr Oid bit_array = 1561;
    switch (type.type->oid) {
    case oid::boolean:
        return plain(boolean_of, Type::Boolean, "f");
    case oid::int2:
        return plain(int16_of, Type::Int16, "0");
    case oid::int4:
        return plain(int32_of, Type::Int32, "0");
    case oid::int8:
    case oid::oid:
        return plain(int64_of, Type::Int64, "0");
    case oid::float4:
        return plain(float32_of, Type::Float32, "0");
    case oid::float8:
        return plain(float64_of, Type::Float64, "0");
    case oid::numeric:
        return numeric_codec(type.typmod, options);
    case oid::money:
        return money_codec(options);
    case oid::bit:
    case oid::varbit:
        return bits_codec(type.typmod);
    case bit_array: {
        // Debezium describes the elements and cannot convert the array. The schema stays as it is.
        auto made = bits_codec(type.typmod);
        made.codec->convert = unmappable;
        made.codec->zero = Codec::Zero::EmptyArray;
        return made;
    }
    default:
        return {};
    }
}

}
