// The wal2json decoder reads any bytes without harm: DataException is the one answer to what it does not understand.
#include "connectors/postgres/decoding/wal2json.hpp"

#include "connectors/api/errors.hpp"

namespace {

struct NoTables : millrace::postgres::TableDirectory {
    std::optional<millrace::postgres::DescribedTable> describe(const std::string&, const std::string&) override {
        return {};
    }
};

}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    NoTables tables;
    millrace::postgres::Wal2JsonDecoder decoder(tables);
    millrace::Arena arena;
    try {
        decoder.decode({reinterpret_cast<const char*>(data), size}, arena);
        decoder.decode({reinterpret_cast<const char*>(data), size}, arena);
    } catch (const millrace::DataException&) {  // the one tolerated answer
    }
    return 0;
}
