#include "rest/resources/task_number.hpp"

#include "rest/http/error_response.hpp"

#include <charconv>
#include <cstdint>

namespace millrace::rest {

int task_number(std::string_view segment) {
    auto digits = segment;
    if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) throw RestException(404, status_message(404));
    return number;
}

}
