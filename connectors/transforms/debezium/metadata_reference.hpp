/// A field of a change event that is wanted beside the row: add.fields and add.headers of ExtractNewRecordState.
///
/// Throws  std::invalid_argument for more than one colon.
/// Facts   Debezium: AbstractExtractNewRecordState.FieldReference.
#pragma once
#include "connectors/api/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::transforms {

class MetadataReference {
public:
    /// `text` is "field", "struct.field", each with ":alias" or without.
    MetadataReference(std::string_view prefix, std::string_view text);
    /// From a list parted by commas.
    static std::vector<MetadataReference> parse_list(std::string_view prefix, std::string_view list);

    /// Where it is in events of one schema.
    struct Resolved {
        std::string_view name;              ///< of the new field or header
        std::optional<std::size_t> parent;  ///< the struct within the event; none: the event itself
        std::size_t place;
        SchemaPtr schema;  ///< always optional
        Value find(const Value& event) const noexcept;
    };
    /// None if events of this schema have no such field. The result's name is this object's.
    std::optional<Resolved> resolve(const Schema& event) const;

    const std::string& field() const noexcept { return field_; }
    const std::string& name() const noexcept { return name_; }

private:
    std::string structure_;  ///< empty: the event itself
    std::string field_;
    std::string name_;
};

}
