#include "cluster/async/fresh_tls.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/ranges.h>
#include <sys/stat.h>

#include <utility>

namespace millrace::cluster {

FreshTls::FreshTls(std::vector<std::string> files, Make make)
    : files_(std::move(files)), make_(std::move(make)), seen_(look()), context_(make_()) {}

void FreshTls::prepare_with(Prepare prepare) {
    prepare_ = std::move(prepare);
    prepare_(*context_);
}

std::shared_ptr<const TlsContext> FreshTls::current(const Logger& logger) {
    auto now = look();
    if (now == seen_) return context_;
    seen_ = std::move(now);
    try {
        auto made = make_();
        if (prepare_) prepare_(*made);
        context_ = std::move(made);
        logger.info("TLS: took up the changed files {}", fmt::join(files_, ", "));
    } catch (const ConnectException& e) {
        logger.error("TLS: the changed files {} are not used, those before them still are: {}", fmt::join(files_, ", "),
                     e.what());
    }
    return context_;
}

std::vector<FreshTls::Version> FreshTls::look() const {
    std::vector<Version> versions;
    for (const auto& file : files_) {
        auto& version = versions.emplace_back();
        struct stat found{};
        if (::stat(file.c_str(), &found) != 0) continue;
        version = {.inode = found.st_ino,
                   .size = found.st_size,
                   .seconds = found.st_mtim.tv_sec,
                   .nanoseconds = found.st_mtim.tv_nsec};
    }
    return versions;
}

}
