/// Records of the internal topics, which other workers and operators write: the first byte picks the topic, a zero byte
/// ends the key. What will not do is a line for the log.
#include "cluster/storage/config_reader.hpp"
#include "cluster/storage/offset_records.hpp"
#include "cluster/storage/offset_table.hpp"
#include "cluster/storage/status_table.hpp"
#include "connectors/api/errors.hpp"

#include <cstdint>

using namespace millrace::cluster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto end = text.find('\0');
    const auto key = text.substr(0, end);
    const auto value = end == std::string_view::npos ? std::nullopt : std::optional(text.substr(end + 1));
    switch (data[0] % 3) {
    case 0: {
        ConfigReader reader;
        reader.apply(0, key, value);
        reader.apply(1, "connector-c", R"({"properties":{"a":"1"}})");
        reader.apply(2, "commit-c", R"({"tasks":1})");
        MILLRACE_ASSERT(reader.snapshot()->contains("c"));
        break;
    }
    case 1:
        StatusTable().apply(key, value);
        break;
    default:
        OffsetTable table;
        if (!table.apply(key, value).empty()) break;
        const auto parsed = parse_offset_key(key);
        const auto found = table.find(parsed.connector, parsed.partition.entries());
        MILLRACE_ASSERT(table.key_bytes(parsed.connector, parsed.partition.entries()) == key);
        MILLRACE_ASSERT(found.has_value() == !table.entries(parsed.connector).empty());
        break;
    }
    return 0;
}
