/// How far a sink task is: what it was given, and what the group has of that. Pure; belongs to the task's thread.
///
/// Facts   Kafka Connect, WorkerSinkTask.commitOffsets.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"

#include <set>
#include <span>
#include <string>
#include <vector>

namespace millrace::worker {

class SinkOffsets {
public:
    /// These partitions are here from now on, at their committed offsets.
    void assign(const TopicOffsets& start);
    void remove(std::span<const TopicPartition> partitions);
    /// put() took everything before these offsets.
    void advance(const TopicOffsets& offsets);
    /// Consuming goes on from here, and to this place a task that fails to commit goes back. What the group has may be
    /// further on: then it is committed anew.
    void rewind(const TopicOffsets& offsets);
    /// These are on their way: what the group has of them is not known.
    void sent(const TopicOffsets& offsets);
    /// The group may have these, as when a commit of them that was given up ends after a newer one was sent: what it
    /// has is not known. False if that is known to be the same.
    bool doubt(const TopicOffsets& offsets);
    void committed(const TopicOffsets& offsets);

    /// True if the group has, or may have, offsets behind which a task that dies now would not be given what it wants
    /// to have again.
    bool ahead_of(const TopicOffsets& rewound) const;

    /// Records between what is committed and what was read, which is put()'s or, in `read`, further on.
    std::size_t uncommitted(const TopicOffsets& read) const;
    TopicOffsets current(std::span<const TopicPartition> partitions) const;
    TopicOffsets last_committed(std::span<const TopicPartition> partitions) const;
    /// What to commit of the offsets that the task's pre_commit gave for `partitions`: those of partitions that it has
    /// and that it was given records up to; a log line for each other. Empty if nothing moved since the last commit.
    TopicOffsets committable(const TopicOffsets& given, std::span<const TopicPartition> partitions,
                             const std::string& task, const Logger& logger) const;

private:
    TopicOffsets current_;
    TopicOffsets committed_;
    TopicOffsets of_group_;  ///< absent: not known
    std::set<TopicPartition> rewound_since_sent_;
};

}
