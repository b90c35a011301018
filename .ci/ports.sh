# For scripts that start servers. To be sourced.

# free_port: a port of the loopback device that nobody answers on, below those that the kernel hands out.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}
