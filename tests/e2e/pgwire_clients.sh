#!/bin/sh
# Clients that misbehave or have to wait: cancel, hang up in the middle of a result, read slowly, send rubbish; and a stop that is graceful.
# services: none
. tests/e2e/pgwire_serve.inc

cat >"$TMPDIR/a.sql" <<'SQL'
CREATE TABLE t (id BIGINT, pad STRING, PRIMARY KEY (id) NOT ENFORCED);
CREATE TABLE d (k INT);
SQL
serve_start --set weir.query.threads=2 "$TMPDIR/a.sql"
sql "INSERT INTO d VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)" >/dev/null

cat >"$TMPDIR/clients.py" <<'PY'
import os, socket, struct, threading, time
import psycopg

host = os.environ["PGHOST"]

def connect():
    return psycopg.connect(f"host={host} user=weir", autocommit=True)

def raw():
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(10)
    s.connect(host + "/.s.PGSQL.5432")
    return s

def login(s):
    body = struct.pack("!i", 196608) + b"user\0weir\0\0"
    s.sendall(struct.pack("!i", len(body) + 4) + body)
    while True:
        kind, data = message(s)
        if kind == b"Z":
            return

def exactly(s, n):
    out = b""
    while len(out) < n:
        piece = s.recv(n - len(out))
        if not piece:
            raise EOFError
        out += piece
    return out

def message(s):
    kind = exactly(s, 1)
    return kind, exactly(s, struct.unpack("!i", exactly(s, 4))[0] - 4)

def query(s, text):
    body = text.encode() + b"\0"
    s.sendall(b"Q" + struct.pack("!i", len(body) + 4) + body)

five = "d a, d b, d c, d e, d f"
long = f"SELECT COUNT(*) FROM {five}, d g, d h, d i, d j"
big = f"SELECT a.k, b.k, c.k, 'some text that takes place' FROM {five}"  # 100,000 rows

# A long statement is cancelled, and the connection goes on.
c = connect()
threading.Timer(0.3, c.cancel).start()
began = time.time()
try:
    c.execute(long)
    raise SystemExit("was not cancelled")
except psycopg.errors.QueryCanceled:
    pass
assert time.time() - began < 5, "cancelling took too long"
assert c.execute("SELECT 1").fetchone() == (1,)

# A change that reads for long is cancelled too, leaves no row, and the engine goes on at once.
for sql in (f"INSERT INTO t SELECT COUNT(*), 'n' FROM {five}, d g, d h, d i, d j", f"UPDATE d SET k = (SELECT CAST(COUNT(*) AS INT) FROM {five}, d g, d h, d i, d j)",
            f"DELETE FROM d WHERE k < (SELECT COUNT(*) FROM {five}, d g, d h, d i, d j)"):
    threading.Timer(0.3, c.cancel).start()
    began = time.time()
    try:
        c.execute(sql)
        raise SystemExit("a change was not cancelled")
    except psycopg.errors.QueryCanceled:
        pass
    assert time.time() - began < 5, "cancelling a change took too long"
assert c.execute("SELECT COUNT(*), (SELECT COUNT(*) FROM t) FROM d").fetchone() == (10, 0)

# Both threads of the pool are busy: a third client still logs in, and cancels what others run.
busy = [connect(), connect()]
def run_long(c):
    try:
        c.execute(long)
    except psycopg.errors.QueryCanceled:
        pass
threads = [threading.Thread(target=run_long, args=(b,)) for b in busy]
for t in threads:
    t.start()
time.sleep(0.3)
other = connect()
for b in busy:
    b.cancel()
for t in threads:
    t.join(10)
assert other.execute("SELECT 2").fetchone() == (2,)

# Many clients that read nothing of a large result hold no thread.
slow = []
for i in range(4):
    s = raw()
    login(s)
    query(s, big)
    slow.append(s)
time.sleep(0.5)
deadline = time.time() + 60
assert other.execute("SELECT 3").fetchone() == (3,)
assert time.time() < deadline

# One of them reads it all after all, the others hang up.
rows = 0
while True:
    kind, data = message(slow[0])
    if kind == b"D":
        rows += 1
    elif kind == b"Z":
        break
assert rows == 100000, rows
for s in slow:
    s.close()
assert other.execute("SELECT 4").fetchone() == (4,)

# A follower that reads nothing, and one that hangs up.
s = raw()
login(s)
query(s, "SUBSCRIBE TO t")
f = raw()
login(f)
query(f, "SUBSCRIBE TO t")
time.sleep(0.3)
f.close()
other.execute("INSERT INTO t VALUES (1, 'x')")
assert other.execute("SELECT COUNT(*) FROM t").fetchone() == (1,)
time.sleep(0.5)
assert other.execute("SELECT COUNT(*) FROM weir.queries WHERE kind = 'follow'").fetchone() == (1,)
s.close()
for i in range(50):
    if other.execute("SELECT COUNT(*) FROM weir.queries WHERE kind = 'follow'").fetchone() == (0,):
        break
    time.sleep(0.1)
else:
    raise SystemExit("a follower outlives its client")

# Rubbish.
for junk in [b"", b"GET / HTTP/1.0\r\n\r\n", b"\0\0\0\4", b"\0\0\0\x08\0\0\0\0", b"\xff" * 100, struct.pack("!ii", 9, 196608) + b"x"]:
    s = raw()
    s.sendall(junk)
    s.shutdown(socket.SHUT_WR)
    try:
        while s.recv(4096):
            pass
    except OSError:
        pass
    s.close()
for junk in [b"Q\0\0\0\1", b"Q\xff\xff\xff\xff", b"\0\0\0\0\4", b"P\0\0\0\5x", b"B\0\0\0\x08\0\0\0\0", b"E\0\0\0\4", b"Q\0\0\0\5x"]:
    s = raw()
    login(s)
    s.sendall(junk + b"S\0\0\0\4")
    s.shutdown(socket.SHUT_WR)
    try:
        while s.recv(4096):
            pass
    except OSError:
        pass
    s.close()
assert other.execute("SELECT 5").fetchone() == (5,)

# A message in many pieces, and many messages in one.
s = raw()
login(s)
body = b"SELECT 42\0"
for byte in b"Q" + struct.pack("!i", len(body) + 4) + body:
    s.sendall(bytes([byte]))
    time.sleep(0.002)
kinds = b""
while not kinds.endswith(b"Z"):
    kinds += message(s)[0]
assert kinds == b"TDCZ", kinds
one = b"Q" + struct.pack("!i", len(body) + 4) + body
s.sendall(one * 500)
done = 0
while done < 500:
    done += message(s)[0] == b"Z"
s.close()

# Connections come and go.
for i in range(200):
    k = connect()
    k.execute("SELECT 1")
    k.close()

# Too many at once are told so.
many = [raw() for i in range(500)]
login(many[0])
k = many[-1]
k.sendall(struct.pack("!ii", 9, 196608) + b"\0")
kind, data = message(k)
assert kind == b"E" and b"53300" in data, (kind, data)
for s in many:
    s.close()
time.sleep(0.2)
assert other.execute("SELECT 6").fetchone() == (6,)
print("fine")
PY
/usr/bin/python3 "$TMPDIR/clients.py" >"$TMPDIR/clients.out" 2>&1 || {
    cat "$TMPDIR/clients.out" "$log" >&2
    exit 1
}
expect "clients" "fine" "$(tail -n 1 "$TMPDIR/clients.out")"

# A stop while clients wait: they are told, and it does not take long.
psql -X -q -c "COPY (SUBSCRIBE TO t) TO STDOUT" >"$TMPDIR/told" 2>&1 &
client=$!
sleep 0.5
before=$(date +%s)
serve_stop
wait $client || true
contains "a client is told of the stop" "weir is stopping" "$(cat "$TMPDIR/told")"
[ $(($(date +%s) - before)) -le 15 ] || { echo "stopping took too long" >&2 && exit 1; }
[ ! -e "$PGHOST/.s.PGSQL.5432" ] || { echo "the socket is still there" >&2 && exit 1; }
