/// Records that Java workers wrote, from data/*.jsonl.
#pragma once
#include "connectors/support/json.hpp"

#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace millrace::cluster::test {

struct CapturedRecord {
    std::string step;
    std::int64_t offset = 0;
    int partition = 0;
    std::string key;
    std::optional<std::string> value;
};

inline std::vector<CapturedRecord> captured(const std::string& topic) {
    std::ifstream file("tests/unit/cluster/storage/data/" + topic + ".jsonl");
    if (!file) throw std::runtime_error("no captured records of topic " + topic + ": run from the source folder");
    std::vector<CapturedRecord> records;
    for (std::string line; std::getline(file, line);) {
        const json::Document document(line);
        const auto& root = document.root();
        const auto& value = *root.find("value");
        records.push_back({std::string(root.find("step")->text()), root.find("offset")->as_integer().value(),
                           static_cast<int>(root.find("partition")->as_integer().value()),
                           std::string(root.find("key")->text()),
                           value.is_null() ? std::nullopt : std::optional(std::string(value.text()))});
    }
    return records;
}

}
