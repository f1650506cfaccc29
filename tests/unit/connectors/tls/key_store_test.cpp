/// Stores as Java's keytool writes them.
#include "connectors/tls/key_store.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/tls/jks.hpp"
#include "connectors/tls/pem.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/tls/keytool.hpp"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <memory>

using namespace millrace;

namespace {

std::size_t certificates_in(const std::string& pem) {
    std::size_t count = 0;
    for (auto at = pem.find("BEGIN CERTIFICATE"); at != std::string::npos; at = pem.find("BEGIN CERTIFICATE", at + 1)) {
        ++count;
    }
    return count;
}

/// A store with the password secret, whose key, of alias worker, has another.
std::string pkcs12_of(const std::string& key_pem, const std::string& certificate_pem, const char* key_password) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> key_text(BIO_new_mem_buf(key_pem.data(), -1), &BIO_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(certificate_pem.data(), -1), &BIO_free);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr);
    X509* certificate = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr);
    STACK_OF(PKCS7)* safes = nullptr;
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    PKCS12_add_cert(&bags, certificate);
    PKCS12_add_safe(&safes, bags, NID_aes_256_cbc, 0, "secret");
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    bags = nullptr;
    auto* bag = PKCS12_add_key(&bags, key, 0, 0, NID_aes_256_cbc, key_password);
    PKCS12_add_friendlyname_utf8(bag, "worker", -1);
    PKCS12_add_safe(&safes, bags, -1, 0, nullptr);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    PKCS12* file = PKCS12_add_safes(safes, 0);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    PKCS12_set_mac(file, "secret", -1, nullptr, 0, 0, EVP_sha256());
    unsigned char* der = nullptr;
    const auto size = i2d_PKCS12(file, &der);
    std::string bytes(der, der + size);
    OPENSSL_free(der);
    PKCS12_free(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return bytes;
}

}

TEST_CASE("a key is the same in JKS and in PKCS#12", "[tls]") {
    if (!has_keytool()) return;
    const Folder folder;
    folder.key("store.jks", "JKS", "-keypass secret");
    folder.run(
        "keytool -importkeystore -srckeystore store.jks -srcstorepass secret -destkeystore store.p12 -deststoretype "
        "PKCS12 -deststorepass secret");
    const auto jks = read_tls_material(keystore(folder / "store.jks"));
    const auto p12 = read_tls_material(keystore(folder / "store.p12"));
    CHECK_THAT(jks.private_key, Catch::StartsWith("-----BEGIN PRIVATE KEY-----"));
    CHECK(jks.private_key == p12.private_key);
    CHECK(jks.certificate_chain == p12.certificate_chain);
    CHECK(certificates_in(jks.certificate_chain) == 1);
    CHECK(tls_files(keystore("/k")) == std::vector<std::string>{"/k"});
}

TEST_CASE("a trust store gives all that it trusts", "[tls]") {
    if (!has_keytool()) return;
    const std::string type = GENERATE("JKS", "PKCS12");
    const Folder folder;
    for (const auto* name : {"a", "b"}) {
        folder.key(std::string(name) + ".p12", "PKCS12", "");
        folder.run(
            fmt::format("keytool -exportcert -alias worker -keystore {0}.p12 -storepass secret -file {0}.der", name));
        folder.run(fmt::format(
            "keytool -importcert -noprompt -alias {0} -file {0}.der -keystore trust -storetype {1} -storepass secret",
            name, type));
    }
    const auto found = read_tls_material(truststore(folder / "trust"));
    CHECK(certificates_in(found.trusted_certificates) == 2);
    CHECK(found.private_key.empty());
    auto inlined = truststore(folder / "trust");
    inlined["ssl.truststore.certificates"] = "PEM";
    CHECK(read_tls_material(inlined).trusted_certificates == "PEM");
    if (type == "JKS") {  // Java opens those without a password too
        CHECK(certificates_in(
                  read_tls_material({{"ssl.truststore.location", folder / "trust"}}).trusted_certificates) == 2);
    }
}

TEST_CASE("a store that does not open says which and why", "[tls]") {
    if (!has_keytool()) return;
    const Folder folder;
    folder.key("store.jks", "JKS", "-keypass another-secret");
    auto settings = keystore(folder / "store.jks");
    CHECK_THROWS_WITH(read_tls_material(settings),
                      Catch::Contains("alias 'worker'") && Catch::Contains("ssl.key.password") &&
                          Catch::Contains(folder / "store.jks") && !Catch::Contains("secret"));
    settings["ssl.key.password"] = "another-secret";
    CHECK_THAT(read_tls_material(settings).private_key, Catch::StartsWith("-----BEGIN PRIVATE KEY-----"));
    settings["ssl.keystore.password"] = "wrong";
    CHECK_THROWS_WITH(read_tls_material(settings), Catch::Contains("ssl.keystore.password does not open it"));

    auto bytes = read_tls_file(folder / "store.jks");
    bytes[40] = static_cast<char>(bytes[40] ^ 1);
    folder.overwrite("store.jks", bytes);
    CHECK_THROWS_WITH(read_tls_material(keystore(folder / "store.jks")), Catch::Contains("tampered"));
    folder.overwrite("cut.jks", bytes.substr(0, 100));
    CHECK_THROWS_WITH(read_tls_material({{"ssl.keystore.location", folder / "cut.jks"}}), Catch::Contains("JKS: "));
    folder.overwrite("store", "something else");
    CHECK_THROWS_WITH(read_tls_material(keystore(folder / "store")),
                      Catch::Contains("neither PEM nor PKCS#12 nor JKS"));
    CHECK_THROWS_WITH(read_tls_material(keystore("/does/not/exist")), Catch::Contains("/does/not/exist"));
}

TEST_CASE("a PKCS#12 store of an old keytool opens, as its algorithms are known for it alone", "[tls]") {
    const Folder folder;
    folder.run("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=worker -keyout key.pem -out certificate.pem");
    folder.run("openssl pkcs12 -export -legacy -in certificate.pem -inkey key.pem -passout pass:secret -out store.p12");
    auto settings = keystore(folder / "store.p12");
    const auto found = read_tls_material(settings);
    CHECK_THAT(found.private_key, Catch::StartsWith("-----BEGIN PRIVATE KEY-----"));
    CHECK(certificates_in(found.certificate_chain) == 1);
    settings["ssl.keystore.password"] = "wrong";
    CHECK_THROWS_WITH(read_tls_material(settings), Catch::EndsWith("ssl.keystore.password does not open it"));
}

TEST_CASE("a key in PKCS#12 may have a password of its own, and what is wrong with it is said by alias", "[tls]") {
    const Folder folder;
    const std::string new_pair = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    folder.run(new_pair + "-subj /CN=worker -keyout key.pem -out certificate.pem");
    folder.run(new_pair + "-subj /CN=other -keyout other.key -out other.pem");
    const auto key = read_tls_file(folder / "key.pem");
    folder.overwrite("store.p12", pkcs12_of(key, read_tls_file(folder / "certificate.pem"), "key-secret"));
    auto settings = keystore(folder / "store.p12");
    CHECK_THROWS_WITH(read_tls_material(settings),
                      Catch::Contains(folder / "store.p12") &&
                          Catch::EndsWith("the key of alias 'worker' is protected with another password: set "
                                          "ssl.key.password"));
    settings["ssl.key.password"] = "key-secret";
    const auto found = read_tls_material(settings);
    CHECK_THAT(found.private_key, Catch::StartsWith("-----BEGIN PRIVATE KEY-----"));
    CHECK(certificates_in(found.certificate_chain) == 1);
    CHECK(certificates_in(read_tls_material(truststore(folder / "store.p12")).trusted_certificates) == 1);

    folder.overwrite("store.p12", pkcs12_of(key, read_tls_file(folder / "other.pem"), "secret"));
    CHECK_THROWS_WITH(read_tls_material(keystore(folder / "store.p12")),
                      Catch::Contains(folder / "store.p12") &&
                          Catch::EndsWith("alias 'worker': there is no certificate of its private key in it"));
}

TEST_CASE("a store without a key says which certificates it has", "[tls]") {
    if (!has_keytool()) return;
    const std::string type = GENERATE("JKS", "PKCS12");
    const Folder folder;
    folder.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=a -out certificate.pem");
    for (const auto* alias : {"root", "old-root"})
        folder.run(
            fmt::format("keytool -importcert -noprompt -alias {} -file certificate.pem -keystore store "
                        "-storetype {} -storepass secret",
                        alias, type));
    const auto settings = keystore(folder / "store");
    CHECK(read_tls_material(settings).private_key.empty());
    const auto told = missing_key(settings);
    CHECK_THAT(told, Catch::Contains(folder / "store") && Catch::Contains("there is no private key in it, but") &&
                         Catch::Contains("'root'") && Catch::Contains("'old-root'"));
}

TEST_CASE("a folder is no store", "[tls]") {
    const Folder folder;
    CHECK_THROWS_WITH(read_tls_material(keystore(folder / "")), Catch::Contains(folder / ""));
    CHECK(read_tls_file("/dev/null").empty());
}

TEST_CASE("a PEM key store that will not do says why", "[tls]") {
    const Folder folder;
    const std::string new_key = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    folder.run(new_key + "-x509 -subj /CN=authority -keyout authority.key -out authority.pem");
    folder.run(new_key + "-subj /CN=worker -keyout worker.key -out worker.csr");
    folder.run(
        "openssl x509 -req -in worker.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out worker.pem");
    folder.run("openssl pkcs8 -topk8 -in worker.key -passout pass:key-secret -out encrypted.key");
    const auto problem_of = [&](std::initializer_list<const char*> parts, const std::string& password = "") {
        std::string text;
        for (const auto* part : parts) text += read_tls_file(folder / part);
        folder.overwrite("store.pem", text);
        try {
            read_tls_material({{"ssl.keystore.location", folder / "store.pem"}, {"ssl.key.password", password}});
            return std::string();
        } catch (const ConfigException& e) {
            const std::string_view told = e.what();
            const auto start =
                fmt::format("Invalid value {} for configuration ssl.keystore.location: ", folder / "store.pem");
            REQUIRE(told.starts_with(start));
            return std::string(told.substr(start.size()));
        }
    };
    CHECK(problem_of({"worker.key", "worker.pem", "authority.pem"}).empty());
    CHECK(problem_of({"worker.pem", "authority.pem", "encrypted.key"}, "key-secret").empty());
    CHECK(problem_of({"worker.pem"}) == "there is no private key in it");
    CHECK(problem_of({"worker.key"}) == "there is no certificate in it");
    CHECK(problem_of({"encrypted.key", "worker.pem"}) == "its private key is encrypted: set ssl.key.password");
    CHECK(problem_of({"encrypted.key", "worker.pem"}, "wrong") == "ssl.key.password does not open its private key");
    CHECK(problem_of({"worker.key", "authority.pem"}) ==
          "its private key is not that of its certificate, CN=authority");
    CHECK(problem_of({"worker.key", "authority.pem", "worker.pem"}) ==
          "its first certificate is that of CN=authority, and its private key that of CN=worker, whose certificate "
          "comes first in a chain");
}
