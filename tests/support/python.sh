#!/bin/sh
# Other implementations for the tests: Python packages of pinned versions, in an environment of their own.
#
#   sh tests/support/python.sh [parquet|s3]     makes it, or finds it; prints the path of its python
#
# parquet (the default) reads and writes Parquet, s3 is a client of S3. It lies in WEIR_TEST_CACHE (default
# ~/.cache/weir-tests) and is made anew when NAME-requirements.txt changes.
set -eu
name=${1:-parquet}
case $name in
parquet) check='import pyarrow.parquet, duckdb' ;;
s3) check='import boto3' ;;
*) exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
cache=${WEIR_TEST_CACHE:-${HOME:-/tmp}/.cache/weir-tests}
env=$cache/python-$(cksum <"$here/$name-requirements.txt" | cut -d' ' -f1)
if ! [ -e "$env/whole" ]; then
	mkdir -p "$cache"
	exec 9>"$cache/python.lock"
	flock -w 600 9
	if ! [ -e "$env/whole" ]; then
		rm -rf "$env"
		{
			/usr/bin/python3 -m venv "$env" &&
				timeout 600 "$env/bin/python" -m pip install -q --disable-pip-version-check -r "$here/$name-requirements.txt" &&
				"$env/bin/python" -c "$check"
		} >"$cache/python.log" 2>&1 </dev/null || {
			tail -n 20 "$cache/python.log" >&2
			exit 1
		}
		: >"$env/whole"
	fi
fi
echo "$env/bin/python"
