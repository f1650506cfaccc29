/// What a user has set for a client and the client does not heed, a sentence each.
#pragma once
#include "worker/kafka/client_config.hpp"

#include <string>
#include <vector>

namespace millrace::worker {

std::vector<std::string> settings_without_effect(ClientKind kind, const Settings& java);

}
