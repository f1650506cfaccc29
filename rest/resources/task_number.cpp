#include "rest/resources/task_number.hpp"

#include "connectors/api/java_integer.hpp"
#include "rest/http/error_response.hpp"

#include <cstdint>
#include <limits>

namespace millrace::rest {

int task_number(std::string_view segment) {
    using Limits = std::numeric_limits<std::int32_t>;
    const auto number = parse_java_integer(segment, Limits::min(), Limits::max());
    if (!number) throw RestException(404, status_message(404));
    return static_cast<int>(*number);
}

}
