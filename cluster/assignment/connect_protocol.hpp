/// The blobs that Connect workers put into JoinGroup and SyncGroup: byte-equal to Java's, of which any member may be
/// one.
///
/// Input   blobs from other members. Missing trailing fields, duplicates and unknown versions from 0 up are tolerated.
/// Throws  DataException naming the field and byte offset for bytes that are no such blob.
/// Ours    a fingerprint and the config topic's name at the end of the two newer layouts, which Java's readers do not
///         look at.
/// Facts   KIP-415 and KIP-507; docs/formats/connect-protocol.md.
///
/// What a leader must keep to, or its Java followers exit: arrays are never null, every member gets an assignment, and
/// the version word is that of the protocol the group selected.
#pragma once
#include "cluster/assignment/work.hpp"
#include "cluster/wire/codec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

/// "default", "compatible", "sessioned": the names in JoinGroup.
std::string_view protocol_name(Protocol protocol) noexcept;
/// Throws DataException for a name that no worker offers.
Protocol protocol_from_name(std::string_view name);

/// What a worker with this `connect.protocol` offers, in order of preference.
std::vector<Protocol> offered_protocols(Protocol configured);

Bytes encode_metadata(Protocol protocol, const MemberMetadata& metadata);
Bytes encode_assignment(const Assignment& assignment);

/// `protocol` says which layout to expect; blobs of another version are read as far as they go.
MemberMetadata decode_metadata(Protocol protocol, ByteView blob);
Assignment decode_assignment(Protocol protocol, ByteView blob);

/// As Java prints it in its log: "Assignment{error=0, leader='…', …}".
std::string to_string(const Assignment& assignment);

}
