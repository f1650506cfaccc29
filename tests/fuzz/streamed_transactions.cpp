// Streamed transactions from any frames: DataException is the one answer to what does not fit together, and nothing is
// kept of what has ended. The input is frames with their lengths before them.
#include "connectors/postgres/decoding/streamed_transactions.hpp"

#include "connectors/api/errors.hpp"

#include <cstdlib>
#include <filesystem>

using namespace millrace::postgres;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    StreamedTransactions streamed(
        {.folder = std::filesystem::temp_directory_path(), .most_bytes = std::uint64_t{1} << 20});
    const auto bytes = std::as_bytes(std::span(data, size));
    try {
        for (std::size_t at = 0; at < size;) {
            const auto length = std::min<std::size_t>(data[at], size - at - 1);
            const auto payload = bytes.subspan(at + 1, length);
            for (auto frame = streamed.take({.start = Lsn{at}, .wal_end = Lsn{at}, .payload = payload}); frame;
                 frame = streamed.next()) {
                // A record is kept with its position and its length.
                if (streamed.bytes() > size + 16 * size) std::abort();
            }
            at += 1 + length;
        }
    } catch (const millrace::ConnectException&) {  // the one tolerated answer
    }
    return 0;
}
