#!/bin/sh
# Defects that are put into a copy of the tree, one at a time, and how many queries the oracle needs to find each.
#
#   sh tests/oracle/planted.sh [NAME...]      all of tests/oracle/planted/*.patch, or those named
#
# WEIR_PLANTED_QUERIES: how many queries at most (4000); WEIR_PLANTED_DIR: the copy, kept between runs. It fails when a patch
# does not apply, when the copy does not build, and when a defect is not found.
set -eu
cd "$(dirname "$0")/../.."
tree=$(pwd)
most=${WEIR_PLANTED_QUERIES:-4000}
copy=${WEIR_PLANTED_DIR:-$(mktemp -d)}
[ -n "${WEIR_PLANTED_DIR:-}" ] || trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/src"
git ls-files -z | tar --null -T - -cf - | tar -C "$copy/src" -xmf -
[ -f "$copy/build/build.ninja" ] || cmake -S "$copy/src" -B "$copy/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc \
	>"$copy/cmake.log" 2>&1 || { cat "$copy/cmake.log"; exit 1; }
[ $# -gt 0 ] || set -- $(ls tests/oracle/planted/*.patch | sed 's|.*/||; s|\.patch$||')
failed=0
printf '%-24s%s\n' defect 'queries until found'
for name; do
	patch=$tree/tests/oracle/planted/$name.patch
	if ! patch -d "$copy/src" -p1 --dry-run --forward <"$patch" >"$copy/patch.log" 2>&1; then
		printf '%-24s%s\n' "$name" 'THE PATCH DOES NOT APPLY: make it again'
		failed=1
		continue
	fi
	patch -d "$copy/src" -p1 --no-backup-if-mismatch <"$patch" >/dev/null
	if cmake --build "$copy/build" --target weir >"$copy/build.log" 2>&1; then
		out=$(/usr/bin/python3 tests/oracle/oracle.py --weir "$copy/build/weir" --queries "$most" --batch 50 --until-found 2>&1 | grep '^found' | head -1) || true
		found=$(echo "$out" | sed -n 's/^found: \([0-9]*\) queries.*/\1/p')
		[ -n "$found" ] || failed=1
		printf '%-24s%s\n' "$name" "${found:-NOT FOUND in $most}"
	else
		printf '%-24s%s\n' "$name" 'DOES NOT BUILD'
		tail -5 "$copy/build.log"
		failed=1
	fi
	patch -d "$copy/src" -p1 -R --no-backup-if-mismatch <"$patch" >/dev/null
done
exit $failed
