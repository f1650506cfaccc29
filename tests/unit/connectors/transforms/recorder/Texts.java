import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Schema;

/** Makes up regular expressions, date patterns, texts of headers and JSON, and what is read and written by them: lines for Completer. */
final class Texts {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String KAFKA = "org.apache.kafka.connect.";
    private final Values values;
    private int groups;

    Texts(Values values) {
        this.values = values;
    }

    ObjectNode next() {
        switch (values.below(6)) {
            case 0: return router();
            case 1: return topicName();
            case 2: return date();
            case 3: return header();
            case 4: return jsonRead();
            default: return written();
        }
    }

    private ObjectNode line(String type, String... config) {
        ObjectNode made = MAPPER.createObjectNode();
        made.put("of_texts", true).put("class", KAFKA + type);
        ObjectNode settings = made.putObject("config");
        for (int i = 0; i < config.length; i += 2) settings.put(config[i], config[i + 1]);
        return made;
    }

    private ObjectNode record(ObjectNode line, String topic, String value) {
        line.put("schemas", false);
        line.put("sink", true);
        ObjectNode made = line.putObject("record");
        made.put("topic", topic).put("partition", 0).put("timestamp", 5L).putNull("key").put("value", value);
        made.putArray("headers");
        return line;
    }

    private ObjectNode router() {
        groups = 0;
        String regex = alternatives(2);
        String replacement = values.pick("new", "<$0>", "$1", "a-$1-b", "\\$x", "$2", "${n1}", "$11", "", "x\\\\y", "$", "${", "\\");
        return record(line("transforms.RegexRouter", "regex", regex, "replacement", replacement), topic(), null);
    }

    private ObjectNode topicName() {
        groups = 0;
        return record(line("transforms.predicates.TopicNameMatches", "pattern", alternatives(3)), topic(), null);
    }

    private String topic() {
        StringBuilder made = new StringBuilder();
        for (int i = values.below(7); i >= 0; --i) made.append(values.pick("a", "b", "s", "ab", "A", "1", ".", "-", "_", "\u00e9", " ", "k", "\n", "\u4e16", "\u00df", "\u00b2"));
        return made.toString();
    }

    private String alternatives(int depth) {
        StringBuilder made = new StringBuilder(sequence(depth));
        while (values.oneIn(4)) made.append('|').append(sequence(depth));
        return made.toString();
    }

    private String sequence(int depth) {
        StringBuilder made = new StringBuilder();
        for (int i = values.below(3); i >= 0; --i) {
            String atom = atom(depth);
            made.append(atom);
            boolean repeats = !atom.matches("[\\^$]|\\\\[AzZ]|\\(\\?[ismx]\\)|\\(\\?<?[=!].*");
            if (repeats && values.oneIn(2)) made.append(values.pick("*", "+", "?", "{1,3}", "{2}", "{1,}", "{0,1}")).append(values.pick("", "", "", "?", "+"));
        }
        return made.toString();
    }

    private String atom(int depth) {
        switch (values.below(depth > 0 ? 12 : 7)) {
            case 0: return ".";
            case 1: return values.pick("a", "b", "s", "1", "-", "_", "\u00e9", "A");
            case 2: return values.pick("\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\.", "\\-", "\\_", "\\h", "\\v", "\\R", "\\X", "\\H", "\\V");
            case 3: return values.pick("\\p{Alpha}", "\\p{L}", "\\P{L}", "\\p{IsAlphabetic}", "\\p{Punct}", "\\p{Alnum}", "\\p{ASCII}", "\\p{IsLatin}", "\\pL", "\\p{Space}", "\\p{XDigit}",
                "\\p{Graph}", "\\p{Cntrl}", "\\p{Blank}", "\\p{Print}", "\\p{script=Latin}", "\\p{IsDigit}", "\\p{IsPunctuation}", "\\p{javaLetterOrDigit}", "\\p{N}", "\\p{P}", "\\p{Z}");
            case 4: return values.pick("\\Qa.b\\E", "\\x61", "\\x{61}", "\\u0061", "\\t", "\\cA", "\\e", "\\0141", "\\n", "\\Q[\\E");
            case 5: return values.pick("^", "$", "\\A", "\\z", "\\Z", "(?i)", "(?s)", "(?m)", "(?x)");
            case 6: return set(2);
            case 7: ++groups; return "(" + alternatives(depth - 1) + ")";
            case 8: ++groups; return "(?<n" + groups + ">" + alternatives(depth - 1) + ")";
            case 9: return values.pick("(?:", "(?i:", "(?>", "(?s-i:", "(?=", "(?!") + alternatives(depth - 1) + ")";
            case 10: return values.pick("(?<=", "(?<!") + values.pick("a", "ab", "a|b", "[ab]", "s\\d") + ")";
            default: return "ab";
        }
    }

    private String set(int depth) {
        StringBuilder made = new StringBuilder(values.pick("[", "[", "[^"));
        for (int i = values.below(3); i >= 0; --i) {
            made.append(values.pick("a", "b", "a-z", "A-Z", "0-9", "\\d", "\\w", "\\s", "\\.", "_", "\\-", "\\p{L}", "\\p{Alpha}", "\u00e0-\u00ff", ".", "$", "\\x61", "\\Q]\\E", "\\h"));
            if (depth > 0 && values.oneIn(6)) made.append(set(depth - 1));
        }
        if (depth == 2 && values.oneIn(4)) made.append("&&").append(values.pick("[^s]", "a-m", "\\w", "[a-k]"));
        return made.append(']').toString();
    }

    private String pattern(boolean read) {
        StringBuilder made = new StringBuilder();
        String letters = read ? "GyMLdDEuaHkKhmsSZXz" : "GyYMLwWDdFEuaHkKhmsSZXz";
        for (int i = values.below(5); i >= 0; --i) {
            String letter = String.valueOf(letters.charAt(values.below(letters.length())));
            made.append(letter.repeat(1 + values.below(letter.equals("X") ? 3 : 5)));
            made.append(values.pick("-", " ", ".", ":", "/", "", "'T'", "''", ", ", "'o''c'", "T".repeat(values.oneIn(40) ? 1 : 0)));
        }
        return made.toString();
    }

    private ObjectNode date() {
        boolean read = values.oneIn(2);
        String pattern = values.oneIn(3) ? values.pick("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "dd/MM/yy", "yyyyMMddHHmmss", "EEE MMM dd HH:mm:ss z yyyy", "h:mm a", "yyyy-MM-dd'T'HH:mm:ssXXX")
            : pattern(read);
        long moment = values.oneIn(6) ? -62_000_000_000_000L + (long) values.below(2_000_000_000) * 30_000L : (long) values.below(2_000_000_000) * 900L - 200_000_000_000L;
        if (!read) return record(line("transforms.TimestampConverter$Value", "target.type", "string", "format", pattern), "t", String.valueOf(moment));
        String text;
        try {
            SimpleDateFormat format = new SimpleDateFormat(pattern);
            format.setTimeZone(TimeZone.getTimeZone(values.pick("UTC", "UTC", "GMT+05:30")));
            text = format.format(new Date(moment));
        } catch (IllegalArgumentException e) {
            text = "2020-01-02";
        }
        while (values.oneIn(2)) {
            int at = values.below(text.length() + 1);
            int cut = Math.min(text.length(), at + values.below(2));
            text = text.substring(0, at) + values.pick("", "0", "9", "-", " ", ":", "x", "+", "am", "Z", ".") + text.substring(cut);
        }
        return record(line("transforms.TimestampConverter$Value", "target.type", "unix", "format", pattern), "t", MAPPER.valueToTree(text).toString());
    }

    private ObjectNode header() {
        StringBuilder made = new StringBuilder();
        for (int i = values.below(9); i >= 0; --i) {
            made.append(values.pick("[", "]", "{", "}", ",", ":", "\"", "\\", " ", "1", "-", "+", "2020-01-02", "10:11:12.345Z", "2020-01-02T03:04:05.678Z", "null", "true", "false", "a", "1.5", "1e3", "300",
                "99999999999", "\"x\"", "\"k\":1", "[1,2]", "{\"a\":1}", "\u00e9", "E", ".", "0", "\n", "T", "Z", "T"));
        }
        if (values.oneIn(3)) made = new StringBuilder(values.pick("[", "{") + made + values.pick("]", "}"));
        return line("storage.SimpleHeaderConverter").put("bytes", made.toString());
    }

    private ObjectNode jsonRead() {
        Schema schema = values.schema(2);
        String text = TransformRecorder.text(TransformRecorder.TYPED, schema, values.value(schema, true));
        while (values.oneIn(2)) {
            String from = values.pick("\"int32\"", "\"string\"", "\"optional\":true", "\"optional\":false", "null", "1", "\"x\"", "true", "\"payload\":", "\"type\"", "\"struct\"", "\"int8\"", "\"fields\"", "{", "}", "[", "]",
                "\"version\":1", "\"field\":\"a\"", "\"scale\":\"2\"");
            String to = values.pick("\"int64\"", "null", "2", "\"y\"", "[]", "{}", "1.5", "\"optional\":true", "\"map\"", "\"field\":\"b\"", "-1", "3000000000", "\"\"");
            int at = text.indexOf(from, values.below(text.length()));
            if (at >= 0) text = text.substring(0, at) + to + text.substring(at + from.length());
        }
        ObjectNode made = options(line("json.JsonConverter"));
        return made.put("bytes", text);
    }

    private ObjectNode options(ObjectNode line) {
        ObjectNode config = (ObjectNode) line.get("config");
        if (values.oneIn(3)) config.put("schemas.enable", values.pick("true", "false"));
        if (values.oneIn(3)) config.put("decimal.format", values.pick("NUMERIC", "numeric", "BASE64"));
        if (values.oneIn(3)) config.put("replace.null.with.default", values.pick("true", "false"));
        return line;
    }

    private ObjectNode written() {
        boolean typed = !values.oneIn(3);
        Schema schema = typed ? values.schema(2) : null;
        String data = TransformRecorder.text(typed ? TransformRecorder.TYPED : TransformRecorder.PLAIN, schema, typed ? values.value(schema, true) : values.plain(2));
        String type = values.pick("json.JsonConverter", "json.JsonConverter", "storage.StringConverter", "storage.SimpleHeaderConverter");
        ObjectNode made = type.startsWith("json") ? options(line(type)) : line(type);
        made.put("schemas", typed);
        return made.put("data", data);
    }
}
