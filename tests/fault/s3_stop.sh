#!/bin/sh
# An upload that takes long to be completed: it is waited for, longer than any other request; who stops meanwhile does not wait for it, and the next start
# finds the object there, once. The same at a stop that comes first.
# services: s3
# timeout: 150
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/engine.sh"
boto=$(sh "$here/../support/python.sh" s3) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
between=
trap 'end_status=$?; [ -z "$between" ] || kill "$between" 2>/dev/null || true; engine_end' EXIT
peer() { "$boto" "$here/../e2e/s3_peer.py" "$@"; }
bucket=s$$
sh "$here/../support/s3.sh" bucket $bucket
/usr/bin/python3 "$here/../support/s3_faults.py" 0 "${AWS_ENDPOINT_URL_S3#http://}" complete 25 "$dir/slow" >"$dir/between" 2>&1 &
between=$!
n=0
until grep -q '^ready' "$dir/between"; do
	n=$((n + 1))
	[ $n -lt 100 ] || die "nothing between: $(cat "$dir/between")"
	sleep 0.1
done
mkdir "$dir/in"
cat >"$dir/q.sql" <<SQL
CREATE TABLE t (x INT) WITH ('connector'='filesystem','format'='json','path'='$dir/in','source.monitor-interval'='100 ms');
CREATE TABLE o (x INT) WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/out','s3.endpoint'='http://127.0.0.1:$(sed -n 's/^ready //p' "$dir/between")',
	'sink.rolling-policy.inactivity-interval'='1 s','sink.rolling-policy.check-interval'='200 ms');
INSERT INTO o SELECT x FROM t;
SQL
rows() {
	rm -rf "$dir/got"
	mkdir "$dir/got"
	peer get $bucket out/ "$dir/got"
	find "$dir/got" -type f -exec cat {} + | sort | tr '\n' ' '
}
completes() { grep -c '^complete' "$dir/between" || true; }
begun() { # how many completions
	n=0
	until [ "$(completes)" -ge "$1" ]; do
		n=$((n + 1))
		[ $n -lt 200 ] || die "completion $1 has not begun"
		sleep 0.1
	done
}
stops() {
	began=$(date +%s)
	engine_stop
	[ $(($(date +%s) - began)) -le 16 ] || die "stopped after $(($(date +%s) - began)) s"
}

# 25 seconds are waited for
touch "$dir/slow"
engine_start "$dir/q.sql"
printf '{"x":1}\n' >"$dir/in/1.json"
begun 1
n=0
until [ "$(rows)" = '{"x":1} ' ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "what is there: $(rows)"
	sleep 1
done
same "$(completes)" 1 "how often it was completed"

# not by a stop in the middle of it
printf '{"x":2}\n' >"$dir/in/2.json"
begun 2
stops
rm "$dir/slow"
engine_start "$dir/q.sql"
n=0
until [ "$(rows)" = '{"x":1} {"x":2} ' ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "what is there: $(rows)"
	sleep 1
done

# nor when the stop itself completes it
touch "$dir/slow"
printf '{"x":3}\n' >"$dir/in/3.json"
wait_for 20 "SELECT rows_out FROM weir.queries WHERE name = 'o'" 1
stops
rm "$dir/slow"
engine_start "$dir/q.sql"
n=0
until [ "$(rows)" = '{"x":1} {"x":2} {"x":3} ' ]; do
	n=$((n + 1))
	[ $n -lt 60 ] || die "what is there: $(rows)"
	sleep 1
done
engine_stop
same "$(peer uploads $bucket)" "" "uploads that are left"
