/// connect-distributed --check-source connector.json: what a connector's server lacks, before the connector is created.
#pragma once
#include "worker/main/given_settings.hpp"

#include <string>

namespace millrace::worker {

/// Reads the connector's file, resolves ${provider:path:key} with the worker's config providers, and has the program
/// for its class print what is missing. 0 if nothing is, 1 if something, 2 if it cannot be told. Throws ConfigException
/// if the file will not do or there is no such program.
int check_source(const std::string& file, const GivenSettings& given);

}
