/// The input: a .proto text, a zero byte, data. Any text is a schema or a DataException; so is any data a value of its
/// first message, which is written and read again as the same.
#include "connectors/protobuf/connect_to_proto.hpp"
#include "connectors/protobuf/decode_plan.hpp"
#include "connectors/protobuf/encode_plan.hpp"
#include "connectors/protobuf/proto_file.hpp"
#include "connectors/protobuf/proto_to_connect.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millrace;
    using namespace millrace::protobuf;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto schema_text = text.substr(0, text.find('\0'));
    const auto payload = text.substr(std::min(text.size(), schema_text.size() + 1));
    try {
        read_message_path(payload.substr(0, message_path_size(payload)));
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    try {
        const ProtobufOptions options{.optional_nullables = true};
        const ProtoFile file(schema_text);
        constexpr std::int32_t first[] = {0};
        const auto& message = file.message(first);
        const auto schema = to_connect(message, options);
        const DecodePlan decode(schema, message, options);
        const EncodePlan encode(schema, message, options, true);
        Arena arena;
        const auto value = decode.read(payload, arena);
        std::string once;
        encode.write(value, once);
        std::string twice;
        encode.write(decode.read(once, arena), twice);
        MILLRACE_ASSERT(once == twice);
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    return 0;
}
