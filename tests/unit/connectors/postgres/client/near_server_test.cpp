#include "connectors/postgres/client/replication_stream.hpp"
#include "connectors/postgres/source/config.hpp"
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

#include <libpq-fe.h>
#include <sys/socket.h>

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

int receive_buffer(Connection& connection) {
    int bytes = 0;
    socklen_t size = sizeof bytes;
    REQUIRE(::getsockopt(PQsocket(connection.handle()), SOL_SOCKET, SO_RCVBUF, &bytes, &size) == 0);
    return bytes;
}

int inserts_of(ReplicationStream& stream, int wanted) {
    int inserts = 0;
    const bool all = eventually([&] {
        while (const auto frame = stream.next()) {
            if (frame->kind == Frame::Kind::Data && frame->payload.front() == std::byte{'I'}) ++inserts;
        }
        return inserts >= wanted;
    });
    CHECK(all);
    return inserts;
}

}

TEST_CASE("a near server's changes gather in a small buffer, and none is lost", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_near");
    database.run("CREATE TABLE gathered (id int PRIMARY KEY, note text)");
    database.run("CREATE PUBLICATION millrace_near FOR TABLE gathered");
    database.run("SELECT pg_create_logical_replication_slot('millrace_near', 'pgoutput')");
    constexpr int rows = 200'000;
    database.run(fmt::format("INSERT INTO gathered SELECT g, repeat('x', 100) FROM generate_series(1, {}) g", rows));

    const auto settings = connection_settings(database.connector(), [](const std::string&) {});
    Connection connection(settings, "test", ConnectionMode::Replication);
    ReplicationStream stream(connection);
    stream.start("millrace_near", no_lsn, {{"proto_version", "1"}, {"publication_names", "millrace_near"}});
    constexpr int doubled = 2 * 65'536;  // the kernel's own needs are counted, too: socket(7)
    CHECK(eventually([&] { return stream.arrived_bytes() > 8'192; }));
    CHECK(inserts_of(stream, rows) == rows);
    CHECK(receive_buffer(connection) == doubled);  // it has not grown with the speed
}
