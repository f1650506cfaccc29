#include "connectors/postgres/client/connection.hpp"

#include "connectors/postgres/client/client_identity.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds for_ever{-1};
constexpr milliseconds between_works{500};
constexpr milliseconds longest_drain{5000};

/// libpq's "connection to server at ..., failed: FATAL:  text\n" as one line that starts with what matters.
std::string one_line(std::string_view message) {
    if (const auto fatal = message.find("FATAL:"); fatal != std::string_view::npos) message.remove_prefix(fatal);
    std::string line;
    for (const char c : message) {
        const char plain = c == '\n' || c == '\t' ? ' ' : c;
        if (plain == ' ' && (line.empty() || line.back() == ' ')) continue;
        line += plain;
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

std::string connect_message(const PGconn* connection, const std::string& where) {
    const std::string_view raw = PQerrorMessage(connection);
    if (raw.find("Connection refused") != std::string_view::npos) {
        return fmt::format(
            "Connection to {} refused. Check that the hostname and port are correct and that the postmaster is "
            "accepting TCP/IP connections.",
            where);
    }
    if (raw.find("server does not support SSL") != std::string_view::npos) return "The server does not support SSL.";
    return one_line(raw);
}

/// The server's code is not kept for failed connections, so the few that matter are read off the text.
std::string_view connect_sqlstate(std::string_view message) noexcept {
    const auto has = [&](std::string_view part) { return message.find(part) != std::string_view::npos; };
    if (has("authentication failed") || has("no pg_hba.conf entry") || has("no password supplied") ||
        (has("role \"") && has("does not exist")) || has("is not permitted to log in")) {
        return "28000";
    }
    if (has("database \"") && has("does not exist")) return "3D000";
    if (has("must be superuser or replication role")) return sqlstate::insufficient_privilege;
    if (has("certificate") || has("private key file") || has("sslmode value") || has("does not support SSL") ||
        has("SSL error: ")) {
        return "28000";
    }
    if (has("too many connections") || has("sorry, too many clients") || has("remaining connection slots")) {
        return "53300";
    }
    if (has("number of requested standby connections exceeds")) return "53300";
    return {};
}

}

Rows::Rows(pg_result* result) noexcept : result_(result) {}
void Rows::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }
std::size_t Rows::size() const noexcept { return static_cast<std::size_t>(PQntuples(result_.get())); }
std::size_t Rows::columns() const noexcept { return static_cast<std::size_t>(PQnfields(result_.get())); }
std::string_view Rows::column_name(std::size_t column) const noexcept {
    return PQfname(result_.get(), static_cast<int>(column));
}
unsigned Rows::column_type(std::size_t column) const noexcept {
    return PQftype(result_.get(), static_cast<int>(column));
}
std::optional<std::string_view> Rows::get(std::size_t row, std::size_t column) const noexcept {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    if (PQgetisnull(result_.get(), r, c) != 0) return {};
    return std::string_view(PQgetvalue(result_.get(), r, c),
                            static_cast<std::size_t>(PQgetlength(result_.get(), r, c)));
}
std::string Rows::text(std::size_t row, std::size_t column) const {
    return std::string(get(row, column).value_or(std::string_view()));
}
std::optional<std::int64_t> Rows::integer(std::size_t row, std::size_t column) const noexcept {
    const auto digits = get(row, column);
    std::int64_t value = 0;
    if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), value).ec != std::errc{}) return {};
    return value;
}

void Connection::Finish::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }
void Connection::FreeLine::operator()(char* line) const noexcept { PQfreemem(line); }

Connection::Connection(const ConnectionSettings& settings, std::string_view application_name, ConnectionMode mode,
                       const Wakeup* wakeup)
    : wakeup_(wakeup), query_timeout_(settings.query_timeout), where_(settings.host + ":" + settings.port) {
    const std::string name(application_name);
    std::vector<const char*> keys;
    std::vector<const char*> values;
    const auto add = [&](const char* key, const char* value) {
        keys.push_back(key);
        values.push_back(value);
    };
    auto keywords = settings.keywords;
    const ClientIdentity identity(keywords);
    for (const auto& [key, value] : keywords) add(key.c_str(), value.c_str());
    add("application_name", name.c_str());
    add("client_encoding", "UTF8");
    if (mode == ConnectionMode::Replication) add("replication", "database");
    add(nullptr, nullptr);
    connection_.reset(PQconnectStartParams(keys.data(), values.data(), 0));
    if (!connection_) throw std::bad_alloc();
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    connect(settings);
    apply_session_settings(settings);
    if (mode == ConnectionMode::Ordinary) {
        for (const auto& statement : settings.initial_statements) query(statement);
    }
}

Connection::~Connection() = default;

void Connection::connect(const ConnectionSettings& settings) {
    const auto deadline = Clock::now() + settings.connect_timeout;
    auto next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
        if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
        if (left <= milliseconds::zero() || !wait(next == PGRES_POLLING_WRITING, left)) {
            throw DatabaseError(fmt::format("Connecting to PostgreSQL at {} took longer than {} ms", where_,
                                            settings.connect_timeout.count()),
                                {});
        }
        next = PQconnectPoll(connection_.get());
    }
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
        const std::string message = connect_message(connection_.get(), where_);
        throw DatabaseError(message, connect_sqlstate(message));
    }
    PQsetnonblocking(connection_.get(), 1);
}

void Connection::apply_session_settings(const ConnectionSettings& settings) {
    // The text formats of all values depend on these.
    query(
        "SET DateStyle = 'ISO, YMD'; SET extra_float_digits = 3; SET TimeZone = 'UTC'; SET bytea_output = 'hex'; "
        "SET IntervalStyle = 'postgres'; SET xmloption = 'content'",
        settings.connect_timeout);
}

bool Connection::wait(bool for_write, milliseconds timeout, const Wakeup* also) {
    std::array<pollfd, 3> fds{};
    fds[0] = {
        .fd = PQsocket(connection_.get()), .events = static_cast<short>(for_write ? POLLOUT : POLLIN), .revents = 0};
    fds[1] = {.fd = wakeup_ ? wakeup_->descriptor() : -1, .events = POLLIN, .revents = 0};
    fds[2] = {.fd = also ? also->descriptor() : -1, .events = POLLIN, .revents = 0};
    const auto begin = Clock::now();
    for (;;) {
        int left = -1;
        if (timeout >= milliseconds::zero()) {
            const auto passed = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
            left = static_cast<int>(std::clamp<std::int64_t>((timeout - passed).count(), 0, 1'000'000'000));
        }
        const int ready = ::poll(fds.data(), fds.size(), left);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) throw DatabaseError(fmt::format("Waiting for PostgreSQL: {}", std::strerror(errno)), {});
        if (fds[1].revents != 0) throw Interrupted();
        return ready > 0;
    }
}

DatabaseError Connection::error(const pg_result* result) const {
    if (result != nullptr) {
        const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char* detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
        const char* hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
        if (primary != nullptr) {
            std::string text = fmt::format("{}: {}", severity ? severity : "ERROR", primary);
            if (detail != nullptr) text += fmt::format(" Detail: {}", detail);
            if (hint != nullptr) text += fmt::format(" Hint: {}", hint);
            return {one_line(text), state ? state : ""};
        }
    }
    std::string text = one_line(PQerrorMessage(connection_.get()));
    if (text.empty()) text = "the server closed the connection";
    return {fmt::format("Connection to PostgreSQL at {} was lost: {}", where_, text), {}};
}

void Connection::flush() {
    for (;;) {
        const int more = PQflush(connection_.get());
        if (more < 0) throw error(nullptr);
        if (more == 0) return;
        // Reading while there is something to send keeps both sides from waiting for each other.
        wait(true, milliseconds(1000));
        if (PQconsumeInput(connection_.get()) == 0) throw error(nullptr);
    }
}

void Connection::cancel() noexcept {
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> request(PQgetCancel(connection_.get()), PQfreeCancel);
    std::array<char, 256> reason{};
    if (request) PQcancel(request.get(), reason.data(), static_cast<int>(reason.size()));
}

void Connection::drain() {
    const auto deadline = Clock::now() + longest_drain;
    while (PQtransactionStatus(connection_.get()) == PQTRANS_ACTIVE) {
        while (PQisBusy(connection_.get()) != 0) {
            const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
            if (left <= milliseconds::zero() || !wait(false, left) || PQconsumeInput(connection_.get()) == 0) return;
        }
        const std::unique_ptr<pg_result, decltype(&PQclear)> result(PQgetResult(connection_.get()), PQclear);
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) return;
    }
}

bool Connection::wait_for_answer(std::optional<Clock::time_point> deadline) {
    for (;;) {
        auto left = for_ever;
        if (deadline) {
            left = std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*deadline - Clock::now()));
        }
        if (!while_waiting_) return wait(false, left);
        const bool last = deadline && left <= between_works;
        if (wait(false, last ? left : between_works)) return true;
        if (last) return false;
        while_waiting_();
    }
}

pg_result* Connection::next_result(std::optional<Clock::time_point> deadline) {
    while (PQisBusy(connection_.get()) != 0) {
        try {
            if (!wait_for_answer(deadline)) {
                cancel();
                drain();
                throw DatabaseError(
                    fmt::format("PostgreSQL at {} did not answer a query in time; it was cancelled. Raise "
                                "database.query.timeout.ms if the query needs longer",
                                where_),
                    sqlstate::query_canceled);
            }
        } catch (const Interrupted&) {
            cancel();
            throw;
        }
        if (PQconsumeInput(connection_.get()) == 0) throw error(nullptr);
    }
    return PQgetResult(connection_.get());
}

Rows Connection::finish(milliseconds timeout) {
    flush();
    std::optional<Clock::time_point> deadline;
    if (timeout > milliseconds::zero()) deadline = Clock::now() + timeout;
    std::unique_ptr<pg_result, decltype(&PQclear)> last(nullptr, PQclear);
    std::optional<DatabaseError> failure;
    while (auto* result = next_result(deadline)) {
        last.reset(result);
        const auto status = PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) failure = error(result);
        if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) break;
    }
    if (failure) throw *failure;
    if (!last) throw error(nullptr);
    return Rows(last.release());
}

Rows Connection::query(const std::string& sql) { return query(sql, query_timeout_); }

Rows Connection::query(const std::string& sql, milliseconds timeout) {
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) throw error(nullptr);
    return finish(timeout);
}

Rows Connection::query(const std::string& sql, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const auto& parameter : parameters) values.push_back(parameter.c_str());
    if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                          nullptr, nullptr, 0) == 0) {
        throw error(nullptr);
    }
    return finish(query_timeout_);
}

Rows Connection::describe(const std::string& sql) {
    if (PQsendPrepare(connection_.get(), "", sql.c_str(), 0, nullptr) == 0) throw error(nullptr);
    finish(query_timeout_);
    if (PQsendDescribePrepared(connection_.get(), "") == 0) throw error(nullptr);
    return finish(query_timeout_);
}

void Connection::begin_copy(const std::string& sql) {
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) throw error(nullptr);
    finish(query_timeout_);
}

Connection::CopyStep Connection::try_copy_line(std::string_view& line) {
    char* text = nullptr;
    const int size = PQgetCopyData(connection_.get(), &text, 1);
    line_.reset(text);
    if (size > 0) {
        // Rows end with a newline, which is no part of the data.
        line = {text, static_cast<std::size_t>(size) - (text[size - 1] == '\n' ? 1 : 0)};
        return CopyStep::Line;
    }
    if (size == 0) return CopyStep::NothingYet;
    if (size == -2) throw error(nullptr);
    finish(query_timeout_);
    return CopyStep::End;
}

void Connection::wait_for_any(const std::vector<Connection*>& connections) {
    std::vector<pollfd> fds;
    for (const auto* c : connections)
        fds.push_back({.fd = PQsocket(c->connection_.get()), .events = POLLIN, .revents = 0});
    const auto* wakeup = connections.front()->wakeup_;
    fds.push_back({.fd = wakeup ? wakeup->descriptor() : -1, .events = POLLIN, .revents = 0});
    const int ready = ::poll(fds.data(), fds.size(), static_cast<int>(between_works.count()));
    if (ready < 0 && errno != EINTR) {
        throw DatabaseError(fmt::format("Waiting for PostgreSQL: {}", std::strerror(errno)), {});
    }
    if (fds.back().revents != 0) throw Interrupted();
    for (std::size_t i = 0; i < connections.size(); ++i) {
        if (ready == 0 && connections[i]->while_waiting_) connections[i]->while_waiting_();
        if (fds[i].revents != 0 && PQconsumeInput(connections[i]->connection_.get()) == 0) {
            throw connections[i]->error(nullptr);
        }
    }
}

std::string Connection::quote_literal(std::string_view text) const {
    const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeLiteral(connection_.get(), text.data(), text.size()), PQfreemem);
    if (!quoted) throw error(nullptr);
    return quoted.get();
}

int Connection::server_version() const noexcept { return PQserverVersion(connection_.get()); }

std::string quote_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}
