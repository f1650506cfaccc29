import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes transformations and their settings up. */
final class Settings {
    /** event: the transformation wants Debezium's change events. */
    record Case(String type, Map<String, String> config, boolean event) {}

    private static final String KAFKA = "org.apache.kafka.connect.transforms.";
    private static final String DEBEZIUM = "io.debezium.transforms.";
    private static final String[] TYPES = {"int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"};
    private static final String[] PATTERNS = {"yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSS", "EEE, d MMM yy hh:mm a", "yyyyMMdd", "D/yyyy HH 'o''clock'",
        "YYYY-'W'ww u F W", "dd.MM.yyyy HH:mm:ss XXX", "MMMM d, yyyy G kk:mm z", "ss.SSSSSS Z"};
    private final Values values;
    private final Expressions expressions;
    private final CloudEvents cloudEvents;

    Settings(Values values) {
        this.values = values;
        expressions = new Expressions(values);
        cloudEvents = new CloudEvents(values);
    }

    private String list(int most) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < most; ++i) {
            String name = values.pick(Values.NAMES);
            if (!names.contains(name)) names.add(name);
        }
        return String.join(",", names);
    }

    private String side(String name) {
        return KAFKA + name + values.pick("$Key", "$Value", "$Value");
    }

    private void maybe(Map<String, String> config, String key, String... from) {
        if (values.oneIn(2)) config.put(key, values.pick(from));
    }

    private String spec() {
        if (values.oneIn(4)) return values.pick(TYPES);
        List<String> items = new ArrayList<>();
        for (String name : list(3).split(",")) items.add(name + ":" + values.pick(TYPES));
        return String.join(",", items);
    }

    Case next() {
        Map<String, String> config = new LinkedHashMap<>();
        if (values.oneIn(30)) {
            cloudEvents.settings(config);
            return new Case(CloudEvents.TYPE, config, true);
        }
        String type = values.oneIn(3) ? debezium(config) : kafka(config);
        return new Case(type, config, type.startsWith("io."));
    }

    private String kafka(Map<String, String> c) {
        String name = values.pick("Cast", "Cast", "DropHeaders", "ExtractField", "Filter", "Flatten", "HeaderFrom", "HoistField", "InsertField", "InsertHeader",
            "MaskField", "RegexRouter", "ReplaceField", "SetSchemaMetadata", "TimestampConverter", "TimestampConverter", "TimestampRouter", "ValueToKey");
        if (!List.of("DropHeaders", "Filter", "Flatten", "HoistField", "InsertHeader", "RegexRouter", "TimestampRouter").contains(name)) {
            maybe(c, "replace.null.with.default", "true", "false");
        }
        switch (name) {
            case "Cast": c.put("spec", spec()); return side(name);
            case "DropHeaders": c.put("headers", values.pick("h1", "h1,h2", "x")); return KAFKA + name;
            case "ExtractField": {
                boolean nested = values.oneIn(2);
                c.put("field", nested ? values.pick("a.b", "b.c", "`a.b`", "c.`a.b`.d", "a", "d.e.f", "`a", "b.") : values.pick(Values.NAMES));
                if (nested) c.put("field.syntax.version", values.pick("V2", "v2"));
                return side(name);
            }
            case "Flatten": maybe(c, "delimiter", "_", "-", "::"); return side(name);
            case "HeaderFrom":
                c.put("fields", list(2));
                c.put("headers", c.get("fields").contains(",") ? "x,y" : "x");
                c.put("operation", values.pick("move", "copy"));
                return side(name);
            case "HoistField": c.put("field", "line"); return side(name);
            case "InsertField": return insertField(c);
            case "InsertHeader": c.put("header", "h9"); c.put("value.literal", values.pick("12", "true", "x", "1.5", "[1,2]", "null", "{\"a\":1}", "", " ", "2020-01-02", "[\"a\"]", "128")); return KAFKA + name;
            case "MaskField": c.put("fields", list(3)); maybe(c, "replacement", "0", "17", "1.9", "***", "1e2"); return side(name);
            case "RegexRouter":
                c.put("regex", values.pick("(.*)\\.t", "s.*", "x(.*)", "(?<p>[a-z]+)\\.(.*)", "(s.*?)"));
                c.put("replacement", values.pick("new", "a-$0", "\\$x", "", "b$1c"));
                return KAFKA + name;
            case "ReplaceField":
                maybe(c, "exclude", list(2));
                maybe(c, "include", list(5));
                maybe(c, "renames", "a:z", "a:b,b:a", "c:d", "b:x,c:y");
                return side(name);
            case "SetSchemaMetadata": if (!values.oneIn(4)) c.put("schema.name", "new.Name"); maybe(c, "schema.version", "4"); return side(name);
            case "TimestampConverter":
                maybe(c, "field", Values.NAMES);
                c.put("target.type", values.pick("string", "unix", "Date", "Time", "Timestamp"));
                if (!values.oneIn(8)) c.put("format", values.pick(PATTERNS));
                maybe(c, "unix.precision", "seconds", "milliseconds", "microseconds", "nanoseconds");
                return side(name);
            case "TimestampRouter": maybe(c, "topic.format", "${topic}", "x-${timestamp}-${topic}"); maybe(c, "timestamp.format", PATTERNS); return KAFKA + name;
            case "ValueToKey": c.put("fields", list(2)); return KAFKA + name;
            default: return KAFKA + name;
        }
    }

    private String insertField(Map<String, String> c) {
        maybe(c, "topic.field", "topic", "a", "t!");
        maybe(c, "partition.field", "part", "part?");
        if (values.oneIn(4)) c.put("offset.field", "off");
        maybe(c, "timestamp.field", "time", "time?");
        if (c.size() == 0 || values.oneIn(3) || (c.size() == 1 && c.containsKey("replace.null.with.default"))) {
            c.put("static.field", "fixed!");
            c.put("static.value", "v");
        }
        return side("InsertField");
    }

    private String scripting(Map<String, String> c, String name) {
        c.put("language", "jsr223.groovy");
        if (values.oneIn(8)) c.put("topic.regex", values.pick("s.*", "other"));
        maybe(c, "null.handling.mode", "keep", "drop", "evaluate");
        return DEBEZIUM + name;
    }

    private String placements(String[] names) {
        if (values.oneIn(12)) return values.pick("a", "a:header:b:c", "a:HEADER", " b : header ", "type:envelope:payload");
        List<String> items = new ArrayList<>();
        for (int i = values.below(3); i >= 0; --i) {
            String name = values.pick(names);
            String place = values.pick("header", "envelope", name.equals("part") ? "partition" : "header");
            items.add(name + ":" + place + (values.oneIn(3) ? ":x" + i : ""));
        }
        return String.join(",", items);
    }

    private String debezium(Map<String, String> c) {
        switch (values.pick("unwrap", "unwrap", "unwrap", "outbox", "outbox", "router", "changed", "toValue", "partition", "outbox", "zone", "filter", "content", "vector", "geometry", "swap", "message", "ddl", "size", "columns")) {
            case "size": c.put("max.bytes", values.pick("10", "1500", "2500")); maybe(c, "min.field.size", "0", "2"); maybe(c, "compression.ratio", "0.5", "1.25"); return DEBEZIUM + "EnforceRecordSize";
            case "columns": return DEBEZIUM + "ExtractSchemaToNewRecord";
            case "message": maybe(c, "fields.null.include", "true", "false"); return "io.debezium.connector.postgresql.transforms.DecodeLogicalDecodingMessageContent";
            case "ddl": c.put("schema.change.event.exclude.list", values.pick("ALTER", "CREATE,DROP", "DATABASE")); return DEBEZIUM + "SchemaChangeEventFilter";
            case "vector": return DEBEZIUM + "VectorToJsonConverter";
            case "geometry": maybe(c, "format", "wkb", "ewkb", "EWKB"); return DEBEZIUM + "GeometryFormatTransformer";
            case "swap": maybe(c, "srids", "2000,2001", "4326"); return DEBEZIUM + "SwapGeometryCoordinates";
            case "filter": c.put("condition", expressions.condition()); return scripting(c, "Filter");
            case "content": c.put("topic.expression", expressions.topic()); return scripting(c, "ContentBasedRouter");
            case "router":
                c.put("topic.regex", values.pick("s\\.(.*)\\.t", "(.*)", "nomatch"));
                c.put("topic.replacement", values.pick("all.$1", "1-x"));
                maybe(c, "key.enforce.uniqueness", "true", "false");
                maybe(c, "key.field.name", "shard", "a", "b");
                if (values.oneIn(3)) {
                    c.put("key.field.regex", values.pick("s\\.(.*)\\.(.*)", "(.*)", "no", "("));
                    c.put("key.field.replacement", values.pick("$1", "$2", "x", "$9"));
                }
                maybe(c, "schema.name.adjustment.mode", "none", "avro", "avro_unicode");
                return DEBEZIUM + values.pick("ByLogicalTableRouter", "ToLogicalTopicRouter");
            case "changed": c.put("header.changed.name", "Changed"); maybe(c, "header.unchanged.name", "Same"); return DEBEZIUM + "ExtractChangedRecordState";
            case "toValue":
                c.put("headers", values.pick("h1,h2", "h2"));
                c.put("fields", c.get("headers").equals("h2") ? values.pick("two", "source.two", "after.two") : values.pick("one,two", "source.one,two"));
                c.put("operation", values.pick("move", "copy"));
                return DEBEZIUM + "HeaderToValue";
            case "partition":
                c.put("partition.payload.fields", values.pick("change.a", "source.table", "change.a,change.b,op", "source.lsn,change.c", "change.d,change.e,change.f,change.n"));
                c.put("partition.topic.num", values.pick("3", "7", "100"));
                maybe(c, "partition.hash.function", "java", "murmur");
                return DEBEZIUM + "partitions.PartitionRouting";
            case "zone":
                c.put("converted.timezone", values.pick("Europe/Berlin", "America/New_York", "+05:30", "UTC", "Asia/Kolkata", "-3", "+0530", "GMT+2", "Z", "UTC+01:00", "Nowhere/There", "CET", "+05:30:15", "Australia/Lord_Howe", "America/Sao_Paulo", "UT-4", "GMT0"));
                if (values.oneIn(2)) {
                    c.put(values.pick("include.list", "exclude.list"),
                        values.pick("source:t:a", "topic:s.public.t:b,c", "t:c", "source:t", "source:t:source.ts_ms", "source:t:after.a", "other:a"));
                }
                return DEBEZIUM + "TimezoneConverter";
            case "outbox":
                boolean usual = !values.oneIn(5);
                String[] names = usual ? new String[] {"at", "time", "version", "part", "tenant", "type"} : Values.NAMES;
                if (!usual) {
                    c.put("table.field.event.id", values.pick(names));
                    c.put("table.field.event.key", values.pick(names));
                    c.put("table.field.event.payload", values.pick(names));
                    c.put("route.by.field", values.pick(names));
                }
                if (values.oneIn(4)) c.put("table.field.event.timestamp", usual && !values.oneIn(4) ? "time" : values.pick(names));
                if (values.oneIn(4)) c.put("table.field.event.schema.version", usual && !values.oneIn(4) ? "version" : values.pick(names));
                if (values.oneIn(2)) c.put("table.fields.additional.placement", placements(names));
                maybe(c, "table.field.additional.missing", "ignore", "error");
                if (values.oneIn(3)) c.put("route.tombstone.on.empty.payload", "true");
                if (values.oneIn(2)) c.put("table.expand.json.payload", "true");
                if (values.oneIn(3)) c.put("table.json.payload.null.behavior", values.pick("ignore", "optional_bytes"));
                if (values.oneIn(3)) c.put("table.json.payload.empty.array.behavior", values.pick("ignore", "optional_string"));
                if (values.oneIn(3)) c.put("table.op.invalid.behavior", values.pick("warn", "error", "fatal", "FATAL"));
                if (values.oneIn(4)) {
                    c.put("route.topic.regex", values.pick("(?<routedByValue>.*)", "(.)(.*)", "[a-z]+", "x"));
                    c.put("route.topic.replacement", values.pick("outbox.${routedByValue}", "$2-$1", "new", "$3", ""));
                }
                return DEBEZIUM + "outbox.EventRouter";
            default:
                maybe(c, "delete.tombstone.handling.mode", "drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone");
                maybe(c, "add.fields", "op", "op,table,source.ts_ms,nope", "transaction.id,total_order,ts_ms:when", "lsn:x,db", "source", "a.b.c", "op:", ":x", "op:a:b", " op , table ", "op,op", "source.nope",
                    "transaction", "id,data_collection_order", "snapshot,sequence");
                maybe(c, "add.headers", "op", "op,source.lsn,id", "ts_us", "source", "transaction.total_order:n", "op:x,op:y", "nope");
                if (values.oneIn(4)) c.put("add.fields.prefix", values.pick("m_", "", "a."));
                if (values.oneIn(4)) c.put("add.headers.prefix", values.pick("h_", ""));
                if (values.oneIn(30)) c.put("delete.handling.mode", "none");
                if (values.oneIn(4)) c.put("drop.fields.header.name", "drop");
                if (values.oneIn(8)) c.put("drop.fields.from.key", "true");
                if (values.oneIn(8)) c.put("drop.fields.keep.schema.compatible", "false");
                if (values.oneIn(6)) c.put("route.by.field", values.pick(Values.NAMES));
                if (values.oneIn(6)) c.put("replace.null.with.default", "false");
                return DEBEZIUM + "ExtractNewRecordState";
        }
    }
}
