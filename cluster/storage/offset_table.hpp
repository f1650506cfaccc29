/// What the offset topic says: the latest offset of each source partition, found by meaning, kept with the key's own
/// bytes.
///
/// A Java worker looks offsets up by the bytes of the key, so an entry is always written under the bytes it was first
/// seen with, whatever order a connector gives its partition in.
#pragma once
#include "connectors/api/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace millrace::cluster {

class OffsetTable {
public:
    /// A line for the log if the record will not do; else "".
    std::string apply(std::string_view key, std::optional<std::string_view> value);
    std::optional<OffsetMap> find(std::string_view connector, OffsetEntries partition) const;
    /// The bytes to write this partition's key with.
    std::string key_bytes(std::string_view connector, OffsetEntries partition) const;
    /// All partitions of the connector that have an offset, the one that has had one for longest first.
    std::vector<std::pair<OffsetMap, OffsetMap>> entries(std::string_view connector) const;
    /// Key and value of everything that has an offset, sorted.
    std::vector<std::pair<std::string, std::string>> all() const;

private:
    struct Entry {
        std::string key;
        std::string connector;
        std::optional<std::string> value;
        std::uint64_t since = 0;  ///< of those that have a value: counted up
    };
    std::unordered_map<std::string, Entry> by_meaning_;
    std::uint64_t appeared_ = 0;
};

}
