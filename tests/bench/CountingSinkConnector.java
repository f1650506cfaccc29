package counting;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;

/** Counts records and does nothing else, as counting_sink.cpp does: what is measured is the worker. */
public class CountingSinkConnector extends SinkConnector {
    private Map<String, String> settings;

    @Override public void start(Map<String, String> configured) { settings = configured; }
    @Override public void stop() {}
    @Override public Class<? extends Task> taskClass() { return CountingTask.class; }
    @Override public List<Map<String, String>> taskConfigs(int maxTasks) { return Collections.nCopies(maxTasks, settings); }
    @Override public ConfigDef config() { return new ConfigDef(); }
    @Override public String version() { return "1.0"; }

    public static class CountingTask extends SinkTask {
        private long count;

        @Override public void start(Map<String, String> configured) {}
        @Override public void put(Collection<SinkRecord> records) { count += records.size(); }
        @Override public void stop() {}
        @Override public String version() { return "1.0"; }
    }
}
