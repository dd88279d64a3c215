# Read with ".":
#
#   patiently COMMAND...       runs COMMAND; SIGTERM and SIGINT end it and the script at once, also where the script is the first process
#                              of a container, which such a signal does not end by itself
#   wait_for NAME COMMAND...   runs COMMAND until it succeeds, WAIT_ATTEMPTS times (60), WAIT_SECONDS (2) between them; in the end it
#                              says why it did not, and stops; the first line of why is shown at the first and every tenth attempt
patiently() {
	"$@" &
	child=$!
	trap 'kill $child 2>/dev/null; exit 143' TERM
	trap 'kill $child 2>/dev/null; exit 130' INT
	code=0
	wait $child || code=$?
	trap - TERM INT
	return $code
}
wait_for() {
	name=$1
	shift
	n=0
	said=$(mktemp)
	exec 8>"$said" 9<"$said"
	rm -f "$said"
	until patiently timeout 15 "$@" >&8 2>&1; do
		why=$(cat <&9) # what this attempt said
		n=$((n + 1))
		if [ $n -ge "${WAIT_ATTEMPTS:-60}" ]; then
			echo "ERROR: $name not available after $n attempts" >&2
			printf '%s\n' "$why" >&2
			exit 1
		fi
		echo "waiting for $name ($n of ${WAIT_ATTEMPTS:-60})" >&2
		[ $((n % 10)) != 1 ] || printf '%s\n' "$why" | head -n 1 >&2
		patiently sleep "${WAIT_SECONDS:-2}"
	done
	exec 8>&- 9<&-
}
