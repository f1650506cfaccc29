/// One connection to PostgreSQL, owned: libpq behind RAII, exceptions and time-outs.
///
/// Every wait is a poll(2) on the socket and on a Wakeup, so stop requests and deadlines end connecting, queries and
/// COPY alike. Belongs to one thread at a time.
///
/// Throws  DatabaseError with the server's SQLSTATE and its reaction; Interrupted when the Wakeup was signalled.
/// Facts   libpq manual: "Asynchronous Command Processing", "Functions Associated with the COPY Command".
#pragma once
#include "connectors/postgres/client/sqlstate.hpp"
#include "connectors/postgres/client/wakeup.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace millrace::postgres {

/// The caller wants to stop: not an error, so nothing that catches errors sees it.
struct Interrupted : std::exception {
    const char* what() const noexcept override { return "interrupted by a request to stop"; }
};

struct ConnectionSettings {
    /// libpq's keywords and values: host, port, user, password, dbname, sslmode, ...
    std::vector<std::pair<std::string, std::string>> keywords = {};
    std::vector<std::string> initial_statements = {};  ///< run on ordinary connections, not on replication ones
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds query_timeout = std::chrono::minutes(10);  ///< 0: none
    std::string host = {};                                               ///< for messages
    std::string port = {};
    std::string database = {};
};

/// Rows of a result as text.
class Rows {
public:
    explicit Rows(pg_result* result) noexcept;  ///< takes it over
    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    std::size_t columns() const noexcept;
    std::string_view column_name(std::size_t column) const noexcept;
    /// The type's OID as the server reports it.
    unsigned column_type(std::size_t column) const noexcept;
    std::optional<std::string_view> get(std::size_t row, std::size_t column) const noexcept;
    std::string text(std::size_t row, std::size_t column) const;  ///< null reads as ""
    bool flag(std::size_t row, std::size_t column) const noexcept { return get(row, column) == "t"; }
    std::optional<std::int64_t> integer(std::size_t row, std::size_t column) const noexcept;

private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

enum class ConnectionMode : std::uint8_t { Ordinary, Replication };

class Connection {
public:
    /// Connects. `wakeup`, where given, outlives the connection.
    Connection(const ConnectionSettings& settings, std::string_view application_name,
               ConnectionMode mode = ConnectionMode::Ordinary, const Wakeup* wakeup = nullptr);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// Runs one statement (or several, of which the last result counts).
    Rows query(const std::string& sql);
    Rows query(const std::string& sql, std::chrono::milliseconds timeout);
    Rows query(const std::string& sql, const std::vector<std::string>& parameters);
    /// Names and types of a statement's columns, without running it.
    Rows describe(const std::string& sql);

    /// COPY ... TO STDOUT, text format: begin_copy, then try_copy_line until End, with wait_for_any where there is
    /// nothing yet. The line ends without its newline and lives until the next call.
    void begin_copy(const std::string& sql);
    enum class CopyStep : std::uint8_t { Line, NothingYet, End };
    CopyStep try_copy_line(std::string_view& line);
    /// Waits until one of them has something to read. Throws Interrupted.
    static void wait_for_any(const std::vector<Connection*>& connections);

    std::string quote_literal(std::string_view text) const;
    int server_version() const noexcept;  ///< 150020

    pg_conn* handle() noexcept { return connection_.get(); }
    /// Waits until the socket is readable (or writable) or `also` is signalled: false after `timeout`; negative waits
    /// for ever.
    bool wait(bool for_write, std::chrono::milliseconds timeout, const Wakeup* also = nullptr);
    /// `work` is done now and then while a query or a COPY is waited for; none: an empty function.
    void while_waiting(std::function<void()> work) { while_waiting_ = std::move(work); }
    /// The error that the connection or `result` (may be null) holds.
    DatabaseError error(const pg_result* result) const;

private:
    struct Finish {
        void operator()(pg_conn* connection) const noexcept;
    };
    struct FreeLine {
        void operator()(char* line) const noexcept;
    };
    using Clock = std::chrono::steady_clock;

    void connect(const ConnectionSettings& settings);
    void apply_session_settings(const ConnectionSettings& settings);
    Rows finish(std::chrono::milliseconds timeout);
    pg_result* next_result(std::optional<Clock::time_point> deadline);
    /// Waits for what the server answers: false after `deadline`.
    bool wait_for_answer(std::optional<Clock::time_point> deadline);
    void cancel() noexcept;
    /// Takes what a cancelled query still answers, so that the connection can be used again.
    void drain();
    void flush();

    std::unique_ptr<pg_conn, Finish> connection_;
    std::unique_ptr<char, FreeLine> line_;
    const Wakeup* wakeup_;
    std::chrono::milliseconds query_timeout_;
    std::function<void()> while_waiting_;
    std::string where_;  ///< "host:port"
};

std::string quote_identifier(std::string_view name);

}
