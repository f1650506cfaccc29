import com.fasterxml.jackson.databind.node.ObjectNode;
import io.debezium.converters.CloudEventsConverter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;

/** Debezium's events as CloudEvents: settings, the headers that they ask for, and what Java writes. */
final class CloudEvents {
    static final String TYPE = "io.debezium.converters.CloudEventsConverter";
    private final Values values;

    CloudEvents(Values values) {
        this.values = values;
    }

    void settings(Map<String, String> config) {
        if (values.oneIn(2)) config.put("json.schemas.enable", values.pick("true", "false"));
        if (values.oneIn(4)) config.put("json.decimal.format", "numeric");
        if (values.oneIn(4)) config.put("extension.attributes.enable", values.pick("true", "false"));
        if (values.oneIn(4)) config.put("opentelemetry.tracing.attributes.enable", "true");
        if (values.oneIn(4)) config.put("schema.data.name.source.header.enable", "true");
        if (values.oneIn(2)) config.put("metadata.source", values.pick("header", "header,id:generate,type:generate", "value,id:header", "value,type:header,dataSchemaName:header", "value",
            "header,id:generate,traceparent:generate", "value,id:generate,type:generate,traceparent:header", "value,id:nothing", "generate", "value,more:header"));
    }

    /** What the settings may ask for, now and then not all of it. */
    void addHeaders(ConnectHeaders headers, Object value) {
        if (!(value instanceof Struct event) || event.schema().field("source") == null) return;
        if (!values.oneIn(8)) headers.add("source", event.getStruct("source"), event.getStruct("source").schema());
        if (!values.oneIn(8)) headers.addString("op", event.getString("op"));
        if (event.getStruct("transaction") != null) headers.add("transaction", event.getStruct("transaction"), event.getStruct("transaction").schema());
        if (!values.oneIn(4)) headers.addString("id", "77");
        if (!values.oneIn(4)) headers.addString("type", "my.type");
        if (!values.oneIn(4)) headers.addString("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        if (!values.oneIn(4)) headers.addString("dataSchemaName", "my.Data");
    }

    static void convert(Map<String, String> config, ConnectRecord<?> record, JsonConverter headerConverter, ObjectNode line) {
        Headers headers = new RecordHeaders();
        for (Header header : record.headers()) headers.add(header.key(), headerConverter.fromConnectData(record.topic(), header.schema(), header.value()));
        try {
            CloudEventsConverter converter = new CloudEventsConverter();
            converter.configure(config, false);
            byte[] bytes = converter.fromConnectData(record.topic(), headers, record.valueSchema(), record.value());
            line.put("result", bytes == null ? null : new String(bytes, StandardCharsets.UTF_8));
        } catch (Exception e) {
            line.put("error", e.getClass().getName()).put("message", e.getMessage());
        }
    }
}
