# Read with ".":
#
#   wait_for NAME COMMAND...    runs COMMAND until it succeeds, WAIT_ATTEMPTS times (60), WAIT_SECONDS (2) between them; in the end it
#                               says why it did not, and stops; the first line of why is shown at the first and every tenth attempt
wait_for() {
	name=$1
	shift
	n=0
	until why=$(timeout 15 "$@" 2>&1); do
		n=$((n + 1))
		if [ $n -ge "${WAIT_ATTEMPTS:-60}" ]; then
			echo "ERROR: $name not available after $n attempts" >&2
			printf '%s\n' "$why" >&2
			exit 1
		fi
		echo "waiting for $name ($n of ${WAIT_ATTEMPTS:-60})" >&2
		[ $((n % 10)) != 1 ] || printf '%s\n' "$why" | head -n 1 >&2
		sleep "${WAIT_SECONDS:-2}"
	done
}
