#include "connectors/api/errors.hpp"
#include "connectors/postgres/incremental/java_object.hpp"
#include "connectors/postgres/incremental/java_stream.hpp"
#include "connectors/postgres/types/modified_utf8.hpp"
#include "connectors/postgres/types/numeric.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/support/text.hpp"

#include <bit>
#include <charconv>
#include <cstdlib>
#include <map>
#include <span>

namespace millrace::postgres {
namespace {

using Kind = KeyValue::Kind;

constexpr std::int64_t millis_of_day = 86'400'000;

struct JavaField {
    char type;
    std::string_view name;
    std::string_view type_name = {};  ///< of objects and arrays
};
struct JavaClass {
    std::string_view name;
    std::uint64_t uid;
    std::uint8_t flags;
    std::span<const JavaField> fields = {};
    const JavaClass* super = nullptr;
};

using java::serializable;
constexpr std::uint8_t with_write_method = java::serializable | java::has_write_method;
constexpr JavaClass number_class{"java.lang.Number", 0x86ac951d0b94e08b, serializable};
constexpr JavaField integer_fields[] = {{'I', "value"}}, long_fields[] = {{'J', "value"}},
                    float_fields[] = {{'F', "value"}}, double_fields[] = {{'D', "value"}},
                    boolean_fields[] = {{'Z', "value"}}, uuid_fields[] = {{'J', "leastSigBits"}, {'J', "mostSigBits"}},
                    decimal_fields[] = {{'I', "scale"}, {'L', "intVal", "Ljava/math/BigInteger;"}},
                    big_integer_fields[] = {{'I', "bitCount"},     {'I', "bitLength"}, {'I', "firstNonzeroByteNum"},
                                            {'I', "lowestSetBit"}, {'I', "signum"},    {'[', "magnitude", "[B"}};
constexpr JavaClass integer_class{"java.lang.Integer", 0x12e2a0a4f7818738, serializable, integer_fields, &number_class};
constexpr JavaClass long_class{"java.lang.Long", 0x3b8be490cc8f23df, serializable, long_fields, &number_class};
constexpr JavaClass float_class{"java.lang.Float", 0xdaedc9a2db3cf0ec, serializable, float_fields, &number_class};
constexpr JavaClass double_class{"java.lang.Double", 0x80b3c24a296bfb04, serializable, double_fields, &number_class};
constexpr JavaClass boolean_class{"java.lang.Boolean", 0xcd207280d59cfaee, serializable, boolean_fields};
constexpr JavaClass uuid_class{"java.util.UUID", 0xbc9903f7986d852f, serializable, uuid_fields};
constexpr JavaClass decimal_class{"java.math.BigDecimal", 0x54c71557f981284f, with_write_method, decimal_fields,
                                  &number_class};
constexpr JavaClass big_integer_class{"java.math.BigInteger", 0x8cfc9f1fa93bfb1d, with_write_method, big_integer_fields,
                                      &number_class};
constexpr JavaClass util_date_class{"java.util.Date", 0x686a81014b597419, with_write_method};
constexpr JavaClass date_class{"java.sql.Date", 0x14fa46683f356697, serializable, {}, &util_date_class};
constexpr JavaClass bytes_class{"[B", 0xacf317f8060854e0, serializable};
constexpr JavaClass objects_class{"[Ljava.lang.Object;", 0x90ce589f1073296c, serializable};

std::int64_t integer_of(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class Writer {
public:
    Writer() { number(java::magic, 4); }
    std::string&& take() && { return std::move(out_); }

    void null() { byte(java::tc_null); }
    void array(const RowKey& key) {
        begin(java::tc_array, objects_class);
        number(key.size(), 4);
        for (const auto& value : key) element(value);
    }

private:
    void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
    void number(std::uint64_t value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) byte(static_cast<std::uint8_t>(value >> shift));
    }
    void utf(std::string_view text) {
        number(text.size(), 2);
        out_ += text;
    }
    void reference(std::uint32_t handle) {
        byte(java::tc_reference);
        number(java::first_handle + handle, 4);
    }
    /// A description of the class, or a reference to it where it was described before.
    void describe(const JavaClass& type) {
        if (const auto known = classes_.find(type.name); known != classes_.end()) return reference(known->second);
        byte(java::tc_class);
        utf(type.name);
        number(type.uid, 8);
        classes_.emplace(type.name, handles_++);
        byte(type.flags);
        number(type.fields.size(), 2);
        for (const auto& field : type.fields) {
            byte(static_cast<std::uint8_t>(field.type));
            utf(field.name);
            if (!field.type_name.empty()) type_name(field.type_name);
        }
        byte(java::tc_end_block);
        if (type.super != nullptr) {
            describe(*type.super);
        } else {
            byte(java::tc_null);
        }
    }
    void type_name(std::string_view name) {
        if (const auto known = type_names_.find(name); known != type_names_.end()) return reference(known->second);
        byte(java::tc_string);
        utf(name);
        type_names_.emplace(name, handles_++);
    }
    void begin(std::uint8_t what, const JavaClass& type) {
        byte(what);
        describe(type);
        ++handles_;
    }
    /// Small numbers and booleans are one object in Java, however often they occur.
    void whole(const KeyValue& value, const JavaClass& type, std::int64_t number_value, int bytes) {
        const bool shared = number_value >= -128 && number_value <= 127;
        if (const auto known = shared_.find({value.kind, value.text}); known != shared_.end()) {
            return reference(known->second);
        }
        begin(java::tc_object, type);
        if (shared) shared_.emplace(std::pair(value.kind, value.text), handles_ - 1);
        number(static_cast<std::uint64_t>(number_value), bytes);
    }
    void element(const KeyValue& value);
    void string(const std::string& text);
    void uuid(std::string_view text);
    void date(std::string_view text);
    void decimal(std::string_view text);

    std::string out_;
    std::uint32_t handles_ = 0;
    std::map<std::string_view, std::uint32_t> classes_;
    std::map<std::string_view, std::uint32_t> type_names_;
    std::map<std::pair<Kind, std::string>, std::uint32_t> shared_;
};

void Writer::element(const KeyValue& value) {
    switch (value.kind) {
    case Kind::Null:
        return null();
    case Kind::Boolean:
        return whole(value, boolean_class, value.text == "t" ? 1 : 0, 1);
    case Kind::Integer:
        return whole(value, integer_class, integer_of(value.text), 4);
    case Kind::Long:
        return whole(value, long_class, integer_of(value.text), 8);
    case Kind::Float:
        begin(java::tc_object, float_class);
        return number(std::bit_cast<std::uint32_t>(std::strtof(value.text.c_str(), nullptr)), 4);
    case Kind::Double:
        begin(java::tc_object, double_class);
        return number(std::bit_cast<std::uint64_t>(std::strtod(value.text.c_str(), nullptr)), 8);
    case Kind::Decimal:
        return decimal(value.text);
    case Kind::Uuid:
        return uuid(value.text);
    case Kind::Date:
        return date(value.text);
    case Kind::String:
        return string(value.text);
    }
}

void Writer::string(const std::string& text) {
    const auto encoded = modified_utf8(text);
    const bool is_long = encoded.size() > 0xFFFF;
    byte(is_long ? java::tc_long_string : java::tc_string);
    number(encoded.size(), is_long ? 8 : 2);
    out_ += encoded;
    ++handles_;
}

void Writer::uuid(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c != '-') digits += c;
    }
    const auto bytes = from_hex(digits);
    if (!bytes || bytes->size() != 16) throw DataException("A key of type uuid has a text that is no UUID");
    begin(java::tc_object, uuid_class);
    out_ += bytes->substr(8);
    out_ += bytes->substr(0, 8);
}

void Writer::date(std::string_view text) {
    begin(java::tc_object, date_class);
    byte(java::tc_block_data);
    byte(8);
    number(static_cast<std::uint64_t>(epoch_days(parse_date(text)) * millis_of_day), 8);
    byte(java::tc_end_block);
}

void Writer::decimal(std::string_view text) {
    Arena arena(256);
    const auto point = text.find('.');
    const auto scale = point == std::string_view::npos ? 0 : static_cast<std::int32_t>(text.size() - point - 1);
    const bool negative = text.starts_with('-');
    // The magnitude has no sign byte.
    auto magnitude = unscaled_bytes(negative ? text.substr(1) : text, scale, Rounding::Never, arena);
    while (!magnitude.empty() && magnitude.front() == '\0') magnitude.remove_prefix(1);
    begin(java::tc_object, decimal_class);
    number(static_cast<std::uint32_t>(scale), 4);
    begin(java::tc_object, big_integer_class);
    for (const int unused : {-1, -1, -2, -2}) number(static_cast<std::uint32_t>(unused), 4);
    number(static_cast<std::uint32_t>(magnitude.empty() ? 0 : negative ? -1 : 1), 4);
    begin(java::tc_array, bytes_class);
    number(magnitude.size(), 4);
    out_ += magnitude;
    byte(java::tc_end_block);
    byte(java::tc_end_block);
}

}

std::string write_java_key(const std::optional<RowKey>& key) {
    Writer writer;
    if (key) {
        writer.array(*key);
    } else {
        writer.null();
    }
    return to_hex(std::move(writer).take());
}

}
