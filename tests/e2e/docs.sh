#!/bin/sh
# The pages that are made from the program are up to date; the man page and the completion name every option of --help; every function of SHOW
# FUNCTIONS is in a script of tests/sql.
# services: none
set -eu
: "${WEIR:?}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sh docs/generate.sh "$dir"
for page in "$dir"/*.md; do
	diff -u "docs/reference/$(basename "$page")" "$page" >"$dir/diff" || {
		head -40 "$dir/diff"
		echo "docs/reference is not what the program says: run sh docs/generate.sh"
		exit 1
	}
done
"$WEIR" --help >"$dir/help"
bad=0
for option in $(grep -o -- '--[a-z][a-z-]*' "$dir/help" | sort -u); do
	for file in docs/weir.1 docs/completion/weir.bash docs/completion/_weir; do
		sed 's/\\-/-/g' "$file" | grep -q -- "$option" || { echo "$file does not name $option"; bad=1; }
	done
done
for verb in $(sed -n 's/^  weir \([a-z][a-z]*\) .*/\1/p' "$dir/help" | sort -u); do
	for file in docs/weir.1 docs/completion/weir.bash docs/completion/_weir; do
		grep -qw -- "$verb" "$file" || { echo "$file does not name the command $verb"; bad=1; }
	done
done
cat tests/sql/*/*.sql >"$dir/scripts"
for function in $("$WEIR" -c 'SHOW FUNCTIONS' | cut -f 1 | sort -u); do
	grep -qiw -- "$function" "$dir/scripts" || { echo "no script in tests/sql calls $function"; bad=1; }
done
bash -n docs/completion/weir.bash || bad=1
exit $bad
