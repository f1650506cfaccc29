// What another member of the group says: the first byte picks the protocol and the kind of blob.
#include "cluster/assignment/connect_protocol.hpp"

#include "connectors/api/errors.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

using namespace millrace;
using namespace millrace::cluster;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const auto blob = std::as_bytes(std::span(data, size)).subspan(1);
    const auto protocol = static_cast<Protocol>(data[0] % 3);
    try {
        if ((data[0] & 0x80) != 0) {
            const auto metadata = decode_metadata(protocol, blob);
            const auto again = decode_metadata(protocol, encode_metadata(protocol, metadata));
            MILLRACE_ASSERT(again.url == metadata.url && again.config_offset == metadata.config_offset);
        } else {
            const auto assignment = decode_assignment(protocol, blob);
            const auto again = decode_assignment(assignment.protocol, encode_assignment(assignment));
            MILLRACE_ASSERT(again.leader == assignment.leader &&
                            again.assigned.tasks.size() == assignment.assigned.tasks.size());
            (void)to_string(assignment);
        }
    } catch (const DataException&) {
        // the one tolerated answer
    }
    return 0;
}
