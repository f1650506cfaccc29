/// How Avro's binary data of one writer's schema becomes Connect values, worked out once a schema.
///
/// Input    the payload behind the schema's id, which came from outside: every read is checked.
/// Output   a value of the schema that to_connect() gives. Its texts point into the payload, the rest lies in the
/// arena. Errors   DataException with the offset. Facts    Avro 1.12 specification, "Binary Encoding"; Confluent's
/// AvroData, toConnectData.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/avro/avro_schema.hpp"
#include "connectors/avro/binary.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::avro {

class DecodePlan {
public:
    /// `connect` is what to_connect() made of `avro`; both are needed no more afterwards.
    DecodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);

    /// The whole payload.
    Value read(std::string_view payload, Arena& arena) const;

private:
    enum class Code : std::uint8_t {
        Null,
        Boolean,
        Int8,
        Int16,
        Int32,
        Int64,
        Float,
        Double,
        String,
        Bytes,
        Fixed,
        Enum,
        Array,
        Map,
        Entries,
        Record,
        Either,  ///< one of parts_, as it is
        Union    ///< one of parts_, in a Struct
    };

    explicit DecodePlan(Code code) noexcept : code_(code) {}
    void plan_union(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);
    bool may_be_empty() const noexcept;
    Value read_any(BinaryReader& in, Arena& arena) const;
    Value read_enum(BinaryReader& in, Arena& arena) const;
    Value read_list(BinaryReader& in, Arena& arena) const;
    Value read_map(BinaryReader& in, Arena& arena) const;
    Value read_union(BinaryReader& in, Arena& arena) const;

    Code code_;
    bool key_first_ = true;  ///< of Entries
    std::int32_t size_ = 0;  ///< of a fixed; of a Union, how many fields its Struct has
    std::vector<std::string> symbols_;
    std::vector<DecodePlan> parts_;
    std::vector<std::int32_t> fields_;  ///< of a Union: which field a branch fills, -1 for null
};

/// Reads the blocks of an array or map: how many elements there are before the end, in steps.
class Blocks {
public:
    /// `empty`: an element may have no bytes.
    Blocks(BinaryReader& in, bool empty) noexcept : in_(in), empty_(empty) {}
    /// Elements in the next block; 0 at the end.
    std::size_t next();

private:
    BinaryReader& in_;
    bool empty_;
};

}
