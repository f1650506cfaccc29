/// A schema's .proto text, parsed, with what it imports.
///
/// Input    proto2 or proto3. Imports are looked for among `others`, the files of known_files.hpp and libprotobuf's
/// own. Errors   DataException naming line and column, or the import that is not there.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace google::protobuf {
class Descriptor;
class FileDescriptor;
}

namespace millrace::protobuf {

class ProtoFile {
public:
    using Texts = std::span<const std::pair<std::string, std::string>>;  ///< names of imports and what is in them

    explicit ProtoFile(std::string_view text, Texts others = {});
    ~ProtoFile();
    ProtoFile(const ProtoFile&) = delete;
    ProtoFile& operator=(const ProtoFile&) = delete;

    /// Lives as long as this. The path leads from the file's messages inwards. Throws DataException if it leads
    /// nowhere.
    const google::protobuf::Descriptor& message(std::span<const std::int32_t> path) const;
    /// Null if the file has none of this full name.
    const google::protobuf::Descriptor* message(std::string_view full_name) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}
