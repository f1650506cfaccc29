#include "rest/http/message_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace millrace::rest {

namespace {

constexpr std::size_t read_chunk_bytes = 4096;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

}

MessageStream::MessageStream(asio::ip::tcp::socket socket, std::size_t header_bytes)
    : transport_(std::move(socket)), buffer_(header_bytes + read_chunk_bytes) {}

SSL* MessageStream::start_tls(asio::ssl::context& context) { return tls_.emplace(transport_, context).native_handle(); }

asio::awaitable<MessageStream::Error> MessageStream::handshake(asio::ssl::stream_base::handshake_type side) {
    const auto [error, used] = co_await tls_->async_handshake(side, buffer_.data(), quiet);
    if (!error) buffer_.consume(used);
    co_return error;
}

asio::awaitable<void> MessageStream::shutdown() {
    if (!transport_.socket().is_open()) co_return;
    if (tls_) {
        co_await tls_->async_shutdown(quiet);
    } else {
        Error ignored;
        transport_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
}

asio::awaitable<void> MessageStream::drain() {
    std::array<char, read_chunk_bytes> scrap{};
    const asio::mutable_buffer into = asio::buffer(scrap);
    Error error;
    std::size_t bytes = 0;
    while (!error && transport_.socket().is_open()) {
        std::tie(error, bytes) = co_await transport_.async_read_some(into, quiet);
    }
}

bool MessageStream::skip_empty_line() {
    const std::string_view bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    if (!bytes.starts_with("\r\n")) return false;
    buffer_.consume(2);
    return true;
}

asio::awaitable<MessageStream::Error> MessageStream::receive() {
    const auto room = std::min(read_chunk_bytes, buffer_.max_size() - buffer_.size());
    if (room == 0) co_return http::error::buffer_overflow;
    const asio::mutable_buffer into = buffer_.prepare(room);
    Error error;
    std::size_t bytes = 0;
    if (tls_) {
        std::tie(error, bytes) = co_await tls_->async_read_some(into, quiet);
    } else {
        std::tie(error, bytes) = co_await transport_.async_read_some(into, quiet);
    }
    buffer_.commit(bytes);
    co_return error;
}

namespace {

/// A header's line that goes on in the next one, which servers on the way may read otherwise (RFC 9112, 5.2).
bool folds_a_line(std::string_view bytes) noexcept {
    const auto header = bytes.substr(0, bytes.find("\r\n\r\n"));
    return header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
}

}

/// Gives the parser what is there, or waits for more.
template <bool Requests>
asio::awaitable<MessageStream::Error> MessageStream::parse_more(http::basic_parser<Requests>& parser) {
    Error error = http::error::need_more;
    if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
    if (error != http::error::need_more) co_return error;
    error = co_await receive();
    if (error != asio::error::eof) co_return error;
    if (!parser.got_some()) co_return http::error::end_of_stream;
    parser.put_eof(error);
    co_return error;
}

template <bool Requests>
asio::awaitable<MessageStream::Error> MessageStream::read_header(http::basic_parser<Requests>& parser) {
    parser.eager(false);
    Error error;
    bool folded = false;
    while (!error && !parser.is_header_done()) {
        folded = folded || folds_a_line({static_cast<const char*>(buffer_.data().data()), buffer_.size()});
        error = co_await parse_more(parser);
    }
    if (!error && folded) error = http::error::bad_obs_fold;
    co_return error;
}

template <bool Requests>
asio::awaitable<MessageStream::Error> MessageStream::read(http::basic_parser<Requests>& parser,
                                                          const std::function<bool()>* admits) {
    parser.eager(true);
    Error error;
    while (!error && !parser.is_done()) {
        error = co_await parse_more(parser);
        if (!error && admits != nullptr && !(*admits)())
            error = make_error_code(boost::system::errc::not_enough_memory);
    }
    co_return error;
}

asio::awaitable<MessageStream::Error> MessageStream::write(std::span<const asio::const_buffer> bytes) {
    Error error;
    std::size_t written = 0;
    if (tls_) {
        std::tie(error, written) = co_await asio::async_write(*tls_, bytes, quiet);
    } else {
        std::tie(error, written) = co_await asio::async_write(transport_, bytes, quiet);
    }
    co_return error;
}

template <bool Requests>
asio::awaitable<MessageStream::Error> MessageStream::write(http::message<Requests, http::string_body>& message,
                                                           bool header_only) {
    http::serializer<Requests, http::string_body> serializer(message);
    serializer.split(header_only);
    Error error;
    std::vector<asio::const_buffer> parts;
    while (!error && !(header_only ? serializer.is_header_done() : serializer.is_done())) {
        parts.clear();
        serializer.next(error, [&parts](Error&, const auto& buffers) {
            for (const asio::const_buffer part : beast::buffers_range_ref(buffers)) parts.push_back(part);
        });
        if (error) break;
        error = co_await write(parts);
        serializer.consume(beast::buffer_bytes(parts));
    }
    co_return error;
}

template asio::awaitable<MessageStream::Error> MessageStream::read_header(http::basic_parser<true>&);
template asio::awaitable<MessageStream::Error> MessageStream::read(http::basic_parser<true>&,
                                                                   const std::function<bool()>*);
template asio::awaitable<MessageStream::Error> MessageStream::read(http::basic_parser<false>&,
                                                                   const std::function<bool()>*);
template asio::awaitable<MessageStream::Error> MessageStream::write(http::message<true, http::string_body>&, bool);
template asio::awaitable<MessageStream::Error> MessageStream::write(http::message<false, http::string_body>&, bool);

}
