/// An Avro schema as a tree: read from its JSON text, and written as the text that Java's Avro writes, byte for byte.
///
/// State   Immutable once made. A named type (record, enum, fixed) is one node wherever it stands, so a tree may have
///         cycles; its nodes live as long as the AvroTree.
/// Errors  DataException naming the type, field or attribute.
/// Facts   Avro 1.12 specification, "Schema Declaration" and "Names"; Java's Schema.toString for the text.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::avro {

enum class AvroType : std::uint8_t {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed,
    Enum,
    Record,
    Array,
    Map,
    Union
};

std::string_view to_string(AvroType type) noexcept;  ///< "int", "record"

/// What Avro itself does not know: connect.name, logicalType and so on.
struct Property {
    std::string name;
    std::string json;  ///< the value's JSON text
};

struct AvroSchema;

struct AvroField {
    std::string name;
    const AvroSchema* schema = nullptr;
    std::optional<std::string> doc = {};
    std::optional<std::string> default_json = {};
    std::vector<std::string> aliases = {};
    std::vector<Property> properties = {};
};

struct AvroSchema {
    AvroType type = AvroType::Null;
    std::string name = {};  ///< full, of a named type
    std::optional<std::string> doc = {};
    std::vector<std::string> aliases = {};
    std::vector<AvroField> fields = {};
    std::vector<std::string> symbols = {};
    std::optional<std::string> default_symbol = {};
    std::vector<const AvroSchema*> parts = {};  ///< an array's element, a map's value, a union's branches
    std::int32_t size = 0;                      ///< of a fixed
    std::vector<Property> properties = {};      ///< in the order in which they are written

    bool is_named() const noexcept {
        return type == AvroType::Record || type == AvroType::Enum || type == AvroType::Fixed;
    }
    /// The JSON text of a property, or null.
    const std::string* property(std::string_view name) const noexcept;
    /// A property that is a string, as such; none if there is none or it is of another kind.
    std::optional<std::string> text_property(std::string_view name) const;
    std::optional<std::int32_t> number_property(std::string_view name) const;
    const AvroField* field(std::string_view name) const noexcept;
};

class AvroTree {
public:
    AvroSchema& add(AvroSchema schema) { return nodes_.emplace_back(std::move(schema)); }
    void set_root(const AvroSchema& root) noexcept { root_ = &root; }
    const AvroSchema& root() const noexcept { return *root_; }

private:
    std::deque<AvroSchema> nodes_;
    const AvroSchema* root_ = nullptr;
};
using AvroTreePtr = std::shared_ptr<const AvroTree>;

/// `known`: texts of schemas whose types the text may name, each after those that it names itself.
AvroTreePtr parse_avro_schema(std::string_view text, std::span<const std::string> known = {});

void append_avro_schema(std::string& out, const AvroSchema& schema);
/// In quotes, as Java's Avro escapes.
void append_avro_string(std::string& out, std::string_view text);

/// "a.b" of a.b.C; "" if there is none.
std::string_view namespace_of(std::string_view full_name) noexcept;
std::string_view simple_name(std::string_view full_name) noexcept;
/// Throws DataException unless each part of the name is letters, digits and _ and does not begin with a digit.
void check_name(std::string_view full_name);
/// The same of a field, whose name has one part.
void check_field_name(std::string_view name);

}
