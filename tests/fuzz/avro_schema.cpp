/// Any text is an Avro schema or a DataException; what is one is written and read again as the same, and becomes a
/// schema of Connect, and Avro's again, or a DataException.
#include "connectors/api/errors.hpp"
#include "connectors/avro/avro_to_connect.hpp"
#include "connectors/avro/compatibility.hpp"
#include "connectors/avro/connect_to_avro.hpp"
#include "connectors/avro/encode_plan.hpp"

#include <cstdint>

namespace {

std::string rewritten(const millrace::avro::AvroTree& tree) {
    std::string out;
    millrace::avro::append_avro_schema(out, tree.root());
    return out;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millrace;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const avro::AvroOptions options{.enhanced = (data[0] & 1) != 0,
                                    .meta_data = (data[0] & 2) != 0,
                                    .scrub_names = (data[0] & 4) != 0,
                                    .sum_types = (data[0] & 8) != 0,
                                    .discard_type_defaults = (data[0] & 16) != 0};
    try {
        const auto tree = avro::parse_avro_schema(text);
        const auto once = rewritten(*tree);
        const auto again = avro::parse_avro_schema(once);
        MILLRACE_ASSERT(rewritten(*again) == once);
        MILLRACE_ASSERT(!avro::why_unreadable(tree->root(), tree->root()));
        const auto connect = avro::to_connect(tree->root(), options);
        if (!connect) return 0;
        const auto back = avro::to_avro(connect, options);
        rewritten(*back);
        const avro::EncodePlan plan(*connect, back->root(), options);
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    return 0;
}
