/// A plugin of a later worker: a loader must refuse it by this number before it looks at anything else.
#include <connectors/api/plugin.hpp>

namespace wrong_abi {

constexpr millrace::PluginManifest manifest{millrace::plugin_abi + 1, "wrong_abi", {}};

}

MILLRACE_PLUGIN(wrong_abi::manifest)
