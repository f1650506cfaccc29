#include "tests/unit/worker/runtime/fakes.hpp"

#include "connectors/support/json_values.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::worker::test {

namespace {

struct Registry {
    std::mutex mutex;
    std::map<std::string, Seen> by_connector;
    template <class F>
    void with(const std::string& connector, F f) {
        const std::lock_guard lock(mutex);
        f(by_connector[connector]);
    }
};
Registry& registry() {
    static Registry the_registry;
    return the_registry;
}

std::int64_t number(const Settings& settings, std::string_view key, std::int64_t fallback) {
    const auto found = settings.find(key);
    if (found == settings.end()) return fallback;
    std::int64_t value = 0;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
}

class CountingTask : public SourceTask {
public:
    void start(const Settings& settings, SourceTaskContext& context) override {
        name_ = std::string(context.connector_name());
        topic_ = settings.at("topic");
        count_ = number(settings, "count", 0);
        batch_ = number(settings, "batch", 500);
        fail_at_ = number(settings, "fail.at", -1);
        alone_ = number(settings, "alone", -1);
        retry_from_ = number(settings, "retry.from", -1);
        confirm_fails_ = settings.contains("confirm.fails");
        const std::vector<OffsetEntry> partition{{"source", Value::string("counting")}};
        if (const auto stored = context.offset(partition)) next_ = stored->find("n")->as_integer() + 1;
        registry().with(name_, [](Seen& s) { ++s.started; });
    }
    SourceBatch poll(std::stop_token stop, std::chrono::milliseconds max_wait) override {
        if (next_ == fail_at_) throw ConnectException("this source ends badly");
        if (retry_from_ >= 0 && next_ >= retry_from_) throw RetriableException("this source is away");
        SourceBatch batch;
        if (next_ >= count_ && alone_ < next_) {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, stop, max_wait, [] { return false; });
            return batch;
        }
        batch.values = std::make_shared<Arena>();
        batch.offsets = std::make_shared<Arena>();
        auto* partition = batch.offsets->make_array<OffsetEntry>(1);
        partition[0] = {"source", Value::string("counting")};
        batch.partitions.push_back({partition, 1});
        for (std::int64_t i = 0; i < batch_ && next_ < count_ && next_ != fail_at_; ++i, ++next_) {
            auto& record = batch.records.emplace_back();
            record.topic = topic_;
            record.partition = 0;
            record.value = Value::string(batch.values->copy(std::to_string(next_)));
            record.value_schema = text_;
            auto* offset = batch.offsets->make_array<OffsetEntry>(1);
            offset[0] = {"n", Value::int64(next_)};
            record.source_offset = {offset, 1};
        }
        if (next_ >= count_ && alone_ >= next_) {
            next_ = alone_ + 1;
            auto* offset = batch.offsets->make_array<OffsetEntry>(1);
            offset[0] = {"n", Value::int64(alone_)};
            batch.records.emplace_back().source_offset = {offset, 1};
        }
        return batch;
    }
    void offset_committed(OffsetEntries, OffsetEntries offset) override {
        registry().with(name_, [&](Seen& s) { s.committed.push_back(offset[0].value.as_integer()); });
        if (confirm_fails_) throw ConnectException("this source cannot use that");
    }
    void stop() noexcept override {
        registry().with(name_, [](Seen& s) { ++s.stopped; });
    }

private:
    std::string name_;
    std::string topic_;
    std::int64_t count_ = 0;
    std::int64_t batch_ = 0;
    std::int64_t fail_at_ = -1;
    std::int64_t alone_ = -1;
    std::int64_t retry_from_ = -1;
    bool confirm_fails_ = false;
    std::int64_t next_ = 0;
    SchemaPtr text_ = make_schema({.type = Type::String});
    std::mutex mutex_;
    std::condition_variable_any changed_;
};

struct Latch {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
};
Latch& latch() {
    static Latch the_latch;
    return the_latch;
}

class CountingConnector : public SourceConnector {
public:
    void start(const Settings& settings, ConnectorContext& context) override {
        settings_ = settings;
        if (settings.contains("fail.start")) throw ConnectException("this connector does not start");
        if (settings.contains("hang")) {
            std::unique_lock lock(latch().mutex);
            latch().changed.wait(lock, [] { return latch().open; });
        }
        if (settings.contains("ask")) context.request_task_reconfiguration();
    }
    void stop() noexcept override {}
    std::vector<Settings> task_configs(int max_tasks) override {
        const auto tasks = number(settings_, "tasks", std::min(1, max_tasks));
        return std::vector<Settings>(static_cast<std::size_t>(tasks), settings_);
    }
    std::string task_class() const override { return "test.CountingTask"; }
    std::unique_ptr<SourceTask> make_task() const override { return std::make_unique<CountingTask>(); }
    std::span<const ConfigKey> config_keys() const noexcept override {
        static constexpr ConfigKey keys[] = {
            {.name = "topic", .default_value = required, .importance = Importance::High, .doc = "Where to write."},
            {.name = "count", .type = ConfigType::Long, .default_value = "0", .doc = "How many records."}};
        return keys;
    }

private:
    Settings settings_;
};

class DropOdd : public Transformation {
public:
    void configure(const Settings&) override {}
    bool apply(ConnectRecord& record, Arena&) override {
        const auto text = record.value.as_text();
        return text.empty() || (text.back() - '0') % 2 == 0;
    }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }
};

class FailAt : public Transformation {
public:
    void configure(const Settings& settings) override { at_ = settings.at("at"); }
    bool apply(ConnectRecord& record, Arena&) override {
        if (record.value.as_text() == at_) throw DataException("this record is bad: " + at_);
        return true;
    }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }

private:
    std::string at_;
};

/// True for values that end in the digit `digit`.
class EndsIn : public Predicate {
public:
    void configure(const Settings& settings) override { digit_ = settings.at("digit").front(); }
    bool test(const ConnectRecord& record) override { return record.value.as_text().ends_with(digit_); }
    std::span<const ConfigKey> config_keys() const noexcept override { return {}; }

private:
    char digit_ = '0';
};

constexpr PluginDescriptor plugins[] = {
    {PluginType::Source, "test.CountingConnector", "1.2.3", create_plugin<CountingConnector>},
    {PluginType::Transformation, "test.DropOdd", "1.2.3", create_plugin<DropOdd>},
    {PluginType::Transformation, "test.FailAt", "1.2.3", create_plugin<FailAt>},
    {PluginType::Predicate, "test.EndsIn", "1.2.3", create_plugin<EndsIn>},
};
constexpr PluginManifest the_manifest{plugin_abi, "test", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

Seen seen(const std::string& connector) {
    Seen found;
    registry().with(connector, [&](const Seen& s) { found = s; });
    return found;
}
void forget(const std::string& connector) {
    registry().with(connector, [](Seen& s) { s = {}; });
}

void release_hanging_connectors() {
    const std::lock_guard lock(latch().mutex);
    latch().open = true;
    latch().changed.notify_all();
}

MemoryOffsetStore::~MemoryOffsetStore() {
    for (auto& thread : threads_) thread.join();
}

std::optional<OffsetMap> MemoryOffsetStore::read(const std::string& connector, OffsetEntries) {
    const std::lock_guard lock(mutex_);
    const auto found = offsets_.find(connector);
    if (found == offsets_.end()) return std::nullopt;
    return found->second;
}

void MemoryOffsetStore::write(const std::string& connector, Entries entries,
                              std::function<void(std::exception_ptr)> done) {
    const auto& offset = entries.at(0).second.value();
    if (on_write) on_write(offset.find("n")->as_integer());
    const std::lock_guard lock(mutex_);
    ++writes_;
    if (hold) return;
    std::exception_ptr error;
    if (fail_next > 0) {
        --fail_next;
        error = std::make_exception_ptr(RetriableException("the store is not well"));
    } else {
        offsets_.insert_or_assign(connector, offset);
    }
    threads_.emplace_back([done = std::move(done), error] { done(error); });
}

std::vector<std::pair<OffsetMap, OffsetMap>> MemoryOffsetStore::list(const std::string& connector) {
    const std::lock_guard lock(mutex_);
    const auto found = offsets_.find(connector);
    if (found == offsets_.end()) return {};
    return {{OffsetMap(), found->second}};
}

namespace {

std::string json_text(const OffsetMap& map) {
    std::string text;
    append_offset_entries(text, map.entries());
    return text;
}

OffsetMap offset_map(const std::string& text) { return to_offset_map(json::Document(text).root()); }

}

std::optional<OffsetMap> JsonOffsetStore::read(const std::string& connector, OffsetEntries partition) {
    const auto found = texts[connector].find(json_text(OffsetMap(partition)));
    return found == texts[connector].end() ? std::nullopt : std::optional(offset_map(found->second));
}

std::vector<std::pair<OffsetMap, OffsetMap>> JsonOffsetStore::list(const std::string& connector) {
    std::vector<std::pair<OffsetMap, OffsetMap>> all;
    for (const auto& [partition, offset] : texts[connector])
        all.emplace_back(offset_map(partition), offset_map(offset));
    return all;
}

void JsonOffsetStore::write(const std::string& connector, Entries entries,
                            std::function<void(std::exception_ptr)> done) {
    for (const auto& [partition, offset] : entries) {
        if (offset) {
            texts[connector][json_text(partition)] = json_text(*offset);
        } else {
            texts[connector].erase(json_text(partition));
        }
    }
    done(nullptr);
}

std::optional<std::int64_t> MemoryOffsetStore::stored(const std::string& connector) const {
    const std::lock_guard lock(mutex_);
    const auto found = offsets_.find(connector);
    if (found == offsets_.end()) return std::nullopt;
    return found->second.find("n")->as_integer();
}
int MemoryOffsetStore::writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
}

void RememberingListener::on_connector_status(const std::string& connector, Status status) {
    const std::lock_guard lock(mutex_);
    statuses_[connector].push_back(std::move(status));
}
void RememberingListener::on_task_status(const TaskId& task, Status status) {
    const std::lock_guard lock(mutex_);
    statuses_[to_string(task)].push_back(std::move(status));
}
void RememberingListener::on_topic_used(const TaskId& task, const std::string& topic) {
    const std::lock_guard lock(mutex_);
    auto& known = topics_[task];
    if (std::ranges::find(known, topic) == known.end()) known.push_back(topic);
}
void RememberingListener::on_task_reconfiguration_requested(const std::string&) {
    const std::lock_guard lock(mutex_);
    ++reconfigurations_;
}
std::vector<State> RememberingListener::states(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    std::vector<State> found;
    if (const auto all = statuses_.find(name); all != statuses_.end()) {
        for (const auto& status : all->second) found.push_back(status.state);
    }
    return found;
}
std::string RememberingListener::trace(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto all = statuses_.find(name);
    return all == statuses_.end() || all->second.empty() ? "" : all->second.back().trace;
}
std::vector<std::string> RememberingListener::topics(const TaskId& task) const {
    const std::lock_guard lock(mutex_);
    const auto found = topics_.find(task);
    return found == topics_.end() ? std::vector<std::string>{} : found->second;
}
bool RememberingListener::eventually(const std::string& name, State state) const {
    return millrace::eventually([&] {
        const auto all = states(name);
        return !all.empty() && all.back() == state;
    });
}
int RememberingListener::reconfigurations() const {
    const std::lock_guard lock(mutex_);
    return reconfigurations_;
}

Settings worker_settings(const std::string& brokers) {
    return {{"bootstrap.servers", brokers},
            {"group.id", "millrace-test"},
            {"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
            {"value.converter", "org.apache.kafka.connect.storage.StringConverter"},
            {"config.storage.topic", "c"},
            {"offset.storage.topic", "o"},
            {"status.storage.topic", "s"},
            {"offset.flush.interval.ms", "50"}};
}

Settings counting_connector(const std::string& name, const std::string& topic, int count) {
    return {{"name", name},
            {"connector.class", "CountingConnector"},
            {"topic", topic},
            {"count", std::to_string(count)},
            {"tasks.max", "1"}};
}

}
