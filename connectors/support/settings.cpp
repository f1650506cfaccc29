#include "connectors/support/settings.hpp"

namespace millrace {

Settings with_prefix_removed(const Settings& settings, std::string_view prefix) {
    Settings found;
    for (auto at = settings.lower_bound(prefix); at != settings.end() && at->first.starts_with(prefix); ++at) {
        if (at->first.size() > prefix.size()) found.emplace(at->first.substr(prefix.size()), at->second);
    }
    return found;
}

}
