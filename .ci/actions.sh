# For scripts that drive a workspace and check which actions a build runs. To be sourced with $work, a directory for the log, in a workspace below
# tests/e2e; elsewhere `bazel` is to be defined again.

bazel() { ../../../bazelw "$@"; }

run_lock() { bazel run --ui_event_filters=-info --noshow_progress @linuxkit//:lock -- "$@"; }

# count_lines: each line once, with how often it came in front.
count_lines() { sort | uniq -c | sed 's/^ *//'; }

# logged_build FLAG… TARGET…: builds, with a log of the actions that ran or that a disk or remote cache had.
logged_build() {
  bazel build --ui_event_filters=-info --noshow_progress --execution_log_json_file="$work/actions.json" "$@" >&2
}

# spawns: `MNEMONIC RUNNER` of each action in that log.
spawns() { awk -F '"' '$2 == "mnemonic" {mnemonic = $4} $2 == "runner" {print mnemonic, $4}' "$work/actions.json"; }

# actions FLAG… TARGET…: builds; prints the mnemonics of these actions and how often, one a line.
actions() {
  logged_build "$@"
  spawns | cut -d ' ' -f 1 | count_lines
}

# Of the actions of the last build, those that no cache had.
cache_misses() { spawns | awk '!/ cache hit$/ {print $1}' | count_lines; }

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
