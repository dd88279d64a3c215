/*
 * tests/flink/Eval.java: scalar expressions, one a line, to their text and type:
 *
 *   EXPRESSION <tab> TYPE <tab> TEXT           or   EXPRESSION <tab> ERROR <tab> REASON
 *
 * The text is the value CAST to STRING by Flink, \N for NULL. A line that begins with SET changes a setting; comments
 * are kept. Many expressions go into one query; if that fails, into two of half of them, and so on.
 */
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

final class Eval {
    private static final int BATCH = 40;
    private final PrintStream out;
    private StreamTableEnvironment t;
    private final List<String> asked = new ArrayList<>();

    Eval(Local local, PrintStream out) {
        this.out = out;
        this.t = local.tables(false);
    }

    void file(Path f) throws Exception {
        for (String line : Files.readAllLines(f)) {
            if (line.isBlank())
                continue;
            if (line.startsWith("--")) {
                asked.add(line);
                continue;
            }
            if (line.startsWith("SET ")) {
                flush();
                String[] kv = line.split("'");
                t.getConfig().set(kv[1], kv[3]);
                out.println(line);
                continue;
            }
            asked.add(line);
            if (asked.size() == 400)
                flush();
        }
        flush();
    }

    private void flush() {
        List<String> good = new ArrayList<>();
        String[] answers = new String[asked.size()];
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (asked.get(i).startsWith("--"))
                continue;
            try {
                t.sqlQuery("SELECT CAST(" + asked.get(i) + " AS STRING), TYPEOF(" + asked.get(i) + ")");
                good.add(asked.get(i));
                places.add(i);
            } catch (Throwable e) {
                answers[i] = "ERROR\t" + Local.reason(e);
            }
        }
        for (int from = 0; from < good.size(); from += BATCH)
            ask(good, places, answers, from, Math.min(good.size(), from + BATCH));
        for (int i = 0; i < answers.length; i++)
            out.println(answers[i] == null ? asked.get(i) : asked.get(i) + "\t" + answers[i]);
        out.flush();
        asked.clear();
    }

    private void ask(List<String> good, List<Integer> places, String[] answers, int from, int to) {
        StringBuilder q = new StringBuilder("SELECT ");
        for (int i = from; i < to; i++)
            q.append(i == from ? "" : ", ").append("CAST(").append(good.get(i)).append(" AS STRING), TYPEOF(").append(good.get(i)).append(")");
        try {
            TableResult r = t.executeSql(q.toString());
            try (CloseableIterator<Row> it = r.collect()) {
                Row row = it.next();
                for (int i = from; i < to; i++) {
                    Object v = row.getField(2 * (i - from));
                    answers[places.get(i)] = row.getField(2 * (i - from) + 1) + "\t" + (v == null ? "\\N" : escape(v.toString()));
                }
            }
        } catch (Throwable e) {
            if (to - from == 1) {
                String why = Local.reason(e);
                // functions that give NULL although their type says that they cannot
                answers[places.get(from)] = why.contains("is NOT NULL, however, a null value") ? "?\t\\N" : "ERROR\t" + why;
                return;
            }
            int mid = (from + to) / 2;
            ask(good, places, answers, from, mid);
            ask(good, places, answers, mid, to);
        }
    }

    private static String escape(String s) {
        StringBuilder b = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\\')
                b.append("\\\\");
            else if (c < 32 || c == 127)
                b.append(String.format("\\x%02x", (int)c));
            else
                b.append(c);
        }
        return b.toString();
    }
}
