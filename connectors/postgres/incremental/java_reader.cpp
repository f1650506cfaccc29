#include "connectors/postgres/incremental/java_object.hpp"
#include "connectors/postgres/incremental/java_stream.hpp"
#include "connectors/postgres/types/modified_utf8.hpp"
#include "connectors/postgres/types/temporal.hpp"
#include "connectors/support/byte_reader.hpp"
#include "connectors/support/decimal.hpp"
#include "connectors/support/text.hpp"

#include <fmt/format.h>

#include <bit>
#include <memory>
#include <variant>

namespace millrace::postgres {
namespace {

using Kind = KeyValue::Kind;

constexpr std::size_t most_levels = 16;
constexpr std::int32_t longest_numeric = 16'383;  // digits behind the point
constexpr std::int64_t millis_of_day = 86'400'000;

struct JavaField {
    char type;
    std::string name;
};
struct JavaClass {
    std::string name;
    std::uint8_t flags = 0;
    std::vector<JavaField> fields = {};
    const JavaClass* super = nullptr;
};
struct Bytes {
    std::string content;
};
/// The raw fields of an object by name; what a writeObject method added is under "".
struct Object;
using Content = std::variant<std::monostate, std::string, Bytes, const Object*, std::uint64_t>;
struct Object {
    const JavaClass* type = nullptr;
    std::vector<std::pair<std::string, Content>> fields = {};
    const Content* find(std::string_view name) const {
        for (const auto& [key, value] : fields) {
            if (key == name) return &value;
        }
        return nullptr;
    }
    std::uint64_t bits(std::string_view name) const {
        const auto* value = find(name);
        const auto* number = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
        if (number == nullptr) throw DataException(fmt::format("{} without its field {}", type->name, name));
        return *number;
    }
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : in_(bytes, "Java object") {}

    std::optional<RowKey> key() {
        if (in_.u32("magic") != java::magic) in_.fail("magic", "is not that of an object stream");
        const auto what = in_.u8("type code");
        if (what == java::tc_null) return {};
        if (what != java::tc_array) in_.fail("type code", "is not that of an array");
        const auto* type = class_description(0);
        if (type == nullptr || type->name != "[Ljava.lang.Object;") in_.fail("array", "is not one of objects");
        handles_.emplace_back();
        RowKey key;
        for (auto left = in_.u32("length"); left > 0; --left) key.push_back(as_key_value(content(0)));
        return key;
    }

private:
    struct Handle {
        const JavaClass* type = nullptr;  ///< of a class description
        Content content = {};
    };
    void remember(const Content& content) {
        auto& handle = handles_.emplace_back();
        handle.content = content;
    }

    const Handle& referenced() {
        const auto handle = in_.u32("handle");
        if (handle < java::first_handle || handle - java::first_handle >= handles_.size()) {
            in_.fail("handle", "is not one of this stream");
        }
        return handles_[handle - java::first_handle];
    }
    const JavaClass* class_description(std::size_t level);
    Content content(std::size_t level);
    Content object(std::size_t level);
    Content array(std::size_t level);
    Content string(std::size_t size);
    Content field(char type, std::size_t level);
    KeyValue as_key_value(const Content& content) const;
    static std::string decimal(const Object& object);

    ByteReader in_;
    std::vector<Handle> handles_;
    std::vector<std::unique_ptr<JavaClass>> classes_;
    std::vector<std::unique_ptr<Object>> objects_;
};

const JavaClass* Reader::class_description(std::size_t level) {
    if (level > most_levels) in_.fail("class", "is nested too deep");
    switch (in_.u8("class")) {
    case java::tc_null:
        return nullptr;
    case java::tc_reference: {
        const auto* known = referenced().type;
        if (known == nullptr) in_.fail("class", "is a reference to something else");
        return known;
    }
    case java::tc_class:
        break;
    default:
        in_.fail("class", "is not described");
    }
    auto& type = *classes_.emplace_back(std::make_unique<JavaClass>());
    type.name = in_.bytes(in_.u16("length of a class name"), "class name");
    in_.u64("version of the class");
    handles_.emplace_back().type = &type;
    type.flags = in_.u8("flags of the class");
    for (auto left = in_.u16("number of fields"); left > 0; --left) {
        JavaField field{.type = static_cast<char>(in_.u8("type of a field")), .name = {}};
        field.name = in_.bytes(in_.u16("length of a field name"), "field name");
        if (field.type == 'L' || field.type == '[') content(level + 1);
        type.fields.push_back(std::move(field));
    }
    if (in_.u8("end of the class") != java::tc_end_block) in_.fail("class", "has annotations");
    type.super = class_description(level + 1);
    return &type;
}

Content Reader::content(std::size_t level) {
    if (level > most_levels) in_.fail("object", "is nested too deep");
    switch (in_.u8("type code")) {
    case java::tc_null:
        return {};
    case java::tc_reference:
        return referenced().content;
    case java::tc_string:
        return string(in_.u16("length of a string"));
    case java::tc_long_string:
        return string(in_.u64("length of a string"));
    case java::tc_object:
        return object(level);
    case java::tc_array:
        return array(level);
    default:
        in_.fail("type code", "is unknown");
    }
}

Content Reader::string(std::size_t size) {
    Content content = from_modified_utf8(in_.bytes(size, "string"));
    remember(content);
    return content;
}

Content Reader::field(char type, std::size_t level) {
    switch (type) {
    case 'B':
    case 'Z':
        return std::uint64_t{in_.u8("field")};
    case 'S':
    case 'C':
        return std::uint64_t{in_.u16("field")};
    case 'I':
    case 'F':
        return std::uint64_t{in_.u32("field")};
    case 'J':
    case 'D':
        return in_.u64("field");
    case 'L':
    case '[':
        return content(level + 1);
    default:
        in_.fail("field", "has an unknown type");
    }
}

Content Reader::object(std::size_t level) {
    const auto* type = class_description(level + 1);
    if (type == nullptr) in_.fail("object", "has no class");
    auto& object = *objects_.emplace_back(std::make_unique<Object>());
    object.type = type;
    remember(&object);
    std::vector<const JavaClass*> chain;
    for (const auto* at = type; at != nullptr; at = at->super) {
        if (chain.size() > most_levels) in_.fail("class", "has too many ancestors, perhaps itself");
        chain.insert(chain.begin(), at);
    }
    for (const auto* part : chain) {
        if ((part->flags & java::serializable) == 0) in_.fail("object", "is not of plain fields");
        for (const auto& [field_type, name] : part->fields) object.fields.emplace_back(name, field(field_type, level));
        if ((part->flags & java::has_write_method) == 0) continue;
        for (auto next = in_.u8("end of the object"); next != java::tc_end_block; next = in_.u8("end of the object")) {
            if (next != java::tc_block_data) in_.fail("object", "holds more than its fields");
            object.fields.emplace_back("", Bytes{std::string(in_.bytes(in_.u8("length of a block"), "block"))});
        }
    }
    return Content(&object);
}

Content Reader::array(std::size_t level) {
    const auto* type = class_description(level + 1);
    if (type == nullptr || type->name != "[B") in_.fail("array", "is not one of bytes");
    Content content = Bytes{std::string(in_.bytes(in_.u32("length of an array"), "array"))};
    remember(content);
    return content;
}

std::string Reader::decimal(const Object& object) {
    const auto* value = object.find("intVal");
    const auto* integer = value == nullptr ? nullptr : std::get_if<const Object*>(value);
    const auto* magnitude = integer == nullptr ? nullptr : (*integer)->find("magnitude");
    const auto* bytes = magnitude == nullptr ? nullptr : std::get_if<Bytes>(magnitude);
    if (bytes == nullptr) throw DataException("java.math.BigDecimal without its digits");
    const auto scale = static_cast<std::int32_t>(object.bits("scale"));
    if (scale < 0 || scale > longest_numeric || bytes->content.size() > longest_numeric) {
        throw DataException("java.math.BigDecimal that PostgreSQL cannot have");
    }
    // A zero byte in front: the magnitude has no sign.
    std::string digits;
    append_decimal(digits, std::string(1, '\0') + bytes->content, 0);
    const auto decimals = static_cast<std::size_t>(scale);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    if (decimals > 0) digits.insert(digits.size() - decimals, ".");
    return (static_cast<std::int32_t>((*integer)->bits("signum")) < 0 ? "-" : "") + digits;
}

KeyValue Reader::as_key_value(const Content& content) const {
    if (std::holds_alternative<std::monostate>(content)) return {};
    if (const auto* text = std::get_if<std::string>(&content)) return {.kind = Kind::String, .text = *text};
    const auto* at = std::get_if<const Object*>(&content);
    if (at == nullptr) throw DataException("A key has a column of an unknown kind");
    const auto& object = **at;
    const auto& name = object.type->name;
    const auto value = [&] { return object.bits("value"); };
    if (name == "java.lang.Integer") return {Kind::Integer, std::to_string(static_cast<std::int32_t>(value()))};
    if (name == "java.lang.Short") return {Kind::Integer, std::to_string(static_cast<std::int16_t>(value()))};
    if (name == "java.lang.Long") return {Kind::Long, std::to_string(static_cast<std::int64_t>(value()))};
    if (name == "java.lang.Boolean") return {Kind::Boolean, value() != 0 ? "t" : "f"};
    if (name == "java.lang.Float") {
        return {Kind::Float, fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(value())))};
    }
    if (name == "java.lang.Double") return {Kind::Double, fmt::format("{}", std::bit_cast<double>(value()))};
    if (name == "java.math.BigDecimal") return {Kind::Decimal, decimal(object)};
    if (name == "java.util.UUID") {
        const auto most = object.bits("mostSigBits");
        const auto least = object.bits("leastSigBits");
        return {Kind::Uuid, fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", most >> 32, most >> 16 & 0xFFFF,
                                        most & 0xFFFF, least >> 48, least & 0xFFFF'FFFF'FFFF)};
    }
    const auto* block = name == "java.sql.Date" ? object.find("") : nullptr;
    const auto* bytes = block == nullptr ? nullptr : std::get_if<Bytes>(block);
    if (bytes == nullptr) throw DataException(fmt::format("A key has a column of the class {}", name));
    const auto millis = ByteReader(bytes->content, "java.sql.Date").i64("time");
    const auto date = date_of_epoch_day(millis / millis_of_day - (millis % millis_of_day < 0 ? 1 : 0));
    return {Kind::Date, date.year > 0 ? fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day)
                                      : fmt::format("{:04}-{:02}-{:02} BC", 1 - date.year, date.month, date.day)};
}

}

std::optional<RowKey> read_java_key(std::string_view digits) {
    const auto bytes = from_hex(digits);
    if (!bytes) return {};
    try {
        return Reader(*bytes).key();
    } catch (const DataException&) {
        return {};
    }
}

}
