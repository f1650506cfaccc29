// Lines of COPY's text format are split in place, whatever they hold.
#include "connectors/postgres/source/snapshot.hpp"

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    std::vector<char> line(data, data + size);
    std::vector<millrace::postgres::Column> columns;
    millrace::postgres::split_copy_line(line.data(), line.size(), columns);
    std::size_t total = 0;
    for (const auto& column : columns) {
        for (const char c : column.text) total += static_cast<unsigned char>(c);
    }
    return total == static_cast<std::size_t>(-1) ? -1 : 0;
}
