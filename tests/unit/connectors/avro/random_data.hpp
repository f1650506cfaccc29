/// Schemas and values that nobody thought of, the same for the same seed.
#pragma once
#include "tests/unit/connectors/registry/random_values.hpp"

namespace millrace::avro {

class RandomData : registry::RandomValues {
public:
    using RandomValues::RandomValues;

    /// A Struct, mostly; its names are Avro's, and no two Structs have the same.
    SchemaPtr schema() { return schema(0, one_in(8) ? Type::Array : Type::Struct); }
    Value value(const Schema& schema, Arena& arena);

private:
    SchemaPtr schema(int level, Type type);
    SchemaPtr any_schema(int level);
    SchemaPtr any_field(int level);
    void name(SchemaParts& parts);
};

}
