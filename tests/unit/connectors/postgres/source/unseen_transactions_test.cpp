#include "connectors/postgres/source/unseen_transactions.hpp"

#include "connectors/postgres/source/config.hpp"
#include "tests/unit/connectors/postgres/source/task_fixture.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

TEST_CASE("a view shows what is before its end and does not run", "[postgres]") {
    const TransactionView view{.end = 20, .running = {10, 14}};
    CHECK(view.shows(9));
    CHECK_FALSE(view.shows(10));
    CHECK(view.shows(11));
    CHECK_FALSE(view.shows(14));
    CHECK(view.shows(19));
    CHECK_FALSE(view.shows(20));
    CHECK_FALSE(view.shows(21));
}

TEST_CASE("numbers of transactions wrap around", "[postgres]") {
    const TransactionView view{.end = 5, .running = {4'294'967'290U}};
    CHECK(view.shows(4'294'967'291U));
    CHECK_FALSE(view.shows(4'294'967'290U));
    CHECK(view.shows(3));
    CHECK_FALSE(view.shows(5));
}

TEST_CASE("streamed transactions are kept until a view shows them", "[postgres]") {
    UnseenTransactions transactions;
    CHECK(transactions.none());
    transactions.add(0);  // of a plugin that does not say it
    CHECK(transactions.none());
    for (const std::uint32_t xid : {7U, 9U, 8U}) transactions.add(xid);
    CHECK_FALSE(transactions.all_in({.end = 10, .running = {9}}));
    CHECK_FALSE(transactions.none());
    CHECK_FALSE(transactions.all_in({.end = 10, .running = {9}}));
    CHECK(transactions.all_in({.end = 10}));
    CHECK(transactions.none());
}

TEST_CASE("streamed transactions that are many are looked at, and not again before they are twice as many",
          "[postgres]") {
    UnseenTransactions transactions;
    TransactionView hidden{.end = 1};
    std::uint32_t xid = 10;
    while (!transactions.many()) transactions.add(xid++);
    const auto first = xid - 10;
    CHECK_FALSE(transactions.all_in(hidden));
    CHECK_FALSE(transactions.many());
    while (!transactions.many()) transactions.add(xid++);
    CHECK(xid - 10 == 2 * first);
}

TEST_CASE("the server's view does not show who still runs", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_view");
    const auto settings = connection_settings(database.connector(), [](const std::string&) {});
    Connection writer(settings, "test");
    Connection reader(settings, "test");
    const auto number = [](Connection& connection) {
        return static_cast<std::uint32_t>(connection.query("SELECT txid_current()").integer(0, 0).value_or(0));
    };
    writer.query("BEGIN");
    const auto running = number(writer);
    const auto done = number(reader);
    const auto before = current_view(reader);
    CHECK_FALSE(before.shows(running));
    CHECK(before.shows(done));
    writer.query("COMMIT");
    CHECK(current_view(reader).shows(running));
}
