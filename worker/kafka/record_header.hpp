#pragma once
#include <optional>
#include <string_view>

namespace millrace::worker {

struct RecordHeader {
    std::string_view key;
    std::optional<std::string_view> value;  ///< none: a null value
};

}
