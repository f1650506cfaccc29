/// What Producer, Consumer and Admin share: making a librdkafka client whose log lines go to our Logger.
#pragma once
#include "connectors/api/log.hpp"
#include "worker/kafka/client_config.hpp"

#include <librdkafka/rdkafka.h>

#include <memory>

namespace millrace::worker {

struct ConfDeleter {
    void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
};
using ConfPtr = std::unique_ptr<rd_kafka_conf_t, ConfDeleter>;

/// The opaque of every client of ours begins with this.
struct HandleOpaque {
    Logger logger;
};

/// Throws ConfigException naming the property that librdkafka refuses.
ConfPtr make_conf(const ClientConfig& config, HandleOpaque& opaque);
/// `conf` is used up. `opaque` outlives the client.
rd_kafka_t* make_client(rd_kafka_type_t type, ConfPtr conf);

}
