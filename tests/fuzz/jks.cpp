// Key stores of Java, whatever is in them: entries are found, or the reason why not is told.
#include "connectors/tls/jks.hpp"

#include "connectors/api/errors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    try {
        for (const auto& entry : millrace::parse_jks(bytes)) {
            millrace::unprotect_jks_key(entry.protected_key, "secret");
        }
    } catch (const millrace::DataException&) {  // NOLINT(bugprone-empty-catch): the only way to refuse
    }
    return 0;
}
