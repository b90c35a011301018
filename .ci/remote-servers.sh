# The servers of .ci/e2e-remote: nginx as an HTTP cache, and Bazel's own reference server for remote execution. To be sourced behind .ci/ports.sh; $work is a
# directory for all that they write, $in_root runs a program of the build root in the same process, $disk_cache is the build root's, $repository the
# checkout that is tested.

# The digest of no bytes.
empty_blob=$(sha256sum </dev/null | cut -d ' ' -f 1)
readonly empty_blob

# answers NAME PID PORT: waits until the server does; fails with its log if it ends or needs more than a minute.
answers() {
  local deadline=$((SECONDS + 60))
  until (: <>"/dev/tcp/127.0.0.1/$3") 2>/dev/null; do
    if ! kill -0 "$2" 2>/dev/null || ((SECONDS > deadline)); then
      printf '%s: found no answer on port %s; expected a server. Its log:\n' "$1" "$3"
      cat "$work/$1.log"
      exit 1
    fi
    sleep 0.1
  done
}

# start_cache: nginx as docs/remote.md configures it, with its files in $work/cache. Sets cache_pid and cache_port.
start_cache() {
  mkdir -p "$work/cache"
  cache_port=$(free_port)
  sed -n '/^```nginx$/,/^```$/{//!p}' "$repository/docs/remote.md" | sed "s/listen 8080;/listen 127.0.0.1:$cache_port;/" >"$work/cache/nginx.conf"
  "${in_root[@]}" nginx -p "$work/cache/" -c nginx.conf -e error.log -g 'daemon off; master_process off;' >"$work/cache.log" 2>&1 &
  cache_pid=$!
  answers cache "$cache_pid" "$cache_port"
}

# compile_executor: the server's classes, in $work/classes, from the source package of the build root's own Bazel.
compile_executor() {
  # In the build root's shell, not here.
  # shellcheck disable=SC2016
  "${in_root[@]}" bash -euc '
    source=/usr/src/bazel-bootstrap
    mapfile -t files < <(find $source/src/tools/remote/src/main -name "*.java")
    runfiles=("$source"/tools/java/runfiles/{Runfiles,Util,AutoBazelRepository}.java)
    javac -proc:none -nowarn -Xlint:none -d "$1/classes" -cp "/usr/share/bazel/A-server.jar:/usr/share/java/*" "${files[@]}" "${runfiles[@]}"
    paste -sd: /usr/share/bazel/bazel_classpath_debian_depends.txt >"$1/classpath"' bash "$work" >"$work/javac.log" 2>&1 || {
    cat "$work/javac.log"
    exit 1
  }
  # It looks for a tool of macOS at its start, and for where such files are.
  local worker=io_bazel/src/tools/remote/src/main/java/com/google/devtools/build/remote/worker
  mkdir -p "$work/runfiles/$worker"
  : >"$work/runfiles/_repo_mapping"
  : >"$work/runfiles/$worker/xcode-locator"
}

# start_executor: with its files in $work/executor. It listens to the whole network, hence the token. Sets executor_pid, executor_port and
# executor_token.
start_executor() {
  mkdir -p "$work/executor/cas/cas/${empty_blob:0:2}" "$work/executor/work"
  # A server has to act as if the empty blob were always there (remote_execution.proto, Digest); this one does not.
  : >"$work/executor/cas/cas/${empty_blob:0:2}/$empty_blob"
  executor_port=$(free_port)
  executor_token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  JAVA_RUNFILES=$work/runfiles RUNFILES_DIR=$work/runfiles "${in_root[@]}" java \
    -cp "$work/classes:/usr/share/bazel/A-server.jar:$(cat "$work/classpath")" \
    com.google.devtools.build.remote.worker.RemoteWorker --listen_port="$executor_port" --jobs=2 \
    --cas_path="$work/executor/cas" --work_path="$work/executor/work" --expected_authorization_token="$executor_token" \
    >"$work/executor.log" 2>&1 &
  executor_pid=$!
  answers executor "$executor_pid" "$executor_port"
}

# learn: what seeds caches: the results of the last build, which used the build root's disk cache, but for those of our own
# actions. That is compiled C++. Both servers name files as the disk cache does, and an action's key does not depend on where it may run.
learn() {
  awk -F'"' '/^  "mnemonic":/ {ours = $4 ~ /^Linuxkit/}
             /^  "digest":/ {getline; if (!ours) print "ac/" substr($4, 1, 2) "/" $4}' "$work/actions.json" | sort -u >"$work/seed.ac"
  # What a result refers to stands in it in hexadecimal digits. Bazel keeps no empty blob.
  (cd "$disk_cache" && xargs grep -aohE '[0-9a-f]{64}' <"$work/seed.ac") | sort -u | grep -v "$empty_blob" |
    sed 's,^..,cas/&/&,' >"$work/seed.cas"
}

# seed DIRECTORY: gives a server's cache that, and nothing else.
seed() {
  mkdir -p "$1"
  (cd "$disk_cache" && cat "$work"/seed.{ac,cas} | xargs cp --parents --target-directory="$1")
}

# forget DIRECTORY: takes the results of our own actions from a server's cache.
forget() {
  rm -rf "$1/ac"
  (cd "$disk_cache" && xargs cp --parents --target-directory="$1" <"$work/seed.ac")
}
