#!/usr/bin/env bash
# Makes a kernel and an initrd for boot_test from Debian packages and our programs:
#   make_initrd.sh DEBS OUT INIT GETTY DHCP_SCRIPT      writes OUT/vmlinuz and OUT/initrd.img
# The tree is what an image builder would make: init files at the root, one unpacked image, bundles that refer to it.
set -euo pipefail
readonly debs=$1 out=$2 init=$3 getty=$4 dhcp_script=$5
readonly packages=$out/packages tree=$out/tree
mkdir -p "$packages" "$tree"

unpack_packages() {
  local name
  for name in busybox-static libc6 libseccomp2 linux-binary linux-modules runc; do
    dpkg-deb -x "$debs/$name"[_-]*.deb "$packages"
  done
}

# $1 is the directory, the others are names that busybox gets there.
add_busybox() {
  local directory=$1 name
  shift
  mkdir -p "$directory"
  cp "$packages/usr/bin/busybox" "$directory/busybox"
  for name; do ln -s busybox "$directory/$name"; done
}

make_root() {
  local name
  mkdir -p "$tree"/{sbin,etc,usr/lib/x86_64-linux-gnu,usr/lib64,usr/bin}
  ln -s usr/lib "$tree/lib"
  ln -s usr/lib64 "$tree/lib64"
  cp "$init" "$tree/sbin/init"
  ln -s sbin/init "$tree/init"
  for name in modprobe sysctl poweroff reboot halt; do ln -s init "$tree/sbin/$name"; done
  add_busybox "$tree/bin" sh cat ls ip grep ps readlink
  cp "$packages/usr/sbin/runc" "$tree/usr/bin/runc"
  for name in libc.so.6 libseccomp.so.2 ld-linux-x86-64.so.2; do
    cp -L "$packages/usr/lib/x86_64-linux-gnu/$name" "$tree/usr/lib/x86_64-linux-gnu/"
  done
  ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$tree/usr/lib64/"
  ln -s /run/resolvconf/resolv.conf "$tree/etc/resolv.conf"
  echo booted >"$tree/etc/hostname"
  mkdir -p "$tree"/{run/app,tmp/app,var/lib/app,var/log}
  echo kept | tee "$tree"/{run,tmp,var/lib}/app/kept >"$tree/var/log/first.log"
  chmod 0750 "$tree/var/lib/app"
  mkdir "$tree/etc/sysctl.d"
  echo 'kernel.panic = 7' >"$tree/etc/sysctl.d/10-panic.conf"
}

# Some modules plain, as an image builder would ship them, and dummy as the package has it, for the kernel to unpack.
add_modules() {
  local version from to name file
  version=$(ls "$packages/usr/lib/modules")
  from=$packages/usr/lib/modules/$version to=$tree/usr/lib/modules/$version
  for name in overlay virtio_net net_failover failover veth dummy af_packet; do
    file=$(cd "$from" && find . -name "$name.ko.xz")
    [ -n "$file" ] || continue
    mkdir -p "$to/$(dirname "$file")"
    cp "$from/$file" "$to/$file"
  done
  find "$to" -name '*.xz' ! -name 'dummy.ko.xz' -exec xz -d {} +
  depmod -b "$tree" "$version" 2>/dev/null
  cp "$from/vmlinuz" "$out/vmlinuz"
}

make_image() {
  local rootfs=$tree/containers/images/tools/rootfs
  mkdir -p "$rootfs"/{dev,etc,proc,sys,tmp,usr/share/udhcpc,volume}
  add_busybox "$rootfs/bin" sh cat echo id ip ls mv sleep udhcpc
  cp "$dhcp_script" "$rootfs/usr/share/udhcpc/default.script"
  cp "$getty" "$rootfs/bin/linuxkit-getty"
}

# bundle PATH SCRIPT [KEY=VALUE...]: readonly=1; namespaces, mounts, runtime, env, resources are JSON that is added
bundle() {
  local path=$1 script=$2 directory=$tree/$1 image=/containers/images/tools/rootfs
  local readonly= namespaces= mounts= runtime= env= resources= root= option
  shift 2
  for option; do local "$option"; done
  [ -z "$readonly" ] || root=', "readonly": true'
  mkdir -p "$directory"/{rootfs,tmp}
  local caps='["CAP_NET_ADMIN","CAP_NET_RAW","CAP_NET_BIND_SERVICE"]'
  cat >"$directory/config.json" <<EOF
{"ociVersion": "1.0.2",
 "process": {"user": {"uid": 0, "gid": 0}, "args": ["/bin/sh", "-c", "$script"], "env": ["PATH=/bin"$env], "cwd": "/",
             "capabilities": {"bounding": $caps, "effective": $caps, "permitted": $caps}},
 "root": {"path": "rootfs"$root},
 "mounts": [
   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
   {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "nodev", "noexec", "relatime"]},
   {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev"]}$mounts],
 "linux": {"resources": {$resources}, "namespaces": [{"type": "mount"}$namespaces]}}
EOF
  if [ -n "$readonly" ]; then
    cat >"$directory/runtime.json" <<EOF
{"mounts": [{"destination": "/$path/rootfs", "source": "$image", "options": ["bind"]}]$runtime}
EOF
  else
    cat >"$directory/runtime.json" <<EOF
{"mounts": [{"destination": "/$path/tmp", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/$path/tmp", "options": ["remount", "private"]},
            {"destination": "/$path/rootfs", "type": "overlay", "source": "overlay",
             "options": ["lowerdir=$image", "upperdir=/$path/tmp/upper", "workdir=/$path/tmp/work"]}]$runtime}
EOF
  fi
}

make_bundles() {
  local pid=', {"type": "pid"}' net=', {"type": "network"}'
  local wait="trap 'exit 0' TERM; while :; do sleep 1000 & wait; done"
  bundle containers/onboot/000-dhcp \
    'udhcpc -i eth0 -q -n -f -s /usr/share/udhcpc/default.script' \
    mounts=', {"destination": "/etc", "type": "bind", "source": "/run/resolvconf", "options": ["rw", "rbind"]}' \
    runtime=', "mkdir": ["/run/resolvconf"]'
  bundle containers/onboot/001-status 'echo hello from onboot; exit 3' "namespaces=$pid"
  bundle containers/services/writable "echo mine >/file; $wait" "namespaces=$pid$net" \
    runtime=', "interfaces": [{"name": "eth7", "add": "veth", "peer": "veth7"}, {"name": "dm7", "add": "dummy"}], "bindNS": {"net": "/run/netns/writable"}'
  bundle containers/services/readonly "$wait" readonly=1 "namespaces=$pid" \
    mounts=', {"destination": "/volume", "type": "bind", "source": "/containers/volumes/data/merged", "options": ["rw", "rbind", "rshared"]}'
  bundle containers/services/brief 'exit 5' readonly=1 "namespaces=$pid"
  bundle containers/services/getty 'exec linuxkit-getty' 'env=, "INSECURE=true"' \
    resources='"devices": [{"allow": true, "access": "rwm"}]' \
    mounts=', {"destination": "/dev", "type": "bind", "source": "/dev", "options": ["rw", "rbind"]}'
  bundle containers/onshutdown/000-bye 'echo bye from onshutdown' "namespaces=$pid"
  mkdir -p "$tree"/containers/volumes/data/{lower,tmp,merged}
  echo from the image >"$tree/containers/volumes/data/lower/given"
}

unpack_packages
make_root
add_modules
make_image
make_bundles
(cd "$tree" && find . | LC_ALL=C sort | cpio --quiet -o -H newc) >"$out/initrd.img"
