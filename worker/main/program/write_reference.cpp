// write-reference FOLDER: writes the pages of docs/reference there.
#include "connectors/avro/plugin.hpp"
#include "connectors/config_providers/plugin.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/file/plugin.hpp"
#include "connectors/json_schema/plugin.hpp"
#include "connectors/postgres/source/source_metrics.hpp"
#include "connectors/protobuf/plugin.hpp"
#include "connectors/transforms/debezium/plugin.hpp"
#include "connectors/transforms/plugin.hpp"
#include "worker/main/reference_pages.hpp"

#include <fstream>
#include <iostream>

namespace millrace::postgres {
const PluginManifest& manifest();
}

int main(int argc, char** argv) {
    using namespace millrace;
    if (argc != 2) {
        std::cerr << "write-reference FOLDER\n";
        return 2;
    }
    worker::PluginRegistry plugins;
    for (const auto* manifest : {&converters::manifest(), &avro::manifest(), &json_schema::manifest(),
                                 &protobuf::manifest(), &transforms::manifest(), &transforms::debezium_manifest(),
                                 &file::manifest(), &postgres::manifest(), &config_providers::manifest()}) {
        plugins.add(*manifest);
    }
    const worker::PluginMetrics metrics[] = {{.title = "PostgreSQL source",
                                              .labels = "plugin, name (topic.prefix), context (snapshot or streaming)",
                                              .keys = postgres::source_metric_keys()}};
    for (const auto& [name, text] : worker::reference_pages(plugins, metrics)) {
        std::ofstream file(std::string(argv[1]) + "/" + name);
        file << text;
        if (!file.flush()) {
            std::cerr << argv[1] << "/" << name << " cannot be written\n";
            return 1;
        }
    }
    return 0;
}
