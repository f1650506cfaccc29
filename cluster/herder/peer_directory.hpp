/// Which worker shows which certificate to its peers, as the workers have published it in the config topic. Who may
/// write there is trusted already: the keys that sign requests between workers are there too.
#pragma once
#include "cluster/storage/config_backing_store.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace millrace::cluster {

/// Belongs to the control thread.
class PeerDirectory {
public:
    virtual ~PeerDirectory() = default;
    /// Whether the worker at this URL has published a certificate. A Java worker has not.
    virtual bool publishes(const std::string& url) const = 0;
    /// Whether the worker at this URL has published this fingerprint. Reads to the end of the topic before it says no.
    virtual asio::awaitable<bool> is(std::string url, std::string fingerprint) = 0;
    /// Whether any worker has; reads likewise.
    virtual asio::awaitable<bool> trusts(std::string fingerprint) = 0;
};

class ConfigTopicPeers : public PeerDirectory {
public:
    explicit ConfigTopicPeers(ConfigBackingStore& configs) : configs_(configs) {}
    bool publishes(const std::string& url) const override;
    asio::awaitable<bool> is(std::string url, std::string fingerprint) override;
    asio::awaitable<bool> trusts(std::string fingerprint) override;

private:
    std::optional<std::string> fingerprint_of(const std::string& url) const;
    bool holds(const std::string& fingerprint) const;
    ConfigBackingStore& configs_;
};

}
