/*
 * tests/flink/Main.java: java Main eval FILE... | script FILE... | sql FILE...
 */
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

final class Main {
    public static void main(String[] args) throws Exception {
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // Flink prints code that does not compile there
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
        boolean good;
        try (Local local = new Local()) {
            Scripts scripts = new Scripts(local, out);
            for (int i = 1; i < args.length; i++) {
                if (args[0].equals("eval"))
                    new Eval(local, out).file(Path.of(args[i]));
                else if (args[0].equals("script"))
                    scripts.file(Path.of(args[i]));
                else if (args[0].equals("sql"))
                    new Sql(local, out).file(Path.of(args[i]));
                else
                    throw new IllegalArgumentException(args[0]);
            }
            good = !args[0].equals("script") || scripts.end();
        }
        Runtime.getRuntime().halt(good ? 0 : 1);
    }
}
