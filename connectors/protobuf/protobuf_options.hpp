/// What the settings of a ProtobufConverter mean for schemas and values, and the names by which Connect's schemas are
/// known in Protobuf's.
///
/// Facts   Confluent's ProtobufDataConfig and the names in its schemas.
#pragma once
#include "connectors/api/schema.hpp"

#include <string>
#include <string_view>

namespace google::protobuf {
class OneofDescriptor;
}

namespace millrace::protobuf {

struct ProtobufOptions {
    bool enhanced = false;            ///< enhanced.protobuf.schema.support
    bool sum_types = false;           ///< generalized.sum.type.support
    bool ignore_defaults = false;     ///< ignore.default.for.nullables
    bool int_enums = false;           ///< int.for.enums
    bool optional_nullables = false;  ///< optional.for.nullables
    bool optional_proto2 = true;      ///< optional.for.proto2
    bool wrapper_nullables = false;   ///< wrapper.for.nullables
    bool raw_wrappers = true;         ///< wrapper.for.raw.primitives
    bool struct_for_nulls = false;    ///< generate.struct.for.nulls
    bool union_index = true;          ///< generate.index.for.unions
    bool flatten_unions = false;      ///< flatten.unions
    bool scrub_names = false;         ///< scrub.invalid.names
};

namespace names {

inline constexpr std::string_view unnamed = "ConnectDefault";
inline constexpr std::string_view enumeration = "io.confluent.connect.protobuf.Enum";
inline constexpr std::string_view union_struct = "io.confluent.connect.protobuf.Union";
inline constexpr std::string_view tag = "io.confluent.connect.protobuf.Tag";
inline constexpr std::string_view type = "io.confluent.connect.protobuf.Type";
inline constexpr std::string_view sum_enumeration = "org.apache.kafka.connect.data.Enum";
inline constexpr std::string_view sum_union = "org.apache.kafka.connect.data.Union";
inline constexpr std::string_view decimal = "confluent.type.Decimal";
inline constexpr std::string_view date = "google.type.Date";
inline constexpr std::string_view time_of_day = "google.type.TimeOfDay";
inline constexpr std::string_view timestamp = "google.protobuf.Timestamp";
inline constexpr std::string_view connect_type = "connect.type";
inline constexpr std::string_view connect_precision = "connect.decimal.precision";
inline constexpr std::string_view precision = "precision";
inline constexpr std::string_view scale = "scale";
inline constexpr std::string_view entry = "Entry";  ///< ends the names of the messages that maps are made of

}

/// A Struct whose fields are the members of a oneof.
bool is_union(const Schema& schema) noexcept;
/// The name of the enum that a String, or an Int32, is to be; null if it is none.
const std::string* enum_name(const Schema& schema, const ProtobufOptions& options) noexcept;
/// The parameter before whose symbols' names a point stands.
std::string_view enum_parameter(const ProtobufOptions& options) noexcept;
/// A name, or a part of one between points, in Protobuf.
std::string field_name(std::string_view name, const ProtobufOptions& options);
/// What a oneof is called as a field of a Struct.
std::string union_name(const google::protobuf::OneofDescriptor& oneof, const ProtobufOptions& options);
/// The google.protobuf message that holds one value of this type.
std::string_view wrapper_of(Type type) noexcept;

}
