/// With MILLRACE_TEST_KAFKA_SSL and MILLRACE_TEST_KAFKA_CERTIFICATES, a broker that demands certificates and the folder
/// with a client's.
#include "tests/pch.hpp"
#include "tests/unit/connectors/tls/keytool.hpp"
#include "tests/unit/environment.hpp"
#include "worker/kafka/admin.hpp"

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

TEST_CASE("a broker that demands certificates accepts those of Java's stores", "[kafka][tls]") {
    const auto broker = from_environment("MILLRACE_TEST_KAFKA_SSL");
    const auto certificates = from_environment("MILLRACE_TEST_KAFKA_CERTIFICATES");
    if (!broker || !certificates || !has_keytool()) return;
    const std::string type = GENERATE("JKS", "PKCS12");
    const Folder folder;
    folder.run(fmt::format(
        "openssl pkcs12 -export -in {0}/client.pem -inkey {0}/client.key -name client -passout pass:secret -out "
        "client.p12",
        *certificates));
    folder.run(fmt::format(
        "keytool -importkeystore -srckeystore client.p12 -srcstorepass secret -destkeystore own -deststoretype {} "
        "-deststorepass secret",
        type));
    folder.run(fmt::format(
        "keytool -importcert -noprompt -alias ca -file {}/ca.pem -keystore trust -storetype {} -storepass secret",
        *certificates, type));
    auto settings = keystore(folder / "own");
    settings.merge(truststore(folder / "trust"));
    settings.insert({{"bootstrap.servers", *broker}, {"security.protocol", "SSL"}});
    CHECK(!Admin(translate(ClientKind::Admin, settings), {}, 20s).cluster_id().empty());
}
