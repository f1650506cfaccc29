/// The settings that have one of a few values.
///
/// Facts   Debezium 3.7, what it recommends when a configuration is validated.
#pragma once
#include <string_view>
#include <vector>

namespace millrace::postgres {

struct Choice {
    std::string_view key;
    std::vector<std::string_view> values;
};

/// In the order in which Debezium lists them, which is a hash order.
const std::vector<Choice>& choices();

}
