/// HTTP messages over one TCP connection, with TLS over it or without: what the server and the client of the leader
/// share.
///
/// State   Belongs to one executor thread; one coroutine reads or writes at a time. Deadlines are those of transport():
/// what passes
///         one ends with beast::error::timeout and closes the connection.
/// Errors  are returned, as Beast names them: http::error::end_of_stream where a connection ends between two messages,
///         buffer_overflow for a header that does not fit.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

namespace millrace::rest {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

class MessageStream {
public:
    using Error = boost::system::error_code;
    /// Keeps at most `header_bytes`, and what is read at once, of what was not parsed yet.
    MessageStream(asio::ip::tcp::socket socket, std::size_t header_bytes);

    beast::tcp_stream& transport() noexcept { return transport_; }
    /// What came and was not parsed.
    beast::flat_buffer& buffer() noexcept { return buffer_; }

    /// Everything from now on goes over TLS. Between the two, the handle may be told whom to expect.
    SSL* start_tls(asio::ssl::context& context);
    asio::awaitable<Error> handshake(asio::ssl::stream_base::handshake_type side);
    bool uses_tls() const noexcept { return tls_.has_value(); }
    /// Says goodbye: close_notify, or the end of what is sent.
    asio::awaitable<void> shutdown();

    /// Reads on and throws away until the other side ends: who still sends would lose what it was answered.
    asio::awaitable<void> drain();

    /// True if an empty line stood where a message should begin (RFC 9112, 2.2), and is left out.
    bool skip_empty_line();

    /// Waits for bytes and puts them into the buffer.
    asio::awaitable<Error> receive();
    /// `Requests`: a server's parser is one of requests, a client's one of responses.
    template <bool Requests>
    asio::awaitable<Error> read_header(http::basic_parser<Requests>& parser);
    /// `admits`, if it is given, is asked after each piece whether to read on; the error not_enough_memory if not.
    template <bool Requests>
    asio::awaitable<Error> read(http::basic_parser<Requests>& parser, const std::function<bool()>* admits = nullptr);
    asio::awaitable<Error> write(std::span<const asio::const_buffer> bytes);
    /// header_only: for the answer to HEAD.
    template <bool Requests>
    asio::awaitable<Error> write(http::message<Requests, http::string_body>& message, bool header_only = false);

private:
    template <bool Requests>
    asio::awaitable<Error> parse_more(http::basic_parser<Requests>& parser);

    beast::tcp_stream transport_;
    std::optional<beast::ssl_stream<beast::tcp_stream&>> tls_ = {};
    beast::flat_buffer buffer_;
};

}
