/// Who may use the REST API, from the worker's settings and the JAAS file that Kafka's scripts are given.
///
/// Input   rest.extension.classes with
/// org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension;
///         `java_options` as in the environment's KAFKA_OPTS, whose -Djava.security.auth.login.config=FILE names the
///         JAAS file; its entry KafkaConnect with PropertyFileLoginModule and the option file, which holds
///         user=password.
/// Output  none without that extension: everybody may.
/// Throws  ConfigException for other extensions, and for a file or entry that is missing, naming it.
#pragma once
#include "connectors/api/log.hpp"
#include "rest/http/basic_auth.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace millrace::worker {
struct WorkerConfig;
}

namespace millrace::rest {

class Access;  // rest/resources/access.hpp

/// Users of millrace.rest.htpasswd.file and roles of millrace.rest.roles.file; null if neither is given. Throws
/// ConfigException for a file that will not do, and for users in both an htpasswd file and a JAAS file.
std::shared_ptr<Access> access_control(const worker::WorkerConfig& config, const Logger& logger);

std::optional<BasicAuth> authentication(const worker::WorkerConfig& config, std::string_view java_options,
                                        const Logger& logger);

}
