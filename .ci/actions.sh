# For scripts that drive a workspace and check which actions a build runs. To be sourced in a workspace below tests/e2e, with $work, a directory
# for the log.

readonly bazelw=$(cd ../../.. && pwd)/bazelw

bazel() { "$bazelw" "$@"; }

run_lock() { bazel run --ui_event_filters=-info --noshow_progress @linuxkit//:lock -- "$@"; }

count_lines() { sort | uniq -c | awk '{print $1, $2}'; }

# actions FLAG… TARGET: builds; prints the mnemonics of the actions that ran or that a disk or remote cache had, and how often, one a line.
actions() {
  bazel build --ui_event_filters=-info --noshow_progress --execution_log_json_file="$work/actions.json" "$@" >&2
  sed -n 's/^ *"mnemonic": "\(.*\)",$/\1/p' "$work/actions.json" | count_lines
}

# Of the actions of the last build, those that no cache had.
cache_misses() {
  awk -F '"' '$2 == "mnemonic" {mnemonic = $4} $2 == "runner" && $4 !~ /cache hit/ {print mnemonic}' "$work/actions.json" | count_lines
}

# expect TITLE TEXT FOUND: fails unless it is this text.
expect() {
  if [ "$3" != "$2" ]; then
    printf '%s: found:\n%s\nexpected:\n%s\n' "$1" "$3" "$2"
    exit 1
  fi
  printf '%s: ok\n' "$1"
}

# expect_actions TITLE MNEMONICS FLAG… TARGET: fails unless exactly these ran.
expect_actions() {
  local title=$1 mnemonics=$2 found
  shift 2
  found=$(actions "$@")
  expect "$title" "$mnemonics" "$found"
}
