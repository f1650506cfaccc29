/// The order in which Kafka Connect lists a connector's offsets: that of the hash maps which it reads them into.
///
/// What shares a place in all of them stays as it was (there, as it came).
/// Facts   OffsetStorageReaderImpl, ConnectorOffsetBackingStore, ListConsumerGroupOffsetsHandler; java.nio.ByteBuffer
/// and
///         org.apache.kafka.common.TopicPartition for their hash codes.
#pragma once
#include "worker/runtime/connector_offsets.hpp"

#include <string>

namespace millrace::worker {

/// Those of a source: partitions are distinct.
void order_source_offsets(ConnectorOffsets& offsets, const std::string& connector);
/// Those of a sink's consumer group.
void order_sink_offsets(std::vector<TopicPartition>& partitions);
/// The members of a partition or an offset.
OffsetMap members_in_java_order(const OffsetMap& map);

}
