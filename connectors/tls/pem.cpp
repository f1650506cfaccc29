#include "connectors/tls/pem.hpp"

#include "connectors/api/errors.hpp"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace millrace {
namespace {

template <class Write>
std::string written(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    if (!bio || write(bio.get()) != 1) return "";
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}

std::string pem_of(const x509_st* certificate) {
    return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string pem_of(const evp_pkey_st* private_key) {
    return written(
        [&](BIO* out) { return PEM_write_bio_PrivateKey(out, private_key, nullptr, nullptr, 0, nullptr, nullptr); });
}

std::string read_tls_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (file) file.peek();  // a folder opens, and cannot be read
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe
    if (file.fail() && !file.eof())
        throw ConfigException(fmt::format("TLS: cannot read {}: {}", path, std::strerror(errno)));
    file.clear();
    return {std::istreambuf_iterator<char>(file), {}};
}

}
