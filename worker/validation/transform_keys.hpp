/// The settings of transformations and predicates, which exist only because a connector's `transforms` or `predicates`
/// names an alias.
///
/// Facts   Kafka Connect 4.3, ConnectorConfig: "transforms.<alias>.*" are numbered from 0, type and version first.
#pragma once
#include "worker/validation/expected_key.hpp"

#include <vector>

namespace millrace::worker {

/// Keys of each alias in `transforms`, then of each in `predicates`; an alias that stands twice counts once.
std::vector<ExpectedKey> alias_keys(const PluginRegistry& plugins, const SubmittedConfig& config);

/// Complaints that belong to one alias as a whole and are shown at its type: negate without predicate.
void check_aliases(const SubmittedConfig& config, std::vector<ConfigInfo>& infos);

}
