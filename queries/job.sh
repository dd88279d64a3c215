# What the run.sh of every pipeline needs; read with ".", after $here names its folder: wait_for, and
#
#   $WEIR      the program: WEIR, else the one of the build, else the one in PATH
#   $level     LOG_LEVEL in its words
#   configured OPTION... check FILE...    ends with what is wrong with the files and the variables in them: no wait would cure it
#   number NAME VALUE, whole_number NAME VALUE   end if VALUE is no number, or no whole one
. "$here/../wait.sh"
[ -n "${WEIR:-}" ] || WEIR=$here/../../build/weir
command -v "$WEIR" >/dev/null || WEIR=$(command -v weir) || {
	echo "ERROR: there is no program weir: build it, or name it in WEIR" >&2
	exit 2
}
case $(printf '%s' "${LOG_LEVEL:-INFO}" | tr '[:upper:]' '[:lower:]') in
debug) level=debug ;;
info) level=info ;;
warn | warning) level=warn ;;
error | critical) level=error ;;
*)
	echo "ERROR: LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL, not $LOG_LEVEL" >&2
	exit 2
	;;
esac
number() {
	printf '%s\n' "$2" | grep -Eqx "${3:-[0-9]+([.][0-9]+)?}" || {
		echo "ERROR: $1 is a number, not $2" >&2
		exit 2
	}
}
whole_number() { number "$1" "$2" '[0-9]+'; }
configured() {
	said=$("$WEIR" --log "$level" --log-format "${LOG_FORMAT:-text}" "$@" 2>&1) || {
		printf 'ERROR: the configuration is wrong\n%s\n' "$said" >&2
		exit 2
	}
}
