/// A broker for a group of one, on a port of this machine, that can be told to refuse, to be silent or to go away.
#pragma once
#include "cluster/async/scope.hpp"
#include "cluster/wire/messages.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

class FakeBroker {
public:
    explicit FakeBroker(asio::io_context& context);
    ~FakeBroker();

    std::uint16_t port() const noexcept { return port_; }
    void stop();   ///< closes every connection and refuses new ones
    void start();  ///< at the same port again
    /// The next requests of this kind are answered with these errors.
    void fail(const ApiSpec& api, std::vector<std::int16_t> errors);
    int requests(const ApiSpec& api) const;

    bool silent = false;                       ///< reads, but answers nothing
    std::optional<std::uint16_t> coordinator;  ///< the port that it says the coordinator is at; none: its own
    std::optional<Bytes> assignment;           ///< instead of the leader's
    std::string protocol = "sessioned";        ///< that the group "selects"
    std::vector<std::string> ids_joined_with;  ///< the member id of every JoinGroup
    std::vector<Bytes> metadata_joined_with;   ///< that of the first protocol
    std::vector<std::string> members_that_left;

private:
    asio::awaitable<void> listen();
    asio::awaitable<void> serve(asio::ip::tcp::socket* socket);
    std::optional<Bytes> answer(ByteView frame);
    Bytes answer_join(ByteView body, std::int16_t version, std::int16_t error);
    std::int16_t next_error(std::int16_t key);

    asio::io_context& context_;
    std::optional<asio::ip::tcp::acceptor> acceptor_;
    std::uint16_t port_ = 0;
    std::list<asio::ip::tcp::socket> sockets_;
    std::map<std::int16_t, std::deque<std::int16_t>> errors_;
    std::map<std::int16_t, int> requests_;
    int generation_ = 0;
    int members_ = 0;
    Scope scope_;
};

}
