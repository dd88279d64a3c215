# Read with ".": the keys of the bucket as one pair, in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, which belongs to
# such a pair alone): the first of
#   1. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
#   2. S3_ACCESS_KEY and S3_SECRET_KEY
#   3. minioadmin and minioadmin, where S3_ENDPOINT names a server
# Without any the program asks ~/.aws/credentials and the metadata service. Half a pair is an error: no other half belongs to it.
whole() { # NAME NAME: are both set? One alone ends this
	eval "set -- $1 $2 \"\${$1:-}\" \"\${$2:-}\""
	if [ -n "$3$4" ] && { [ -z "$3" ] || [ -z "$4" ]; }; then
		[ -n "$3" ] || set -- "$2" "$1"
		echo "ERROR: $1 is set and $2 is not: keys come in pairs" >&2
		exit 2
	fi
	[ -n "$3" ]
}
if ! whole AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; then
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
	if whole S3_ACCESS_KEY S3_SECRET_KEY; then
		export AWS_ACCESS_KEY_ID="$S3_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$S3_SECRET_KEY"
	elif [ -n "${S3_ENDPOINT:-}" ]; then
		export AWS_ACCESS_KEY_ID=minioadmin AWS_SECRET_ACCESS_KEY=minioadmin
	fi
fi
