/// A connector's offsets as users see and set them over REST (KIP-875).
///
/// Threads  Every function blocks, for the offsets topic and for the connector's own check: call it where that is
/// allowed. Errors   The connector's ConnectException as it is; ConnectException naming the connector for anything
/// else.
#pragma once
#include "connectors/api/plugin.hpp"
#include "worker/runtime/stores.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

/// Of a request, values may be of any kind that JSON has; whole numbers beyond 64 bits are bytes, their digits.
struct ConnectorOffset {
    std::optional<OffsetMap> partition;  ///< none: null was given
    std::optional<OffsetMap> offset;     ///< none: there shall be none
};
using ConnectorOffsets = std::vector<ConnectorOffset>;
/// What a request wants: these offsets, others untouched; none: all of the connector's forgotten.
using OffsetChange = std::optional<ConnectorOffsets>;

/// Whose offsets, and where they are.
struct OffsetsOf {
    const std::string& connector;
    Connector& plugin;
    const Settings& settings;  ///< the connector's, resolved
    const Settings& worker;
    OffsetStore& store;                 ///< of source connectors; those of sinks are their consumer group's
    std::string transactional_id = {};  ///< with which those of a source are written; empty: in no transaction
    Logger logger = {};
};
ConnectorOffsets read_offsets(const OffsetsOf& of);
/// Returns the sentence that tells the user what was done. The connector must be stopped.
std::string change_offsets(const OffsetsOf& of, OffsetChange change);

ConnectorOffsets source_offsets(OffsetStore& store, const std::string& connector);

/// Lets the connector check the change, then stores it. Returns the sentence that tells the user what was done.
/// `settings` are the connector's, resolved; `write` stores otherwise than the store itself. The connector must be
/// stopped: nobody else writes its offsets.
std::string change_source_offsets(OffsetStore& store, SourceConnector& plugin, const std::string& connector,
                                  const Settings& settings, OffsetChange change,
                                  const std::function<void(OffsetStore::Entries)>& write = {});

/// "The offsets for this connector have been altered successfully", or that those outside of Connect were not.
std::string offsets_changed_sentence(bool reset, bool by_connector_too);

}
