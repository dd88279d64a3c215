#!/bin/sh
# Asks a real Flink, in one local process, and compares weir with it. Not a part of any tier: it takes minutes.
#
#   sh tests/flink/run.sh script [FILE...]   runs test scripts (default: those of tests/sql that Flink can run) on Flink
#   sh tests/flink/run.sh expect [FILE...]   asks Flink for the expressions of expressions/ and writes tests/sql/functions_*
#   sh tests/flink/run.sh eval FILE...       scalar expressions, one a line: their type and text on Flink
#   sh tests/flink/run.sh sql FILE...        runs a file of SQL on Flink as it is; the changes of each SELECT are printed
#   sh tests/flink/run.sh fetch              only puts the jars into the cache and compiles
#
# The jars come through Maven (pom.xml) into WEIR_TEST_CACHE (default: ~/.cache/weir-tests). Needs mvn and a JDK of Java 17:
# tests/support/deps.sh installs them. FLINK_VERSION asks for another version than pom.xml's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${WEIR_TEST_CACHE:=$HOME/.cache/weir-tests}"
version=${FLINK_VERSION:-$(sed -n 's/.*<flink.version>\(.*\)<.*/\1/p' "$here/pom.xml")}
home=$WEIR_TEST_CACHE/flink-$version
classes=$home/classes-$(cat "$here"/*.java "$here/run.sh" | cksum | cut -d' ' -f1)

if [ ! -e "$home/lib/complete" ]; then
	echo "fetching Flink $version" >&2
	rm -rf "$home"
	mkdir -p "$home/lib"
	if ! timeout 600 mvn -B -q -f "$here/pom.xml" "-Dflink.version=$version" dependency:copy-dependencies -DincludeScope=runtime \
		"-DoutputDirectory=$home/lib" </dev/null >"$home/log" 2>&1; then
		tail -n 20 "$home/log" >&2
		exit 1
	fi
	touch "$home/lib/complete"
fi
if [ ! -d "$classes" ]; then
	rm -rf "$home"/classes-*
	mkdir -p "$classes.part"
	javac -nowarn -Xlint:-deprecation -d "$classes.part" -cp "$home/lib/*" "$here"/*.java
	mkdir -p "$classes.part/META-INF/services"
	echo Parted >"$classes.part/META-INF/services/org.apache.flink.table.factories.Factory"
	mv "$classes.part" "$classes"
fi

flink() {
	LC_ALL=C.UTF-8 nice java -Xmx1500m -cp "$home/lib/*:$classes" Main "$@"
}

what=${1:-script}
[ $# -eq 0 ] || shift
case $what in
fetch) ;;
script)
	if [ $# -eq 0 ]; then
		owned="bad_records|alter|index|settings|names|own_tables|errors|plan|plain|postgres_names|sinks|side_tables|function_query"
		set -- $(ls "$root"/tests/sql/*/*.sql | grep -vE "/(functions_[a-z_]*|casts_[a-z_]*|$owned)/")
	fi
	flink script "$@"
	;;
expect)
	[ $# -gt 0 ] || set -- "$here"/expressions/*.txt
	for f in "$@"; do
		flink eval "$f" | /usr/bin/python3 "$here/expect.py" "$f" "$root/tests/sql"
	done
	;;
eval | sql) flink "$what" "$@" ;;
*)
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
