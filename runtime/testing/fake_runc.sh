#!/bin/sh
# Stands in for runc where no container can be made: a "container" is the script BUNDLE/rootfs/main, which waits between
# `create` and `start` on a fifo as the real thing does. A bundle without it cannot be created.
state= log=
while :; do
  case $1 in
    --root) state=$2; shift 2 ;;
    --log) log=$2; shift 2 ;;
    --log-format) shift 2 ;;
    *) break ;;
  esac
done
verb=$1
shift
mkdir -p "$state"
case $verb in
  create) # --bundle BUNDLE --pid-file FILE NAME
    main=$2/rootfs/main fifo=$state/$5.fifo
    if [ ! -e "$main" ]; then
      echo '{"level":"error","msg":"exec: no main"}' >"$log"
      exit 1
    fi
    mkfifo "$fifo"
    (read -r _ <"$fifo"; exec /bin/sh "$main") </dev/null &
    echo $! >"$4"
    ;;
  start)
    # A test holds it back with a fifo of this name.
    [ ! -p "/gate-$1" ] || read -r _ <"/gate-$1"
    echo >"$state/$1.fifo"
    ;;
  exec)
    shift
    exec "$@"
    ;;
esac
