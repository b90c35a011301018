# For scripts that boot a system in the background. To be sourced in the top directory.

readonly answer_bazelw=$PWD/bazelw

# answer PORT LOG: what http://127.0.0.1:PORT/ answers. After three minutes without an answer, prints the end of the log and fails.
answer() {
  "$answer_bazelw" --in-build-root curl --silent --max-time 5 --retry 180 --retry-delay 1 --retry-max-time 180 --retry-all-errors \
    "http://127.0.0.1:$1/" || {
    tail -n 50 "$2" >&2
    echo "http://127.0.0.1:$1/: found no answer" >&2
    return 1
  }
}
