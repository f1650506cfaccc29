/// Turns pgoutput's protocols 2 to 4 with `streaming`, in which large transactions come while they still run, into the
/// stream of protocol 1: a transaction comes out when it has committed, whole, without what was rolled back of it.
///
/// Input   frames in the server's order.
/// Output  frames of protocol 1: Begin, the changes without their transaction ids, Commit. Payloads live until the next
///         call.
/// State   the changes of the transactions that have not committed yet, on disk beyond a few KiB each.
/// Throws  DataException when the messages do not follow each other as the protocol says; ConnectException when the
///         changes take more room than allowed, or cannot be kept.
/// Facts   PostgreSQL 18 manual, "Logical Replication Message Formats" and "Logical Streaming Replication Parameters".
#pragma once
#include "connectors/postgres/client/replication_stream.hpp"
#include "connectors/postgres/decoding/spill_file.hpp"

#include <map>
#include <unordered_set>
#include <vector>

namespace millrace::postgres {

struct SpillLimits {
    std::string folder = "/var/tmp";
    std::uint64_t most_bytes = std::uint64_t{64} << 30;  ///< of all transactions together
};

/// A transaction has committed of which a subtransaction was rolled back that may have had logical messages of the
/// transaction: the server does not say to which subtransaction a message belongs. Protocol 1 brings the right ones.
struct UnclearMessagesException : ConnectException {
    using ConnectException::ConnectException;
};

class StreamedTransactions {
public:
    explicit StreamedTransactions(SpillLimits limits) : limits_(std::move(limits)) {}

    /// What a Data frame amounts to; none: it is kept, or it began or ended something. After the commit of a streamed
    /// transaction next() has the rest.
    std::optional<Frame> take(const Frame& frame);
    /// The rest of what has committed; none: take() the next frame.
    std::optional<Frame> next();
    /// Bytes that are kept.
    std::uint64_t bytes() const noexcept { return bytes_; }

private:
    using Xid = std::uint32_t;
    /// The transaction itself, or a subtransaction.
    struct Part {
        Xid xid;
        std::uint64_t begin;  ///< of its first change in the file
    };
    struct Transaction {
        explicit Transaction(const std::string& folder) : changes(folder) {}
        SpillFile changes;
        std::vector<Part> parts = {};  ///< in the order of their first changes
        std::unordered_set<Xid> parts_known = {};
        Lsn first = no_lsn;  ///< of its first change
        // Positions in the file.
        std::optional<std::uint64_t> open_message = {};     ///< the first that a subtransaction may yet take with it
        std::optional<std::uint64_t> unclear_message = {};  ///< the first that one may have taken with it
        /// Descriptions of tables that came outside of it after its own: in force again once it is through.
        std::map<std::uint32_t, std::string> descriptions = {};
    };

    void begin_block(std::string_view message);
    void keep(const Frame& frame, std::string_view message);
    static void note_messages(Transaction& transaction, std::string_view kind, bool of_subtransaction);
    void roll_back(std::string_view message);
    static void cut(Transaction& transaction, Xid part);
    std::optional<Frame> commit(const Frame& frame, std::string_view message);
    void note_description(std::string_view message);
    void forget(std::map<Xid, Transaction>::iterator transaction) noexcept;
    Frame handed_out(Lsn start, std::string_view payload) const noexcept;

    SpillLimits limits_;
    std::map<Xid, Transaction> open_;
    std::optional<Xid> block_ = {};  ///< the transaction whose changes come
    std::uint64_t bytes_ = 0;
    /// What has committed and is being handed out.
    struct Committed {
        std::map<Xid, Transaction>::iterator transaction;
        std::string end;  ///< the Commit message
        Lsn end_lsn = no_lsn;
        Lsn wal_end = no_lsn;
        bool ended = false;
    };
    std::optional<Committed> committed_ = {};
    std::string text_ = {};  ///< of the frame handed out last, where it is in no file
};

}
