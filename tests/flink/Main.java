/*
 * tests/flink/Main.java: java Main eval FILE... | script FILE... | sql FILE...
 */
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

final class Main {
    public static void main(String[] args) throws Exception {
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // Flink prints code that does not compile there
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
        boolean good;
        try (Local local = new Local()) {
            good = args[0].equals("script") ? scripts(local, out, args) : questions(local, out, args);
        }
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    private static boolean questions(Local local, PrintStream out, String[] args) throws Exception {
        for (int i = 1; i < args.length; i++) {
            if (args[0].equals("eval"))
                new Eval(local, out).file(Path.of(args[i]));
            else if (args[0].equals("sql"))
                new Sql(local, out).file(Path.of(args[i]));
            else
                throw new IllegalArgumentException(args[0]);
        }
        return true;
    }

    /* A script mostly waits for its queries, so that several run side by side. */
    private static boolean scripts(Local local, PrintStream out, String[] args) throws Exception {
        List<Scripts> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger next = new AtomicInteger(1);
        for (int i = 0; i < 3; i++) {
            Scripts s = new Scripts(local, out);
            all.add(s);
            Thread t = new Thread(() -> {
                for (int f; (f = next.getAndIncrement()) < args.length;)
                    s.file(Path.of(args[f]));
            });
            t.start();
            threads.add(t);
        }
        for (Thread t : threads)
            t.join();
        return Scripts.end(all, out);
    }
}
