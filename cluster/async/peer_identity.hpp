/// Who this worker is to the other workers of its group: a key and a self-signed certificate that live as long as the
/// process, and the TLS settings for connections between workers.
///
/// The contexts accept any certificate: who made a connection with one must compare peer_fingerprint() with what the
/// peer has published, before it sends or believes anything. TLS 1.3 alone, both sides show a certificate, no session
/// is resumed.
#pragma once
#include "cluster/async/tls.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace millrace::cluster {

/// How a worker says in its hello that it wants to talk to a peer, and not to be a user's client (ALPN).
inline constexpr std::string_view peer_protocol = "millrace-peer/1";

class PeerIdentity {
public:
    PeerIdentity();  ///< makes the key; throws ConnectException if OpenSSL cannot

    /// SHA-256 of the certificate, in lower-case hex.
    const std::string& fingerprint() const noexcept { return fingerprint_; }
    const std::shared_ptr<const TlsContext>& client() const noexcept { return client_; }
    const std::shared_ptr<const TlsContext>& server() const noexcept { return server_; }

private:
    std::string fingerprint_;
    std::shared_ptr<const TlsContext> client_;
    std::shared_ptr<const TlsContext> server_;
};

/// Lets a server that shows `users`' certificate show `peers`' to who asks for peer_protocol, on the same port.
void admit_peers(const TlsContext& users, const TlsContext& peers);

/// Of the certificate that the other side showed; "" if it showed none, or the connection is not for peers.
std::string peer_fingerprint(const ssl_st* connection);

}
