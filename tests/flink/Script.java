/*
 * tests/flink/Script.java: a test script of weir as tests, and a test as statements.
 */
import java.util.ArrayList;
import java.util.List;

final class Script {
    static final class Test {
        String name = "";
        final List<String> statements = new ArrayList<>();
    }

    static List<Test> tests(String text) {
        List<Test> all = new ArrayList<>();
        Test t = new Test();
        StringBuilder body = new StringBuilder();
        for (String line : text.split("\n")) {
            if (line.startsWith("-- test: ")) {
                finish(all, t, body);
                t = new Test();
                t.name = line.substring(9);
                body = new StringBuilder();
            } else
                body.append(line).append('\n');
        }
        finish(all, t, body);
        return all;
    }

    private static void finish(List<Test> all, Test t, StringBuilder body) {
        t.statements.addAll(split(body.toString(), ';'));
        if (!t.statements.isEmpty())
            all.add(t);
    }

    static List<String> split(String s, char at) {
        return split(s, at, false);
    }

    /* The parts between `at` outside of quotes, comments, brackets; a quoted text stays as it is. */
    static List<String> split(String s, char at, boolean comments) {
        List<String> parts = new ArrayList<>();
        StringBuilder b = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\'' || c == '`' || c == '"') {
                int e = i + 1;
                while (e < s.length() && s.charAt(e) != c)
                    e++;
                b.append(s, i, Math.min(e + 1, s.length()));
                i = e;
            } else if (s.startsWith("--", i) || (s.startsWith("//", i))) {
                int e = s.indexOf('\n', i);
                e = e < 0 ? s.length() : e;
                b.append(comments ? s.substring(i, e) : "").append('\n');
                i = e;
            } else if (s.startsWith("/*", i)) {
                int e = s.indexOf("*/", i);
                e = e < 0 ? s.length() : e + 2;
                b.append(s, i, e);
                i = e - 1;
            } else if (c == at && depth == 0) {
                parts.add(b.toString().trim());
                b = new StringBuilder();
            } else {
                if (c == '(' || c == '[')
                    depth++;
                else if (c == ')' || c == ']')
                    depth--;
                b.append(c);
            }
        }
        parts.add(b.toString().trim());
        parts.removeIf(String::isEmpty);
        return parts;
    }

    /* The index after the bracket that closes the one at `open`. */
    static int closing(String s, int open) {
        int depth = 0;
        for (int i = open; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '\'' || c == '`' || c == '"')
                i = s.indexOf(c, i + 1);
            else if (c == '(')
                depth++;
            else if (c == ')' && --depth == 0)
                return i + 1;
            if (i < 0)
                break;
        }
        throw new IllegalArgumentException("unbalanced: " + s);
    }

    /* "(a, b), +I(c, d)" as rows: the kind or weight before the bracket, then the cells. */
    static List<List<String>> rows(String s) {
        List<List<String>> rows = new ArrayList<>();
        if (s.trim().equalsIgnoreCase("EMPTY"))
            return rows;
        for (String part : split(s, ',')) {
            int open = part.indexOf('(');
            List<String> row = new ArrayList<>();
            row.add(part.substring(0, open).trim());
            row.addAll(split(part.substring(open + 1, part.lastIndexOf(')')), ','));
            if (row.size() > 1 || part.substring(open).trim().length() > 2)
                rows.add(row);
        }
        return rows;
    }
}
