/// Where the id of a record's schema is: before its data, or its GUID in a header of the record.
///
/// Facts   Confluent's documentation of serializers: key.schema.id.serializer, value.schema.id.deserializer and so on.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>

namespace millrace::registry {

struct SchemaIdPlaces {
    std::string_view header;    ///< its name
    bool write_header = false;  ///< instead of what stands before the data
    bool read_header = true;    ///< where a record has it; otherwise what stands before the data
};

/// Throws ConfigException for a class that cannot run here.
SchemaIdPlaces schema_id_places(const Settings& settings, bool is_key);

}
