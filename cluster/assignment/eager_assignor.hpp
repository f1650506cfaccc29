/// The assignor of the `default` protocol: everybody stops everything, and all work is dealt anew.
#pragma once
#include "cluster/assignment/work.hpp"

#include <map>
#include <string>
#include <vector>

namespace millrace::cluster {

/// Deals connectors by name, then each one's tasks, one by one to the members by id. Pure; no memory between rounds.
/// Every member has an entry.
std::map<std::string, Work> assign_eagerly(const Work& configured, std::vector<std::string> member_ids);

}
