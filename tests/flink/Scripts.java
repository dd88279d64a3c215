/*
 * tests/flink/Scripts.java: runs test scripts of weir on Flink. A table without a connector, or one that is pushed into, is
 * a source; a materialised view or the target of an INSERT is a query whose changes are kept; EXPECT compares. Only what
 * Flink has can be run: a test that uses more is skipped, and says why.
 */
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.runtime.typeutils.ExternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

final class Scripts {
    private static final Pattern NAMED = Pattern.compile("(?is)^(?:CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:TEMPORARY\\s+)?(?:MATERIALIZED\\s+)?"
            + "(?:TABLE|VIEW)|ADVANCE|IDLE|PUSH\\s+(?:BYTES\\s+)?INTO|PUSH\\s+DELETE\\s+FROM|INSERT\\s+INTO|EXPECT\\s+CHANGES|EXPECT\\s+CHANGELOG|EXPECT)\\s+(`[^`]+`|\\w+)\\s*(.*)$");

    private static final Pattern PARTED = Pattern.compile("(?m)^(ADVANCE|IDLE|PUSH INTO|PUSH BYTES INTO)\\s+(`[^`]+`|\\w+)\\s+PARTITION\\s+(\\d+)|^(ADVANCE|IDLE)\\b");

    private static final class Skip extends Exception {
        Skip(String why) {
            super(why);
        }
    }

    private final Local local;
    private final PrintStream out;
    private int ok, differs, skipped, refused;

    /* of the test that runs */
    private String id;
    private StreamTableEnvironment t;
    private StreamExecutionEnvironment env;
    private final Map<String, String> sets = new LinkedHashMap<>();
    private final Map<String, Watched> queries = new LinkedHashMap<>();
    private final Map<String, DataType> sources = new LinkedHashMap<>();
    private final Map<String, String> sinks = new HashMap<>();
    private final Set<String> upserts = new HashSet<>();
    private final List<String> views = new ArrayList<>();
    private String lastPushed = "";
    private boolean parted; /* partitions, silence or watermarks matter: the tables are read as Kafka's topics are */
    private StringBuilder report;

    Scripts(Local local, PrintStream out) {
        this.local = local;
        this.out = out;
    }

    void file(Path f) {
        List<Script.Test> tests;
        try {
            tests = Script.tests(Files.readString(f));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (Script.Test test : tests) {
            id = f + ": " + test.name;
            report = new StringBuilder();
            String verdict;
            try {
                run(test);
                verdict = report.length() == 0 ? "ok" : "DIFFERS";
            } catch (Skip e) {
                verdict = "skip (" + e.getMessage() + ")";
            } catch (Throwable e) {
                verdict = "REFUSED " + Local.reason(e);
            } finally {
                clear();
            }
            if (verdict.equals("ok"))
                ok++;
            else if (verdict.equals("DIFFERS"))
                differs++;
            else if (verdict.startsWith("skip"))
                skipped++;
            else
                refused++;
            synchronized (out) {
                out.println(verdict + "\t" + id);
                out.print(report);
            }
        }
    }

    /* What all of them counted; whether nothing differs. */
    static boolean end(List<Scripts> all, PrintStream out) {
        int ok = 0, differs = 0, skipped = 0, refused = 0;
        for (Scripts s : all) {
            ok += s.ok;
            differs += s.differs;
            skipped += s.skipped;
            refused += s.refused;
        }
        out.println("# " + ok + " ok, " + differs + " differ, " + refused + " refused by Flink, " + skipped + " skipped");
        return differs == 0;
    }

    private void clear() {
        for (String name : sources.keySet())
            if (Pushed.logs.get(id + name) != null)
                Pushed.logs.get(id + name).end();
        for (Watched w : queries.values())
            w.stop();
        for (String name : sources.keySet())
            Pushed.logs.remove(id + name);
        sets.clear();
        queries.clear();
        sources.clear();
        sinks.clear();
        upserts.clear();
        views.clear();
        lastPushed = "";
    }

    private void run(Script.Test test) throws Exception {
        String all = String.join(";\n", test.statements);
        if (Pattern.compile("(?m)^(ADVANCE CLOCK|CREATE FUNCTION|CREATE INDEX|UPDATE|DELETE|ALTER|DROP|PAUSE|RESUME|REPLAY|TRUNCATE|EXPECT \\(WHY)\\b").matcher(all).find())
            throw new Skip("statements of weir's own");
        if (all.contains("'weir."))
            throw new Skip("settings of weir's own");
        t = local.tables(true);
        env = local.environment();
        parted = PARTED.matcher(all).find();
        for (int i = 0; i < test.statements.size(); i++) {
            String s = test.statements.get(i);
            if (s.toUpperCase().startsWith("EXPECT ERROR")) {
                fails(test.statements.get(++i));
                continue;
            }
            statement(s, all);
        }
    }

    private void fails(String s) {
        try {
            if (s.matches("(?is)^(SELECT|WITH|VALUES).*")) {
                snapshot().executeSql(s).collect().forEachRemaining(r -> {});
            } else {
                statement(s, s);
                quiet(false);
                for (Watched w : queries.values())
                    w.check();
            }
            report.append("    weir refuses, Flink runs: ").append(s.replaceAll("\\s+", " ")).append('\n');
        } catch (Throwable e) {
            // as expected
        }
    }

    /* TUMBLE(TABLE t, ..) without TABLE(..) around it is of later versions. */
    private static String wrap(String s) {
        Matcher m = Pattern.compile("(?i)\\b(TUMBLE|HOP|CUMULATE|SESSION)\\s*\\(\\s*(DATA\\s*=>\\s*)?TABLE\\b").matcher(s);
        StringBuilder b = new StringBuilder();
        int at = 0;
        while (m.find(at)) {
            int close = Script.closing(s, s.indexOf('(', m.start()));
            boolean wrapped = s.substring(0, m.start()).matches("(?is).*\\bTABLE\\s*\\(\\s*");
            b.append(s, at, m.start()).append(wrapped ? "" : "TABLE(").append(s, m.start(), close).append(wrapped ? "" : ")");
            at = close;
        }
        return b.append(s.substring(at)).toString();
    }

    private void statement(String given, String all) throws Exception {
        String s = wrap(given);
        String up = s.toUpperCase();
        Matcher m = NAMED.matcher(s);
        String name = m.matches() ? m.group(1).replace("`", "") : "";
        String rest = m.matches() ? m.group(2) : "";
        if (up.startsWith("SET ")) {
            Matcher kv = Pattern.compile("(?s)SET\\s+'([^']*)'\\s*=\\s*'([^']*)'").matcher(s);
            if (!kv.matches())
                throw new Skip(s);
            sets.put(kv.group(1), kv.group(2));
            t.getConfig().set(kv.group(1), kv.group(2));
        } else if (up.matches("(?s)CREATE\\s+(TEMPORARY\\s+)?TABLE.*")) {
            boolean pushed = Pattern.compile("(?i)(PUSH INTO|PUSH BYTES INTO|PUSH DELETE FROM)\\s+`?" + Pattern.quote(name) + "\\b").matcher(all).find();
            if (up.contains("'CONNECTOR'") && !pushed)
                sinks.put(name, s);
            else
                source(name, s, all);
        } else if (up.matches("(?s)CREATE\\s+(OR\\s+REPLACE\\s+)?(TEMPORARY\\s+)?(MATERIALIZED\\s+)?VIEW.*")) {
            String v = s.replaceFirst("(?is)CREATE\\s+(OR\\s+REPLACE\\s+)?(TEMPORARY\\s+)?(MATERIALIZED\\s+)?VIEW", "CREATE TEMPORARY VIEW")
                               .replaceAll("(?i)EMIT ON WINDOW CLOSE", "");
            if (up.matches("(?s)CREATE\\s+OR\\s+REPLACE.*"))
                t.executeSql("DROP TEMPORARY VIEW IF EXISTS `" + name + "`");
            t.executeSql(v);
            views.add(v);
            if (up.contains("MATERIALIZED"))
                queries.put(name, new Watched(t.sqlQuery("SELECT * FROM `" + name + "`"), false));
        } else if (up.startsWith("INSERT INTO") && sinks.containsKey(name)) {
            String q = rest.startsWith("(") ? null : rest;
            if (q == null)
                throw new Skip("a column list");
            queries.put(name, new Watched(t.sqlQuery(q), sinks.get(name).toUpperCase().contains("PRIMARY KEY")));
        } else if (up.startsWith("INSERT INTO") || up.startsWith("PUSH")) {
            DataType type = sources.get(name);
            Matcher p = Pattern.compile("(?is)PARTITION\\s+(\\d+)\\s+(.*)").matcher(rest);
            int partition = p.matches() ? Integer.parseInt(p.group(1)) : 0;
            rest = p.matches() ? p.group(2) : rest;
            if (type != null && up.startsWith("PUSH BYTES")) {
                for (String text : Script.split(rest, ','))
                    say(name, new Pushed.Entry(partition, null, text.substring(1, text.length() - 1).replace("''", "'").getBytes(StandardCharsets.UTF_8), null));
                return;
            }
            if (type == null || !rest.toUpperCase().startsWith("VALUES"))
                throw new Skip("INSERT of a query");
            push(name, type, partition, rest.substring(6), up.startsWith("PUSH DELETE")  ? RowKind.DELETE
                            : upserts.contains(name) ? RowKind.UPDATE_AFTER
                                                     : RowKind.INSERT);
        } else if (up.startsWith("IDLE") || up.startsWith("ADVANCE")) {
            if (!sources.containsKey(name))
                throw new Skip("a watermark of " + name);
            mark(name, rest);
        } else if (up.equals("STEP") || up.equals("CHECKPOINT") || up.equals("CRASH")) {
            return;
        } else if (up.equals("FINISH")) {
            for (String n : sources.keySet())
                Pushed.logs.get(id + n).end();
            quiet(true);
        } else if (up.matches("(?s)EXPECT\\s+(LATE|BAD|REFUSED)\\s.*")) {
            return;
        } else if (up.matches("(?s)EXPECT\\s*\\(.*")) {
            int close = Script.closing(s, s.indexOf('('));
            expectQuery(s.substring(s.indexOf('(') + 1, close - 1), s.substring(close).trim());
        } else if (up.startsWith("EXPECT")) {
            quiet(false);
            Watched w = queries.get(name);
            if (w == null)
                throw new Skip("EXPECT " + name);
            expect(w, up.startsWith("EXPECT CHANGES") ? 1 : up.startsWith("EXPECT CHANGELOG") ? 2 : 0, rest, s);
        } else if (up.startsWith("SELECT")) {
            snapshot().executeSql(s).collect().forEachRemaining(r -> {});
        } else
            throw new Skip(up.split("\\s+")[0]);
    }

    private void source(String name, String ddl, String all) throws Exception {
        String body = ddl.substring(0, Script.closing(ddl, ddl.indexOf('('))).replaceFirst("(?i)TABLE\\s+(IF NOT EXISTS\\s+)?(`[^`]+`|\\w+)", "TABLE `" + name + "`");
        body = body.replaceAll("(?i)PRIMARY KEY(\\s*\\([^)]*\\))?(?!\\s*(\\([^)]*\\))?\\s*NOT ENFORCED)", "PRIMARY KEY$1 NOT ENFORCED");
        t.executeSql(body + " WITH ('connector' = 'datagen')");
        Schema schema = t.getCatalog("default_catalog").get().getTable(
                new org.apache.flink.table.catalog.ObjectPath("default_database", name)).getUnresolvedSchema();
        ResolvedSchema resolved = t.from("`" + name + "`").getResolvedSchema();
        List<String> physical = new ArrayList<>();
        for (Schema.UnresolvedColumn c : schema.getColumns())
            if (c instanceof Schema.UnresolvedPhysicalColumn)
                physical.add(c.getName());
        List<org.apache.flink.table.api.DataTypes.Field> fields = new ArrayList<>();
        for (Column c : resolved.getColumns())
            if (physical.contains(c.getName()))
                fields.add(org.apache.flink.table.api.DataTypes.FIELD(c.getName(), plain(c.getDataType())));
        DataType row = org.apache.flink.table.api.DataTypes.ROW(fields);
        t.executeSql("DROP TABLE `" + name + "`");
        sources.put(name, row);
        boolean upsert = ddl.contains("'upsert-kafka'");
        boolean deletes = Pattern.compile("(?i)PUSH DELETE FROM\\s+`?" + Pattern.quote(name) + "\\b").matcher(all).find();
        boolean bytes = Pattern.compile("(?i)PUSH BYTES INTO\\s+`?" + Pattern.quote(name) + "\\b").matcher(all).find();
        if (upsert)
            upserts.add(name);
        if (parted || upsert || bytes) {
            t.executeSql(body.replaceFirst("TABLE", "TEMPORARY TABLE") + " WITH ('connector' = 'parted', 'scan.watermark.emit.strategy' = 'on-event', 'log' = '"
                    + (id + name).replace("'", "''") + "', 'partitions' = '" + partitions(name, all) + "', 'changes' = '"
                    + (upsert ? "upsert" : deletes ? "all" : "insert") + "'" + (bytes ? format(ddl) : "") + ")");
            return;
        }
        DataStream<Row> stream = env.addSource(new Pushed(id + name), ExternalTypeInfo.of(row));
        if (deletes)
            t.createTemporaryView(name, t.fromChangelogStream(stream, schema, ChangelogMode.all()));
        else
            t.createTemporaryView(name, stream, schema);
    }

    /* The options of the format of a table that bytes are pushed into. */
    private static String format(String ddl) {
        StringBuilder b = new StringBuilder();
        Matcher f = Pattern.compile("'(?:value\\.)?format'\\s*=\\s*'([^']*)'").matcher(ddl);
        if (f.find())
            for (Matcher m = Pattern.compile("'(?:(?:value\\.)?format|(?:value\\.)?" + Pattern.quote(f.group(1)) + "\\.[^']*)'\\s*=\\s*'[^']*'").matcher(ddl); m.find();)
                b.append(", ").append(m.group().replaceFirst("^'value\\.", "'"));
        return b.toString();
    }

    private static int partitions(String name, String all) {
        int n = 1;
        for (Matcher m = PARTED.matcher(all); m.find();)
            if (m.group(3) != null && m.group(2).replace("`", "").equals(name))
                n = Math.max(n, Integer.parseInt(m.group(3)) + 1);
        return n;
    }

    /* A time attribute as the type of its values. */
    private static DataType plain(DataType d) {
        return org.apache.flink.table.types.utils.TypeConversions.fromLogicalToDataType(
                org.apache.flink.table.types.logical.utils.LogicalTypeParser.parse(
                        d.getLogicalType().asSerializableString(), Scripts.class.getClassLoader()));
    }

    /* "[PARTITION n] [TO time]": a watermark for it; without a time it is silent. */
    private void mark(String name, String text) throws Exception {
        Matcher m = Pattern.compile("(?is)(?:PARTITION\\s+(\\d+)\\s*)?(?:TO\\s+(.*))?").matcher(text);
        if (!m.matches())
            throw new Skip(text);
        Long watermark = m.group(2) == null ? null
                                            : ((java.time.LocalDateTime)new Values(batch()).value(m.group(2), org.apache.flink.table.api.DataTypes.TIMESTAMP(3)))
                                                      .toInstant(java.time.ZoneOffset.UTC)
                                                      .toEpochMilli();
        say(name, new Pushed.Entry(m.group(1) == null ? Pushed.Entry.ALL : Integer.parseInt(m.group(1)), null, null, watermark));
    }

    /* Rows of different tables wait for each other. */
    private void say(String name, Pushed.Entry e) throws Exception {
        if (!lastPushed.isEmpty() && !lastPushed.equals(name))
            quiet(false);
        lastPushed = name;
        Pushed.logs.get(id + name).add(e);
    }

    private void push(String name, DataType type, int partition, String values, RowKind kind) throws Exception {
        Values v = new Values(batch());
        for (List<String> cells : Script.rows(values)) {
            Row r = new Row(kind, cells.size() - 1);
            for (int i = 1; i < cells.size(); i++)
                r.setField(i - 1, v.value(cells.get(i), type.getChildren().get(i - 1)));
            say(name, new Pushed.Entry(partition, r, null, null));
        }
    }

    private StreamTableEnvironment batch() {
        StreamTableEnvironment b = local.tables(false);
        sets.forEach((k, x) -> b.getConfig().set(k, x));
        return b;
    }

    /* The rows so far as bounded tables, with the views over them. */
    private StreamTableEnvironment snapshot() throws Exception {
        StreamTableEnvironment b = batch();
        for (Map.Entry<String, DataType> e : sources.entrySet()) {
            List<Row> rows = new ArrayList<>();
            if (upserts.contains(e.getKey()) || Pushed.logs.get(id + e.getKey()).bytes())
                throw new Skip("a snapshot of changes");
            for (Row r : Pushed.logs.get(id + e.getKey()).rows()) {
                if (r.getKind() == RowKind.DELETE)
                    throw new Skip("a snapshot after deletes");
                rows.add(r);
            }
            Table tab = rows.isEmpty() ? b.fromValues(e.getValue(), nulls(e.getValue())).where(org.apache.flink.table.api.Expressions.lit(false))
                                       : b.fromValues(e.getValue(), rows.toArray());
            b.createTemporaryView(e.getKey(), tab);
        }
        for (String v : views)
            b.executeSql(v);
        return b;
    }

    private static Row nulls(DataType t) {
        return new Row(t.getChildren().size());
    }

    private void expectQuery(String query, String rows) throws Exception {
        if (Pattern.compile("(?i)\\.(late|bad|refused)\\b|\\bweir\\.").matcher(query).find())
            return;
        Table tab = snapshot().sqlQuery(wrap(query));
        List<Row> got = new ArrayList<>();
        tab.execute().collect().forEachRemaining(got::add);
        compare(wanted(rows.replaceFirst("(?i)^ORDERED\\s*", ""), tab.getResolvedSchema().getColumnDataTypes()), got, rows.toUpperCase().startsWith("ORDERED"),
                "EXPECT (" + query + ")");
    }

    private void expect(Watched w, int what, String rows, String text) throws Exception {
        List<Row> want = wanted(rows.replaceFirst("(?i)^ORDERED\\s*", ""), w.types()), got;
        long until = System.currentTimeMillis() + 6000; // a busy machine may need longer than `quiet` waits
        do {
            w.check();
            got = what == 0 ? w.table() : what == 1 ? w.changes() : w.changelog();
        } while (!same(want, got, what == 2) && !w.ended() && System.currentTimeMillis() < until && pause(100));
        if (what > 0)
            w.seen(what == 2);
        compare(want, got, what == 2, text);
    }

    private static boolean pause(int ms) throws InterruptedException {
        Thread.sleep(ms);
        return true;
    }

    private List<Row> wanted(String rows, List<DataType> types) throws Exception {
        Values v = new Values(batch());
        List<Row> want = new ArrayList<>();
        for (List<String> cells : Script.rows(rows)) {
            String mark = cells.get(0);
            Row r = new Row(mark.equals("-U")   ? RowKind.UPDATE_BEFORE
                            : mark.equals("+U") ? RowKind.UPDATE_AFTER
                            : mark.startsWith("-") ? RowKind.DELETE
                                                   : RowKind.INSERT,
                    cells.size() - 1);
            for (int i = 1; i < cells.size(); i++)
                r.setField(i - 1, i <= types.size() ? v.value(cells.get(i), types.get(i - 1)) : null);
            int times = mark.matches("[+-][0-9]+") ? Math.abs(Integer.parseInt(mark)) : 1;
            for (int i = 0; i < times; i++)
                want.add(r);
        }
        return want;
    }

    private static boolean same(List<Row> want, List<Row> got, boolean ordered) {
        boolean same = want.size() == got.size();
        List<Row> left = new ArrayList<>(got);
        for (int i = 0; same && i < want.size(); i++) {
            int at = -1;
            for (int j = 0; j < left.size() && at < 0; j++)
                if (equal(want.get(i), left.get(j)))
                    at = j;
            same = ordered ? at == 0 : at >= 0;
            if (same)
                left.remove(at);
        }
        return same;
    }

    private void compare(List<Row> want, List<Row> got, boolean ordered, String text) {
        if (same(want, got, ordered))
            return;
        report.append("    ").append(text.replaceAll("\\s+", " ")).append("\n    flink:");
        for (Row r : got)
            report.append(' ').append(r.getKind().shortString()).append(Values.print(r)).append(',');
        report.append('\n');
    }

    private static boolean equal(Row a, Row b) {
        if (a.getKind() != b.getKind() || a.getArity() != b.getArity())
            return false;
        for (int i = 0; i < a.getArity(); i++)
            if (!Values.same(a.getField(i), b.getField(i)))
                return false;
        return true;
    }

    /* Waits until no query has said anything new for a while; with `end`, until all have ended. */
    private void quiet(boolean end) throws Exception {
        long until = System.currentTimeMillis() + 30000;
        for (Watched w : queries.values())
            w.awaitStart(local, until);
        int before = -1;
        int calm = 0;
        while (System.currentTimeMillis() < until) {
            int now = 0;
            boolean done = true;
            for (Watched w : queries.values()) {
                now += w.size();
                done &= w.ended();
            }
            if (done)
                return;
            boolean read = true;
            for (String name : sources.keySet())
                read &= Pushed.logs.get(id + name).read();
            calm = now == before && read ? calm + 1 : 0;
            before = now;
            if (!end && calm >= (now == 0 ? 6 : 4))
                return;
            Thread.sleep(100);
        }
    }
}
