/// Offsets of a standalone worker's connectors in a file, in the form of Java's: either goes on where the other
/// stopped.
///
/// Writes  The whole file anew, beside the old one and then in its place, so that a crash leaves one of both. In place
///         where only that is allowed.
/// Errors  ConfigException for a file that cannot be read or is no such map; a write that fails tells its callback.
#pragma once
#include "cluster/storage/java_hash_map.hpp"
#include "cluster/storage/offset_table.hpp"
#include "connectors/api/log.hpp"
#include "worker/runtime/stores.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace millrace::cluster {

class FileOffsetStore : public worker::OffsetStore {
public:
    /// Larger files are refused: nobody's offsets are that many.
    static constexpr std::uintmax_t longest_file = 256 * 1024 * 1024;

    /// Reads the file; one that is missing or empty has no offsets.
    FileOffsetStore(std::string file, Logger logger);

    std::optional<OffsetMap> read(const std::string& connector, OffsetEntries partition) override;
    std::vector<std::pair<OffsetMap, OffsetMap>> list(const std::string& connector) override;
    /// Answers before it returns.
    void write(const std::string& connector, Entries entries, std::function<void(std::exception_ptr)> done) override;

private:
    void load();
    void save();
    void replace_or_overwrite(const std::string& target, std::string_view bytes);

    std::string file_;
    Logger logger_;
    bool in_place_ = false;
    std::mutex mutex_;  ///< guards what follows, and the file
    OffsetTable table_;
    JavaEntries foreign_;  ///< what is no offset as we know them, kept as it is
};

}
