#!/bin/sh
# Tables on S3 against a server that checks signatures, read back by another client: formats, folders whose names hold =, blanks, + and UTF-8,
# large objects in parts, keys from each place in their order, what is wrong in words, an unreliable server, other clients' objects.
# services: s3
# timeout: 300
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${WEIR:?}"
python=$(sh "$here/../support/python.sh" s3) || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
parquet=$(sh "$here/../support/python.sh") || { [ "${CI:-}" = true ] && exit 1 || exit 77; }
dir=$(mktemp -d)
between=
leave() {
	status=$?
	[ -z "$between" ] || kill $between 2>/dev/null || true
	rm -rf "$dir"
	exit $status
}
trap leave EXIT
trap 'exit 1' INT TERM
die() {
	echo "FAILED: $*" >&2
	exit 1
}
same() { [ "$1" = "$2" ] || die "$3: got: $1; wanted: $2"; }
peer() { "$python" "$here/s3_peer.py" "$@"; }
run() { timeout 100 "$WEIR" run "$@"; }
server=${AWS_ENDPOINT_URL_S3#http://}
bucket=t$$
sh "$here/../support/s3.sh" bucket $bucket
# starts what stands between; the address is in $through
put_between() {
	/usr/bin/python3 "$here/../support/s3_faults.py" 0 "$server" "$@" >"$dir/between" 2>&1 &
	between="$between $!"
	n=0
	until grep -q '^ready' "$dir/between"; do
		n=$((n + 1))
		[ $n -lt 100 ] || die "nothing between: $(cat "$dir/between")"
		sleep 0.1
	done
	through=http://127.0.0.1:$(sed -n 's/^ready //p' "$dir/between")
}
same "$(peer refused)" refused "the server takes a wrong signature"

# ---- what is written
source="CREATE TABLE g (id BIGINT, name STRING, day STRING) WITH ('connector'='datagen','number-of-rows'='300000','rows-per-second'='60000',
	'seed'='1','fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='300000','fields.name.length'='60','fields.day.kind'='choice',
	'fields.day.values'='a b+c;c/d=%;ü');"
place="'connector'='filesystem','path'='s3://$bucket/a=1 +ä%"
cat >"$dir/write.sql" <<SQL
$source
CREATE TABLE j (id BIGINT, name STRING, day STRING) PARTITIONED BY (day) WITH ($place/json','format'='json',
	'sink.partition-commit.policy.kind'='success-file');
CREATE TABLE c (id BIGINT, day STRING) WITH ($place/csv','format'='csv','sink.rolling-policy.file-size'='1 mb');
CREATE TABLE p (id BIGINT, name STRING, day STRING) WITH ($place/parquet','format'='parquet','parquet.block.size'='2 mb');
EXECUTE STATEMENT SET BEGIN INSERT INTO j SELECT * FROM g; INSERT INTO c SELECT id, day FROM g; INSERT INTO p SELECT * FROM g; END;
SQL
run "$dir/write.sql" || die "writing"
peer get $bucket 'a=1 +ä%/' "$dir/got"
sums() { /usr/bin/python3 -c 'import sys
ids = [int(line) for line in sys.stdin]
print(len(ids), len(set(ids)), sum(ids))'; }
want='300000 300000 45000150000'
same "$(cat "$dir/got/a=1 +ä%"/json/*/*.json | sed 's/{"id":\([0-9]*\),.*/\1/' | sums)" "$want" "JSON"
same "$(cat "$dir/got/a=1 +ä%"/csv/*.csv | cut -d, -f1 | sums)" "$want" "CSV"
same "$("$parquet" "$here/parquet_peer.py" count "$dir/got/a=1 +ä%/parquet" | tr '|' ' ')" "$want" "Parquet"
same "$(ls "$dir/got/a=1 +ä%/json")" "day=a b+c
day=c%2Fd%3D%25
day=ü" "folders"
same "$(grep -l '"day"' -r "$dir/got/a=1 +ä%/json")" "" "the column of the folders is in the files"
[ "$(peer keys $bucket 'a=1 +ä%/csv' | wc -l)" -ge 2 ] || die "rolled by size: $(peer keys $bucket 'a=1 +ä%/csv')"
[ "$(cat "$dir/got/a=1 +ä%"/parquet/* | wc -c)" -gt $((17 << 20)) ] || die "the large object has not three parts"
same "$(peer uploads $bucket)" "" "uploads that are left"
same "$(peer hidden $bucket '' | grep -v '/\.weir-[^/]*$' || true)" "a=1 +ä%/json/day=a b+c/_SUCCESS
a=1 +ä%/json/day=c%2Fd%3D%25/_SUCCESS
a=1 +ä%/json/day=ü/_SUCCESS" "hidden objects but the markers"

# ---- and read, all of it and some columns of it
read="CREATE TABLE j (id BIGINT, name STRING, day STRING, p STRING METADATA FROM 'file.path') PARTITIONED BY (day) WITH ($place/json','format'='json');
CREATE TABLE c (id BIGINT, day STRING) WITH ($place/csv/','format'='csv','source.path.regex-pattern'='s3://.*[.]csv');
CREATE TABLE p (name STRING, id BIGINT) WITH ($place/parquet','format'='parquet');"
cat >"$dir/read.sql" <<SQL
$read
SELECT day, COUNT(*), SUM(id), COUNT(DISTINCT p), MIN(p) LIKE 's3://$bucket/a=1 +ä_/json/day=%' FROM j GROUP BY day;
SELECT day, COUNT(*), SUM(id), CAST(1 AS BIGINT), TRUE FROM c GROUP BY day;
SELECT COUNT(*), COUNT(DISTINCT id), SUM(id), MIN(CHAR_LENGTH(name)), MAX(CHAR_LENGTH(name)) FROM p;
SQL
run "$dir/read.sql" >"$dir/rows" || die "reading"
same "$(sed -n 1,3p "$dir/rows" | sort)" "$(sed -n 4,6p "$dir/rows" | sort)" "JSON and CSV"
same "$(sed -n 7p "$dir/rows")" "$(echo "$want 60 60" | tr ' ' '\t')" "Parquet"

# ---- what others write: names, hidden ones, folders as empty objects; new ones are found
mkdir "$dir/made"
printf '{"x":1}\n' >"$dir/made/one"
: >"$dir/made/none"
for key in 'in/k=a%20b/ü + =&?.json' 'in/k=__DEFAULT_PARTITION__/2.json' 'in/.hidden/3.json' 'in/_temporary/4.json' 'inside/5.json' 'in/k=c/6.json'; do
	peer put $bucket "$key" "$dir/made/one"
done
peer put $bucket 'in/k=e/' "$dir/made/none"
peer put $bucket 'in/k=e/7.json' "$dir/made/none"
cat >"$dir/others.sql" <<SQL
CREATE TABLE t (x INT, k STRING, n STRING METADATA FROM 'file.name') PARTITIONED BY (k) WITH ('connector'='filesystem','format'='json','path'='s3a://$bucket/in/');
SELECT k, x, n FROM t ORDER BY k;
SQL
same "$(run "$dir/others.sql")" "$(printf '\\N\t1\t2.json\na b\t1\tü + =&?.json\nc\t1\t6.json')" "other clients' objects"
cat >"$dir/watch.sql" <<SQL
CREATE TABLE t (x INT, k STRING) PARTITIONED BY (k)
	WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/later','source.monitor-interval'='300 ms');
CREATE TABLE o (k STRING) WITH ('connector'='print');
INSERT INTO o SELECT k FROM t;
SQL
timeout 60 "$WEIR" run "$dir/watch.sql" >"$dir/watched" 2>"$dir/watch.log" &
watch=$!
between="$between $watch"
for k in one two; do
	sleep 0.7
	peer put $bucket "later/k=$k/x.json" "$dir/made/one"
	n=0
	until grep -q "$k" "$dir/watched"; do
		n=$((n + 1))
		[ $n -lt 150 ] || die "object $k is not found: $(cat "$dir/watched" "$dir/watch.log")"
		sleep 0.1
	done
done
kill $watch

# ---- secrets are not shown, and each place of keys is used in its turn
key=$AWS_ACCESS_KEY_ID secret=$AWS_SECRET_ACCESS_KEY
try() { # a name for the objects, more options
	cat >"$dir/try.sql" <<SQL
CREATE TABLE g (id INT) WITH ('connector'='datagen','number-of-rows'='1','fields.id.kind'='sequence','fields.id.start'='1','fields.id.end'='1');
CREATE TABLE o (id INT) WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/$1'${2:-});
INSERT INTO o SELECT id FROM g;
SHOW CREATE TABLE o;
SQL
	timeout 60 "$WEIR" --log debug run "$dir/try.sql" >"$dir/tried" 2>&1
}
there() { [ -n "$(peer keys $bucket "$1/part")" ] || die "$1 wrote nothing: $(cat "$dir/tried")"; }
(
	export AWS_ACCESS_KEY_ID=nobody AWS_SECRET_ACCESS_KEY=nothing
	try by-options ",'s3.access-key'='$key','s3.secret-key'='$secret','s3.region'='us-east-1','s3.path-style'='true'"
) || die "keys in options: $(cat "$dir/tried")"
there by-options
grep -q "'s3.secret-key' = '\*\*\*'" "$dir/tried" || die "SHOW CREATE TABLE: $(cat "$dir/tried")"
! grep -qF "$secret" "$dir/tried" || die "the secret is shown: $(cat "$dir/tried")"
try by-environment || die "keys in the environment: $(cat "$dir/tried")"
there by-environment
! grep -qF "$secret" "$dir/tried" || die "the secret is shown: $(cat "$dir/tried")"
with() { # variables, then --, then the arguments of try
	(
		unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
		HOME=$dir
		export HOME
		while [ "$1" != -- ]; do
			export "$1"
			shift
		done
		shift
		try "$@"
	)
}
mkdir -p "$dir/.aws"
printf '[default]\naws_access_key_id = nobody\naws_secret_access_key=nothing\n# [mine]\n[ mine ]\n  aws_access_key_id=%s\naws_secret_access_key = %s\n' \
	"$key" "$secret" >"$dir/.aws/credentials"
with AWS_PROFILE=mine -- by-profile || die "keys in a profile: $(cat "$dir/tried")"
there by-profile
sed 's/^\[default\]/[else]/; s/^\[ mine \]/[default]/' "$dir/.aws/credentials" >"$dir/file"
with AWS_SHARED_CREDENTIALS_FILE="$dir/file" -- by-file || die "keys in a file: $(cat "$dir/tried")"
there by-file
! with AWS_PROFILE=none -- by-none || die "a profile that is not there"
grep -q 'no keys for the profile "none"' "$dir/tried" || die "of a profile that is not there: $(cat "$dir/tried")"
rm "$dir/.aws/credentials"
! with AWS_EC2_METADATA_DISABLED=true -- by-nothing || die "no keys at all"
grep -q 'there are no keys for S3' "$dir/tried" || die "of no keys: $(cat "$dir/tried")"
put_between metadata "$key" "$secret" 3600
with AWS_EC2_METADATA_SERVICE_ENDPOINT="$through" -- by-machine || die "keys of the machine: $(cat "$dir/tried")"
there by-machine
put_between metadata "$key" "$secret" 2
sed "s/'number-of-rows'='1'/'number-of-rows'='40','rows-per-second'='10'/; s/'fields.id.end'='1'/'fields.id.end'='40'/" "$dir/try.sql" >"$dir/slow.sql"
(
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	HOME=$dir AWS_EC2_METADATA_SERVICE_ENDPOINT=$through run "$dir/slow.sql" >"$dir/tried" 2>&1
) || die "keys that expire: $(cat "$dir/tried")"
[ "$(grep -c '^keys' "$dir/between")" -ge 3 ] || die "keys that expire are not asked for again: $(cat "$dir/between")"

# ---- what is wrong, in words
refuses() { # name, options, words
	! try "$1" "$2" || die "$1 is taken"
	grep -q -- "$3" "$dir/tried" || die "of $1: $(cat "$dir/tried"); wanted: $3"
}
complains() { # likewise, of what is tried again for ever
	cat >"$dir/try.sql" <<SQL
CREATE TABLE o (id INT) WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/$1'$2);
SELECT * FROM o;
SQL
	timeout 60 "$WEIR" run "$dir/try.sql" >"$dir/tried" 2>&1 &
	asking=$!
	n=0
	until grep -q -- "$3" "$dir/tried"; do
		n=$((n + 1))
		[ $n -lt 300 ] || die "of $1: $(cat "$dir/tried"); wanted: $3"
		sleep 0.1
	done
	kill $asking
	wait $asking 2>/dev/null || true
}
refuses half ",'s3.access-key'='x'" '"s3.secret-key" is missing'
refuses wrong ",'s3.access-key'='$key','s3.secret-key'='x'" 'SignatureDoesNotMatch'
refuses nobody ",'s3.access-key'='x','s3.secret-key'='x'" 'does not know the access key'
refuses address ",'s3.endpoint'='ftp://x'" 'no address of an S3 server'
bucket_before=$bucket
bucket=nobucket$$
refuses x "" "S3: $bucket: NoSuchBucket, HTTP status 404"
bucket=X
refuses x "" '"X" is no name of a bucket'
bucket=$bucket_before
put_between region eu-north-1
refuses moved ",'s3.endpoint'='$through'" 'lies in region "eu-north-1", and "s3.region" is "us-east-1"'
put_between denied
refuses denied ",'s3.endpoint'='$through'" 's3:ListBucket'
put_between console
refuses console ",'s3.endpoint'='$through'" 'Is "s3.endpoint" the address of the S3 API'
refuses path ",'s3.endpoint'='http://127.0.0.1:1/s3'" 'without a path'
refuses number ",'s3.endpoint'='http://127.0.0.1:1','s3.path-style'='false'" 'Set "s3.path-style" to true'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/key" -out "$dir/ca.pem" -days 2 -subj /CN=localhost -addext 'subjectAltName=IP:127.0.0.1' 2>"$dir/log"
cat "$dir/key" "$dir/ca.pem" >"$dir/server.pem"
put_between tls "$dir/server.pem"
through=https${through#http}
complains tls ",'s3.endpoint'='$through'" 'AWS_CA_BUNDLE names the PEM file'
complains plain ",'s3.endpoint'='http${through#https}'" 'with http:// or https://'
(
	AWS_CA_BUNDLE=$dir/ca.pem
	export AWS_CA_BUNDLE
	try by-tls ",'s3.endpoint'='$through'"
) || die "a certificate that is trusted: $(cat "$dir/tried")"
there by-tls
put_between skew 7200
cat >"$dir/skew.sql" <<SQL
CREATE TABLE t (x INT) WITH ('connector'='filesystem','format'='json','path'='s3://$bucket/in','s3.endpoint'='$through');
SELECT * FROM t;
SQL
! run "$dir/skew.sql" >"$dir/tried" 2>&1 || die "an empty list is taken"
grep -q "clock differs .*seconds=7[12]" "$dir/tried" && grep -q 'nothing at or below' "$dir/tried" || die "of a clock that is off: $(cat "$dir/tried")"

# ---- a server that refuses at random and whose replies get lost
put_between lossy 7
sed "s|/a=1 +ä%/|/lossy/|; s|'format'|'s3.endpoint'='$through','format'|" "$dir/write.sql" >"$dir/lossy.sql"
run "$dir/lossy.sql" 2>"$dir/log" || die "writing through a bad line: $(cat "$dir/log")"
mkdir "$dir/lost"
peer get $bucket lossy/ "$dir/lost"
same "$(cat "$dir/lost"/lossy/json/*/*.json | sed 's/{"id":\([0-9]*\),.*/\1/' | sums)" "$want" "JSON through a bad line"
same "$(cat "$dir/lost"/lossy/csv/*.csv | cut -d, -f1 | sums)" "$want" "CSV through a bad line"
same "$("$parquet" "$here/parquet_peer.py" count "$dir/lost/lossy/parquet" | tr '|' ' ')" "$want" "Parquet through a bad line"
sed "s|'format'|'s3.endpoint'='$through','format'|" "$dir/read.sql" >"$dir/lossy.sql"
run "$dir/lossy.sql" >"$dir/rows2" 2>"$dir/log" || die "reading through a bad line: $(cat "$dir/log")"
same "$(sort "$dir/rows2")" "$(sort "$dir/rows")" "read through a bad line"
