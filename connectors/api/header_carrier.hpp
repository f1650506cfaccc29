/// What a converter is besides, if a part of what it writes or reads may be in a header of its own: the id of a schema.
#pragma once
#include "connectors/api/record_header.hpp"

#include <span>
#include <vector>

namespace millrace {

class HeaderCarrier {
public:
    HeaderCarrier() = default;
    HeaderCarrier(const HeaderCarrier&) = delete;
    HeaderCarrier& operator=(const HeaderCarrier&) = delete;
    virtual ~HeaderCarrier() = default;
    /// Before each from_connect_data(): where that puts its headers, behind those that are there. What they point to
    /// stays until the next call.
    virtual void write_headers(std::vector<RecordHeader>& headers) = 0;
    /// Before each to_connect_data(): the headers of that record.
    virtual void read_headers(std::span<const RecordHeader> headers) = 0;
};

}
