#!/bin/sh
echo "hello $NAME, says a script on top of $(busybox | sed -n 's/^\(BusyBox\) .*/\1/p')"
