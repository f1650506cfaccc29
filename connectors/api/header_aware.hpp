/// What a converter is besides, if it reads the headers of a record.
#pragma once
#include "connectors/api/record.hpp"

namespace millrace {

class HeaderAware {
public:
    HeaderAware() = default;
    HeaderAware(const HeaderAware&) = delete;
    HeaderAware& operator=(const HeaderAware&) = delete;
    virtual ~HeaderAware() = default;
    /// Before each from_connect_data(): the headers of that record, until the next call; null: it has none.
    virtual void use_headers(const Headers& headers) = 0;
};

}
