# Shared by the scripts that run a schema registry of their own; read with "." after engine.sh, not run by itself.
#
#   registry_start [OPTION...]   on the port of the first time; sets url and port      registry_stop    topics NAME...   made
#   encode SCHEMA_FILE SUBJECT   JSON values a line to hex texts of the wire form      put TOPIC        hex texts to messages

support=$(cd "$(dirname "$0")/../support" && pwd)
tools=${WEIR_TOOLS:-$(dirname "$WEIR")/tools}
registry=
port=0
trap 'end_status=$?; [ -z "$registry" ] || kill "$registry" 2>/dev/null || true; engine_end' EXIT

registry_start() {
	: >"$dir/registry.log" # not by the process in the background: what the last one printed would do
	/usr/bin/python3 "$support/registry.py" "$port" "$dir/schemas.json" "$@" >"$dir/registry.log" 2>&1 &
	registry=$!
	n=0
	until grep -q '^ready' "$dir/registry.log"; do
		n=$((n + 1))
		[ $n -lt 100 ] || die "no registry: $(cat "$dir/registry.log")"
		sleep 0.1
	done
	port=$(sed -n 's/^ready //p' "$dir/registry.log")
	url=http://127.0.0.1:$port
}

registry_stop() {
	kill "$registry"
	wait "$registry" 2>/dev/null || true
	registry=
}

topics() {
	for topic in "$@"; do "$tools/produce" -p 1 "$WEIR_TEST_KAFKA" "$topic" </dev/null; done
}

encode() { /usr/bin/python3 "$support/avro_reference.py" encode "$url" "$2" "$1"; }

put() {
	rm -rf "$dir/messages" && mkdir "$dir/messages"
	/usr/bin/python3 -c 'import sys
for i, line in enumerate(sys.stdin):
    open("%s/m%03d" % (sys.argv[1], i), "wb").write(bytes.fromhex(line.strip()))' "$dir/messages"
	kcat -b "$WEIR_TEST_KAFKA" -t "$1" -p 0 -P "$dir"/messages/m*
}
