#include "connectors/registry/errors.hpp"

namespace millrace::registry {

void rethrow_with(const std::string& context) {
    try {
        throw;
    } catch (const UnavailableException& e) {
        throw UnavailableException(context + e.what());
    } catch (const ForbiddenException& e) {
        throw ForbiddenException(context + e.what());
    } catch (const DataException& e) {
        throw DataException(context + e.what());
    }
}

}
