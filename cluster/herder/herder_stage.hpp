/// Records what the herder does for as long as this stands.
#pragma once
#include "cluster/herder/distributed_herder.hpp"

#include <utility>

namespace millrace::cluster {

class DistributedHerder::Stage {
public:
    Stage(DistributedHerder& herder, std::string description) : herder_(herder) {
        herder_.stage_.begin(std::move(description), herder_.deps_.clock());
    }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    ~Stage() { herder_.stage_.complete(herder_.deps_.clock()); }

private:
    DistributedHerder& herder_;
};

}
