/// A header as it is in Kafka: no schema, and a value of bytes. Belongs to whoever holds what the views point to.
#pragma once
#include <optional>
#include <string_view>

namespace millrace {

struct RecordHeader {
    std::string_view key;
    std::optional<std::string_view> value;  ///< none: a null value
};

}
