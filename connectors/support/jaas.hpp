/// Entries of JAAS, in which Kafka's clients hold user names and passwords (sasl.jaas.config).
///
/// Facts   Java SE API, javax.security.auth.login.Configuration.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>

namespace millrace {

/// User name and password of "org.apache.kafka.common.security.plain.PlainLoginModule required username=... ;".
struct JaasLogin {
    std::string login_module;
    Settings options;
};
/// Throws ConfigException if the text is no JAAS entry; the message holds nothing of the text's values.
JaasLogin parse_jaas_config(std::string_view text);

}
