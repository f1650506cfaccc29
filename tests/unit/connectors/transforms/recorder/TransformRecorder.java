import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** TransformRecorder CASES SEED: prints what Kafka Connect's and Debezium's transformations and converters make of records and texts that it makes up. */
public final class TransformRecorder {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    static final String TOPIC = "s.public.t";
    static final JsonConverter TYPED = converter(true);
    static final JsonConverter PLAIN = converter(false);
    @SuppressWarnings("rawtypes")
    private static final Map<Map<String, String>, Transformation> SCRIPTED = new HashMap<>();
    private final Random random;
    private final Values values;
    private final Settings settings;
    private final Events events;

    private TransformRecorder(long seed) {
        random = new Random(seed);
        values = new Values(random);
        settings = new Settings(values);
        events = new Events(values);
    }

    static JsonConverter converter(boolean schemas) {
        JsonConverter made = new JsonConverter();
        made.configure(Map.of("schemas.enable", schemas, "replace.null.with.default", false), false);
        return made;
    }

    static String text(JsonConverter converter, Schema schema, Object value) {
        if (schema == null && value == null) return null;
        byte[] bytes = converter.fromConnectData(TOPIC, schema, value);
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static SchemaAndValue data(JsonConverter converter, String text) {
        return text == null ? SchemaAndValue.NULL : converter.toConnectData(TOPIC, text.getBytes(StandardCharsets.UTF_8));
    }

    static ObjectNode describe(ConnectRecord<?> record, JsonConverter converter) {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("topic", record.topic());
        node.put("partition", record.kafkaPartition());
        node.put("timestamp", record.timestamp());
        node.put("key", text(converter, record.keySchema(), record.key()));
        node.put("value", text(converter, record.valueSchema(), record.value()));
        ArrayNode headers = node.putArray("headers");
        for (Header header : record.headers()) {
            headers.addArray().add(header.key()).add(text(header.schema() == null ? PLAIN : converter, header.schema(), header.value()));
        }
        return node;
    }

    /** A record's key or value as text, so that both sides read the same. */
    private String part(boolean hasSchema, boolean event, String type) {
        if (values.oneIn(25)) return null;
        if (event && (type.endsWith("MessageContent") || type.endsWith("SchemaChangeEventFilter"))) {
            Struct special = type.endsWith("MessageContent") ? events.message() : events.schemaChange();
            return text(TYPED, special.schema(), special);
        }
        if (!hasSchema) return text(PLAIN, null, values.oneIn(8) ? values.plain(1) : values.map(2));
        if (event) {
            Schema row = type.endsWith("EventRouter") && !values.oneIn(6) ? events.outbox() : type.endsWith("ExtractSchemaToNewRecord") ? events.described() : values.row(true);
            Struct change = values.change(row);
            return text(TYPED, change.schema(), change);
        }
        Schema schema = values.oneIn(8) ? values.schema(1) : values.row(values.oneIn(3));
        return text(TYPED, schema, values.value(schema, true));
    }

    private ConnectHeaders headers(boolean event) {
        ConnectHeaders made = new ConnectHeaders();
        if (values.oneIn(2)) made.addString("h1", values.pick(Values.TEXTS));
        if (values.oneIn(3)) made.addInt("h2", 7);
        if (!event && values.oneIn(4)) made.addLong("h1", 8L);
        if (values.oneIn(3)) {
            made.addList("drop", new ArrayList<>(List.of(values.pick(Values.NAMES), "b")), SchemaBuilder.array(Schema.STRING_SCHEMA).build());
        }
        return made;
    }

    private ObjectNode record() {
        Settings.Case made = settings.next();
        boolean hasSchema = made.event() ? !values.oneIn(20) : !values.oneIn(3);
        JsonConverter converter = hasSchema ? TYPED : PLAIN;
        SchemaAndValue key = data(converter, part(hasSchema, false, ""));
        SchemaAndValue value = data(converter, part(hasSchema, made.event() && !values.oneIn(12), made.type()));
        Long timestamp = values.oneIn(5) ? null : (Long) (random.nextInt(2_000_000_000) * 900L);
        Integer partition = values.oneIn(2) ? null : (Integer) random.nextInt(5);
        boolean sink = values.oneIn(2) && partition != null && !made.event();
        ConnectHeaders headers = headers(made.event());
        if (made.type().equals(CloudEvents.TYPE)) new CloudEvents(values).addHeaders(headers, value.value());
        ConnectRecord<?> record = sink
            ? new SinkRecord(TOPIC, partition, key.schema(), key.value(), value.schema(), value.value(), 41L, timestamp, TimestampType.CREATE_TIME, headers)
            : new SourceRecord(Map.of("server", "s"), Map.of(), TOPIC, partition, key.schema(), key.value(), value.schema(), value.value(), timestamp, headers);
        ObjectNode line = MAPPER.createObjectNode();
        line.put("class", made.type());
        ObjectNode config = line.putObject("config");
        made.config().forEach(config::put);
        line.put("schemas", hasSchema);
        line.put("sink", sink);
        line.set("record", describe(record, converter));
        if (made.type().equals(CloudEvents.TYPE)) {
            CloudEvents.convert(made.config(), record, TYPED, line);
        } else {
            apply(made, record, converter, line);
        }
        return line;
    }

    /** Expressions are compiled once: that takes long, and their transformations remember nothing of a record. */
    @SuppressWarnings("rawtypes")
    private static Transformation configured(Settings.Case made) throws ReflectiveOperationException {
        Transformation known = SCRIPTED.get(made.config());
        if (known != null) return known;
        Transformation transformation = (Transformation) Class.forName(made.type()).getDeclaredConstructor().newInstance();
        transformation.configure(made.config());
        if (made.config().containsKey("language")) SCRIPTED.put(made.config(), transformation);
        return transformation;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void apply(Settings.Case made, ConnectRecord<?> record, JsonConverter converter, ObjectNode line) {
        ConnectRecord result;
        try {
            Transformation transformation = configured(made);
            result = transformation.apply(record);
        } catch (Exception e) {
            line.put("error", e.getClass().getName()).put("message", e.getMessage());
            return;
        }
        if (result == null) {
            line.put("dropped", true);
            return;
        }
        try {
            line.set("result", describe(result, converter));
        } catch (Exception e) {
            line.put("unwritable", e.getMessage());
        }
    }

    public static void main(String[] arguments) {
        TransformRecorder recorder = new TransformRecorder(Long.parseLong(arguments[1]));
        Texts texts = new Texts(recorder.values);
        System.out.println("# seed " + arguments[1]);
        for (int i = Integer.parseInt(arguments[0]); i > 0; --i) System.out.println(recorder.values.oneIn(4) ? Completer.completed(texts.next()) : recorder.record());
    }
}
