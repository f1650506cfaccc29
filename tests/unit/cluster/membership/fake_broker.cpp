#include "tests/unit/cluster/membership/fake_broker.hpp"

#include "tests/unit/cluster/async/run.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <utility>

namespace millrace::cluster {

using asio::ip::tcp;

FakeBroker::FakeBroker(asio::io_context& context) : context_(context), scope_(context.get_executor(), [](auto) {}) {
    start();
}

FakeBroker::~FakeBroker() {
    stop();
    run(context_, scope_.stop());
}

void FakeBroker::start() {
    acceptor_.emplace(context_, tcp::endpoint(asio::ip::address_v4::loopback(), port_));
    port_ = acceptor_->local_endpoint().port();
    scope_.spawn(listen());
}

void FakeBroker::stop() {
    if (acceptor_) acceptor_->close();
    for (auto& socket : sockets_) socket.close();
}

void FakeBroker::fail(const ApiSpec& api, std::vector<std::int16_t> errors) {
    errors_[api.key].assign(errors.begin(), errors.end());
}

int FakeBroker::requests(const ApiSpec& api) const {
    const auto found = requests_.find(api.key);
    return found == requests_.end() ? 0 : found->second;
}

std::int16_t FakeBroker::next_error(std::int16_t key) {
    auto& queue = errors_[key];
    if (queue.empty()) return 0;
    const auto error = queue.front();
    queue.pop_front();
    return error;
}

asio::awaitable<void> FakeBroker::listen() {
    try {
        for (;;) {
            auto socket = co_await acceptor_->async_accept(asio::use_awaitable);
            scope_.spawn(serve(&sockets_.emplace_back(std::move(socket))));
        }
    } catch (const boost::system::system_error&) {
        // stopped
    }
}

asio::awaitable<void> FakeBroker::serve(tcp::socket* socket) {
    try {
        for (;;) {
            std::array<std::byte, 4> size{};
            co_await asio::async_read(*socket, asio::buffer(size), asio::use_awaitable);
            Bytes frame(static_cast<std::size_t>(Reader{Encoding::Classic, size}.int32("size")));
            co_await asio::async_read(*socket, asio::buffer(frame), asio::use_awaitable);
            const auto reply = answer(frame);
            if (!reply) continue;
            Bytes out;
            Writer{Encoding::Classic, out}.int32(static_cast<std::int32_t>(reply->size()));
            out.insert(out.end(), reply->begin(), reply->end());
            co_await asio::async_write(*socket, asio::buffer(out), asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // the client has gone, or the broker was stopped
    }
}

std::optional<Bytes> FakeBroker::answer(ByteView frame) {
    Reader header{Encoding::Classic, frame};
    const auto key = header.int16("key");
    const auto version = header.int16("version");
    const auto correlation_id = header.int32("correlation id");
    (void)header.nullable_string("client id");
    const auto body = [&](const ApiSpec& api) {
        return frame.subspan(header.offset() + (version >= api.flexible_from ? 1U : 0U));
    };
    ++requests_[key];
    if (silent) return std::nullopt;

    Bytes out;
    const auto begin = [&](const ApiSpec& api) {
        Writer{Encoding::Classic, out}.int32(correlation_id);
        if (api.key != ApiVersionsRequest::api.key && version >= api.flexible_from) out.push_back(std::byte{0});
    };
    const auto error = next_error(key);
    if (key == ApiVersionsRequest::api.key) {
        begin(ApiVersionsRequest::api);
        ApiVersionsResponse response;
        for (const auto& api :
             {ApiVersionsRequest::api, MetadataRequest::api, FindCoordinatorRequest::api, JoinGroupRequest::api,
              SyncGroupRequest::api, HeartbeatRequest::api, LeaveGroupRequest::api})
            response.api_keys.push_back({api.key, 0, api.max_version});
        encode_body(response, version, out);
    } else if (key == MetadataRequest::api.key) {
        begin(MetadataRequest::api);
        encode_body(MetadataResponse{}, version, out);
    } else if (key == FindCoordinatorRequest::api.key) {
        begin(FindCoordinatorRequest::api);
        FindCoordinatorResponse response;
        response.coordinators.push_back({"g", 1, "127.0.0.1", coordinator.value_or(port_), error, std::nullopt});
        encode_body(response, version, out);
    } else if (key == JoinGroupRequest::api.key) {
        begin(JoinGroupRequest::api);
        const auto reply = answer_join(body(JoinGroupRequest::api), version, error);
        out.insert(out.end(), reply.begin(), reply.end());
    } else if (key == SyncGroupRequest::api.key) {
        begin(SyncGroupRequest::api);
        const auto request = decode_body<SyncGroupRequest>(body(SyncGroupRequest::api), version);
        SyncGroupResponse response{
            .error_code = error, .protocol_type = "connect", .protocol_name = protocol, .assignment = {}};
        if (!request.assignments.empty())
            response.assignment = assignment.value_or(request.assignments.front().assignment);
        encode_body(response, version, out);
    } else if (key == HeartbeatRequest::api.key) {
        begin(HeartbeatRequest::api);
        encode_body(HeartbeatResponse{0, error}, version, out);
    } else {
        begin(LeaveGroupRequest::api);
        const auto request = decode_body<LeaveGroupRequest>(body(LeaveGroupRequest::api), version);
        for (const auto& member : request.members) members_that_left.push_back(member.member_id);
        encode_body(LeaveGroupResponse{}, version, out);
    }
    return out;
}

Bytes FakeBroker::answer_join(ByteView body, std::int16_t version, std::int16_t error) {
    constexpr std::int16_t member_id_required = 79;
    const auto request = decode_body<JoinGroupRequest>(body, version);
    ids_joined_with.push_back(request.member_id);
    metadata_joined_with.push_back(request.protocols.front().metadata);
    JoinGroupResponse response{.error_code = error, .protocol_type = "connect", .protocol_name = std::nullopt};
    if (error == 0 && request.member_id.empty()) {
        response.error_code = member_id_required;
        response.member_id = "m" + std::to_string(++members_);
    } else if (error == 0) {
        response.generation_id = ++generation_;
        response.protocol_name = protocol;
        response.leader = response.member_id = request.member_id;
        for (const auto& offered : request.protocols)
            if (offered.name == protocol)
                response.members.push_back({request.member_id, std::nullopt, offered.metadata});
    }
    Bytes out;
    encode_body(response, version, out);
    return out;
}

}
