/// Schemas that Protobuf has messages for, and values, that nobody thought of; the same for the same seed.
#pragma once
#include "tests/unit/connectors/registry/random_values.hpp"

namespace millrace::protobuf {

class RandomMessages : registry::RandomValues {
public:
    using RandomValues::one_in;
    using RandomValues::RandomValues;

    SchemaPtr schema() { return structure(0); }
    Value value(const Schema& schema, Arena& arena);

private:
    SchemaPtr structure(int level);
    SchemaPtr any(int level);
    SchemaPtr element(int level);
    SchemaPtr scalar_schema();
    SchemaPtr enumeration();
    SchemaPtr union_of(int level);
    Value scalar_value(const Schema& schema, Arena& arena);
    Value present(const Schema& schema, Arena& arena);
};

}
