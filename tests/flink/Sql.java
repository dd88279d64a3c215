/*
 * tests/flink/Sql.java: a file of SQL on Flink as it is, in streaming mode: each statement's result, with the kind of each
 * change; an error does not end it.
 */
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

final class Sql {
    private final Local local;
    private final PrintStream out;

    Sql(Local local, PrintStream out) {
        this.local = local;
        this.out = out;
    }

    void file(Path f) throws Exception {
        StreamTableEnvironment t = local.tables(true);
        for (String s : Script.split(Files.readString(f), ';', true)) {
            out.println("> " + s.replaceAll("\\s+", " "));
            try {
                if (s.toUpperCase().startsWith("SET ")) {
                    String[] kv = s.split("'");
                    if (kv[1].equals("execution.runtime-mode"))
                        t = local.tables(!kv[3].equals("batch"));
                    else
                        t.getConfig().set(kv[1], kv[3]);
                    continue;
                }
                TableResult r = t.executeSql(s);
                if (r.getResultKind() == ResultKind.SUCCESS)
                    continue;
                try (CloseableIterator<Row> it = r.collect()) {
                    while (it.hasNext()) {
                        Row row = it.next();
                        out.println(row.getKind().shortString() + Values.print(row));
                    }
                }
            } catch (Throwable e) {
                out.println("ERROR " + Local.reason(e));
            }
        }
    }
}
