/// A server's TLS settings that follow their files: what changes in them holds from the next connection on.
///
/// Threads  One.
/// Errors   The constructor's are those of `make`. A later change that will not do is logged once, and the settings
/// before it stay
///          in force: half a file does no harm.
#pragma once
#include "cluster/async/tls.hpp"
#include "connectors/api/log.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::cluster {

class FreshTls {
public:
    using Make = std::function<std::shared_ptr<const TlsContext>()>;
    using Prepare = std::function<void(const TlsContext&)>;
    /// `make` reads `files`.
    FreshTls(std::vector<std::string> files, Make make);

    /// Does so with the settings there are, and with each later ones before they are used.
    void prepare_with(Prepare prepare);
    std::shared_ptr<const TlsContext> current(const Logger& logger);

private:
    /// A file's place, size and time, all 0 if it is not there.
    struct Version {
        std::uint64_t inode = 0;
        std::int64_t size = 0;
        std::int64_t seconds = 0;
        std::int64_t nanoseconds = 0;
        auto operator<=>(const Version&) const = default;
    };
    std::vector<Version> look() const;

    std::vector<std::string> files_;
    Make make_;
    Prepare prepare_;
    std::vector<Version> seen_;
    std::shared_ptr<const TlsContext> context_;
};

}
