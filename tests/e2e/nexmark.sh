#!/bin/sh
# services: none
# timeout: 400
# Each query of queries/nexmark over 1,000 events a second of event time for 100 s (a million events in soak), compared
# with SQLite's answer over the same rows; q12 a second time, its windows by a clock that the test sets. QUERIES names some.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
events=100000
[ -z "${WEIR_SOAK:-}" ] || events=1000000
events=${EVENTS:-$events}
export EVENTS=$events
source=$here/queries/nexmark/source.sql
weir() {
	timeout 300 "$WEIR" "$@"
}
for kind in person auction bid; do
	case $kind in
	person) columns='id, name, emailAddress, creditCard, city, state, dateTime, extra' ;;
	auction) columns='id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra' ;;
	bid) columns='auction, bidder, price, channel, url, dateTime, extra' ;;
	esac
	echo "SELECT $columns FROM $kind;" >"$work/$kind.sql"
	weir --format csv run "$source" "$work/$kind.sql" >"$work/$kind.csv" 2>"$work/$kind.err" || { cat "$work/$kind.err"; exit 1; }
done
/usr/bin/python3 tests/e2e/nexmark_reference.py load "$work/events.db" "$work/person.csv" "$work/auction.csv" "$work/bid.csv"

failed=0
for query in ${QUERIES:-q0 q1 q2 q3 q4 q5 q6 q7 q8 q9 q10 q11 q12 q13 q14 q15 q16 q17 q18 q19 q20 q21 q22 q23}; do
	if [ "$query" = q10 ]; then
		mkdir "$work/out"
		OUT=$work/out weir run "$source" queries/nexmark/q10.sql >"$work/out.txt" 2>&1 || { cat "$work/out.txt"; failed=1; continue; }
		cat >"$work/back.sql" <<-END
		CREATE TABLE back (auction BIGINT, bidder BIGINT, price BIGINT, \`dateTime\` TIMESTAMP(3), extra STRING, dt STRING, hm STRING)
		PARTITIONED BY (dt, hm) WITH ('connector' = 'filesystem', 'path' = '$work/out', 'format' = 'json');
		SELECT * FROM back;
		END
		weir --format csv -f "$work/back.sql" >"$work/result.csv" 2>"$work/err" || { cat "$work/err"; failed=1; continue; }
	else
		echo "SELECT * FROM $query;" >"$work/select.sql"
		weir --format csv run "$source" "queries/nexmark/$query.sql" "$work/select.sql" >"$work/result.csv" 2>"$work/err" ||
			{ echo "$query failed"; cat "$work/err"; failed=1; continue; }
	fi
	/usr/bin/python3 tests/e2e/nexmark_reference.py compare "$work/events.db" "$query" "$work/result.csv" || failed=1
	if [ "$query" = q12 ]; then
		/usr/bin/python3 tests/e2e/nexmark_reference.py virtual "$work/events.db" queries/nexmark/q12.sql >"$work/virtual.sql"
		weir test "$work/virtual.sql" >"$work/out.txt" 2>&1 || { tail -n 60 "$work/out.txt"; failed=1; }
	fi
done
exit $failed
