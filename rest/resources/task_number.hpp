/// A task's number in a path.
#pragma once
#include <string_view>

namespace millrace::rest {

/// A whole number of 32 bits, signs allowed. Throws RestException 404 "HTTP 404 Not Found" for anything else: such a
/// path does not exist.
int task_number(std::string_view segment);

}
