#include "cluster/assignment/connect_protocol.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace millrace::cluster {
namespace {

constexpr std::int32_t connector_itself = -1;  ///< stands among task numbers for the connector's own instance

void write_work(Writer& writer, const Work& work) {
    std::vector<std::pair<std::string, std::vector<std::int32_t>>> entries;
    std::unordered_map<std::string, std::size_t> position;
    const auto entry = [&](const std::string& connector) -> std::vector<std::int32_t>& {
        const auto [found, added] = position.try_emplace(connector, entries.size());
        if (added) entries.emplace_back(connector, std::vector<std::int32_t>{});
        return entries[found->second].second;
    };
    for (const auto& connector : work.connectors)
        if (!position.contains(connector)) entry(connector).push_back(connector_itself);
    for (const auto& task : work.tasks) entry(task.connector).push_back(task.task);

    writer.array_size(entries.size());
    for (const auto& [connector, numbers] : entries) {
        writer.string(connector);
        writer.array_size(numbers.size());
        for (const auto number : numbers) writer.int32(number);
    }
}

Work read_work(Reader& reader, std::string_view what) {
    Work work;
    for (auto entries = reader.array_size(what).value_or(0); entries > 0; --entries) {
        const auto connector = reader.string("connector");
        for (auto numbers = reader.array_size("tasks").value_or(0); numbers > 0; --numbers) {
            const auto number = reader.int32("task number");
            if (number == connector_itself)
                work.connectors.push_back(connector);
            else if (number >= 0)
                work.tasks.push_back({.connector = connector, .task = number});
            else
                reader.fail("task number", fmt::format("{} of connector {}", number, connector));
        }
    }
    return work;
}

std::int16_t read_version(Reader& reader) {
    const auto version = reader.int16("version of the Connect protocol");
    if (version < 0) reader.fail("version of the Connect protocol", fmt::format("{} is negative", version));
    return version;
}

/// Newer workers than this one keep the newest layout that we know.
Protocol protocol_of(std::int16_t version) {
    return version == 0 ? Protocol::Eager : version == 1 ? Protocol::Compatible : Protocol::Sessioned;
}

/// What Java's workers neither write nor read.
void write_own(Writer& writer, const std::string& fingerprint, const std::string& config_topic) {
    if (fingerprint.empty() && config_topic.empty()) return;
    writer.string(fingerprint);
    if (!config_topic.empty()) writer.string(config_topic);
}

std::string names_of(const std::vector<std::string>& connectors) {
    return fmt::format("{}", fmt::join(connectors, ", "));
}
std::string names_of(const std::vector<TaskId>& tasks) {
    std::string names;
    for (const auto& task : tasks) names += (names.empty() ? "" : ", ") + worker::to_string(task);
    return names;
}

}

std::string_view protocol_name(Protocol protocol) noexcept {
    switch (protocol) {
    case Protocol::Eager:
        return "default";
    case Protocol::Compatible:
        return "compatible";
    case Protocol::Sessioned:
        return "sessioned";
    }
    return "default";
}

Protocol protocol_from_name(std::string_view name) {
    for (const auto protocol : {Protocol::Eager, Protocol::Compatible, Protocol::Sessioned})
        if (name == protocol_name(protocol)) return protocol;
    throw DataException(fmt::format("the group selected the protocol '{}', which is none of Connect's", name));
}

std::vector<Protocol> offered_protocols(Protocol configured) {
    std::vector<Protocol> offered{Protocol::Sessioned, Protocol::Compatible, Protocol::Eager};
    std::erase_if(offered, [&](Protocol protocol) { return protocol > configured; });
    return offered;
}

Bytes encode_metadata(Protocol protocol, const MemberMetadata& metadata) {
    Bytes blob;
    Writer writer{Encoding::Classic, blob};
    writer.int16(static_cast<std::int16_t>(protocol));
    writer.string(metadata.url);
    writer.int64(metadata.config_offset);
    if (protocol == Protocol::Eager) return blob;
    if (metadata.allocation) {
        Assignment allocation = *metadata.allocation;
        allocation.protocol = protocol;
        allocation.leader_fingerprint.clear();
        allocation.leader_config_topic.clear();
        writer.bytes(encode_assignment(allocation));
    } else {
        writer.null_array();
    }
    write_own(writer, metadata.fingerprint, metadata.config_topic);
    return blob;
}

MemberMetadata decode_metadata(Protocol protocol, ByteView blob) {
    Reader reader{Encoding::Classic, blob};
    (void)read_version(reader);
    MemberMetadata metadata{.url = reader.string("url"), .config_offset = reader.int64("config offset")};
    if (protocol == Protocol::Eager || reader.left() == 0) return metadata;
    if (const auto allocation = reader.nullable_bytes("allocation"); allocation && !allocation->empty())
        metadata.allocation = decode_assignment(protocol, *allocation);
    if (reader.left() > 0) metadata.fingerprint = reader.string("fingerprint");
    if (reader.left() > 0) metadata.config_topic = reader.string("config topic");
    return metadata;
}

Bytes encode_assignment(const Assignment& assignment) {
    Bytes blob;
    Writer writer{Encoding::Classic, blob};
    writer.int16(static_cast<std::int16_t>(assignment.protocol));
    writer.int16(static_cast<std::int16_t>(assignment.error));
    writer.string(assignment.leader);
    writer.string(assignment.leader_url);
    writer.int64(assignment.config_offset);
    write_work(writer, assignment.assigned);
    if (assignment.protocol == Protocol::Eager) return blob;
    write_work(writer, assignment.revoked);
    writer.int32(static_cast<std::int32_t>(assignment.delay.count()));
    write_own(writer, assignment.leader_fingerprint, assignment.leader_config_topic);
    return blob;
}

Assignment decode_assignment(Protocol protocol, ByteView blob) {
    Reader reader{Encoding::Classic, blob};
    Assignment assignment;
    assignment.protocol = protocol_of(read_version(reader));
    // Any error that this worker does not know means the same to it: start nothing, join again.
    assignment.error = reader.int16("error") == 0 ? AssignmentError::None : AssignmentError::ConfigMismatch;
    assignment.leader = reader.string("leader");
    assignment.leader_url = reader.string("leader url");
    assignment.config_offset = reader.int64("config offset");
    assignment.assigned = read_work(reader, "assigned");
    if (protocol == Protocol::Eager || reader.left() == 0) return assignment;
    assignment.revoked = read_work(reader, "revoked");
    if (reader.left() > 0) assignment.delay = std::chrono::milliseconds{reader.int32("delay")};
    if (reader.left() > 0) assignment.leader_fingerprint = reader.string("leader's fingerprint");
    if (reader.left() > 0) assignment.leader_config_topic = reader.string("leader's config topic");
    return assignment;
}

std::string to_string(const Assignment& assignment) {
    const auto common = fmt::format(
        "Assignment{{error={}, leader='{}', leaderUrl='{}', offset={}, connectorIds=[{}], taskIds=[{}]",
        static_cast<int>(assignment.error), assignment.leader, assignment.leader_url, assignment.config_offset,
        names_of(assignment.assigned.connectors), names_of(assignment.assigned.tasks));
    if (assignment.protocol == Protocol::Eager) return common + "}";
    return fmt::format("{}, revokedConnectorIds=[{}], revokedTaskIds=[{}], delay={}}}", common,
                       names_of(assignment.revoked.connectors), names_of(assignment.revoked.tasks),
                       assignment.delay.count());
}

}
