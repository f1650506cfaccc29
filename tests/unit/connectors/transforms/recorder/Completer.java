import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** Reads cases, a line each, and adds what the Java class makes of them: of a record, of bytes or data (converters), or of its settings. */
public final class Completer {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static JsonConverter of(boolean schemas) {
        return schemas ? TransformRecorder.TYPED : TransformRecorder.PLAIN;
    }

    private static SchemaAndValue data(ObjectNode line, JsonNode text) {
        return TransformRecorder.data(of(line.path("schemas").asBoolean(true)), text == null || text.isNull() ? null : text.asText());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static void put(ObjectNode line, SchemaAndValue found) {
        try {
            line.put("result", TransformRecorder.text(of(found.schema() != null), found.schema(), found.value()));
        } catch (Exception e) {
            line.put("unwritable", e.getMessage());
        }
    }

    private static ConnectRecord<?> record(ObjectNode line) {
        JsonNode from = line.get("record");
        SchemaAndValue key = data(line, from.get("key"));
        SchemaAndValue value = data(line, from.get("value"));
        Integer partition = from.get("partition").isNull() ? null : (Integer) from.get("partition").asInt();
        Long timestamp = from.get("timestamp").isNull() ? null : (Long) from.get("timestamp").asLong();
        ConnectHeaders headers = new ConnectHeaders();
        for (JsonNode header : from.get("headers")) headers.add(header.get(0).asText(), data(line, header.get(1)));
        String topic = from.get("topic").asText();
        return line.get("sink").asBoolean()
            ? new SinkRecord(topic, partition, key.schema(), key.value(), value.schema(), value.value(), 41L, timestamp, TimestampType.CREATE_TIME, headers)
            : new SourceRecord(Map.of("server", "s"), Map.of(), topic, partition, key.schema(), key.value(), value.schema(), value.value(), timestamp, headers);
    }

    private static void validate(ObjectNode line, ConfigDef keys, Map<String, String> config) {
        Map<String, ConfigValue> found = new TreeMap<>();
        for (ConfigValue value : keys.validate(config)) found.put(value.name(), value);
        ObjectNode result = line.putObject("result");
        found.forEach((name, value) -> {
            if (value.errorMessages().isEmpty()) return;
            ArrayNode errors = result.putArray(name);
            value.errorMessages().forEach(errors::add);
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void complete(ObjectNode line) throws ReflectiveOperationException {
        Map<String, String> config = new LinkedHashMap<>();
        line.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        Object made = Class.forName(line.get("class").asText()).getDeclaredConstructor().newInstance();
        byte[] bytes = line.has("bytes") ? line.get("bytes").asText().getBytes(StandardCharsets.UTF_8) : null;
        if (line.has("validate")) {
            validate(line, made instanceof Transformation t ? t.config() : ((Predicate) made).config(), config);
        } else if (line.get("class").asText().equals(CloudEvents.TYPE)) {
            CloudEvents.convert(config, record(line), TransformRecorder.TYPED, line);
        } else if (made instanceof Converter converter) {
            converter.configure(config, line.has("is_key"));
            SchemaAndValue from = data(line, line.get("data"));
            if (bytes != null) put(line, converter.toConnectData("t", bytes));
            else line.put("result", text(converter.fromConnectData("t", from.schema(), from.value())));
        } else if (made instanceof HeaderConverter converter) {
            converter.configure(config);
            SchemaAndValue from = data(line, line.get("data"));
            if (bytes != null) put(line, converter.toConnectHeader("t", "h", bytes));
            else line.put("result", text(converter.fromConnectHeader("t", "h", from.schema(), from.value())));
        } else if (made instanceof Predicate predicate) {
            predicate.configure(config);
            line.put("result", predicate.test(record(line)));
        } else {
            apply(line, (Transformation) made, config);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void apply(ObjectNode line, Transformation transformation, Map<String, String> config) {
        transformation.configure(config);
        ConnectRecord result = transformation.apply(record(line));
        if (result == null) {
            line.put("dropped", true);
            return;
        }
        try {
            line.set("result", TransformRecorder.describe(result, of(line.get("schemas").asBoolean())));
        } catch (Exception e) {
            line.put("unwritable", e.getMessage());
        }
    }

    static ObjectNode completed(ObjectNode line) {
        try {
            complete(line);
        } catch (Exception e) {
            line.put("error", e.getClass().getName()).put("message", e.getMessage());
        }
        return line;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            ObjectNode line = (ObjectNode) MAPPER.readTree(text);
            line.remove(java.util.List.of("result", "error", "message", "unwritable", "dropped"));
            System.out.println(completed(line));
        }
    }
}
