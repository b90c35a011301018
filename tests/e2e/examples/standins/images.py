"""What is in the stand-in for each image, and what its configuration and label say.

    layers, config = image("getty", "c445760b", "amd64")

All containers share a base layer full of what is easily lost: modes, owners, links, devices, odd names. Some have a label, as the
images of LinuxKit have: no two are alike, so that together they use every key there is.
"""

import json

from standins.kernel import kernel_layers
from standins.layer import device, directory, fifo, file, hard_link, symlink

_LABEL = "org.mobyproject.config"

# In YAML as in JSON a label holds what an image object of the YAML holds.
_LABELS = {
    "acpid": {"pid": "host", "binds": ["/sbin:/sbin:ro"], "readonly": True, "noNewPrivileges": True},
    "binfmt": {"binds": ["/proc/sys/fs/binfmt_misc:/binfmt_misc"], "readonly": True, "mounts": [{"type": "proc"}]},
    "dhcpcd": {
        "binds": ["/run:/run", "/tmp:/etc"],
        "capabilities": ["CAP_NET_ADMIN", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW"],
        "net": "host",
        "rlimits": ["nofile,1024,unlimited", "RLIMIT_CORE, 0, 0"],
        "runtime": {"mkdir": ["/run/resolvconf"], "cgroups": ["dhcp"]},
    },
    "dm-crypt": {
        "binds": ["/dev:/dev", "/etc/dm-crypt:/etc/dm-crypt"],
        "capabilities": ["CAP_SYS_ADMIN", "CAP_MKNOD"],
        "devices": [
            {"path": "all", "type": "b"},
            {"path": "/dev/mapper/control", "type": "c", "major": 10, "minor": 236, "mode": "0660"},
        ],
    },
    "docker": {"env": ["LABEL=1"], "binds": ["/lost:/lost"], "capabilities": ["none"], "runtime": {"mkdir": ["/var/lib/kubelet"]}},
    "format": {"binds": ["/dev:/dev"], "capabilities": ["CAP_SYS_ADMIN", "CAP_MKNOD"], "net": "new", "ipc": "new", "uts": "new"},
    "getty": {
        "binds": ["/etc/resolv.conf:/etc/resolv.conf", "/run:/run", "/:/rootfs:rshared", "/etc/getty.shadow:/etc/shadow:ro,noexec"],
        "capabilities": ["all"],
        "env": ["LABEL=lost"],
        "net": "host",
        "pid": "host",
        "runtime": {"namespace": "services", "bindNS": {"mnt": "/run/ns/getty"}},
    },
    "ip": {
        "capabilities": ["CAP_NET_ADMIN", "CAP_SYS_MODULE"],
        "net": "host",
        "binds": ["/lost:/lost"],
        "runtime": {"mkdir": ["/run/netns"], "bindNS": {"net": "/lost", "uts": "/run/ns/ip"}},
    },
    "losetup": {"resources": {"memory": {"limit": 67108864, "swappiness": 0}, "pids": {"limit": 8}, "devices": [{"allow": False, "access": "rwm"}]}},
    "metadata": {"binds": ["/run/config:/run/config"], "tmpfs": ["/tmp:nodev,size=1m", "/var/tmp"], "sysctl": {"net.ipv4.ip_forward": "1", "kernel.msgmax": "8192"}},
    "mount": {"binds": ["/var:/var:rshared,rbind"], "capabilities": ["CAP_SYS_ADMIN"], "rootfsPropagation": "shared"},
    "node_exporter": {"uid": 65534, "gid": 65534, "additionalGids": [4, 6], "cwd": "/srv", "readonly": True},
    "open-vm-tools": {"capabilities": ["CAP_SYS_BOOT"], "ambient": ["CAP_SYS_TIME", "CAP_KILL"], "ipc": "/run/ns/ipc", "uts": "none"},
    "redis": {
        "hostname": "redis",
        "uts": "new",
        "userns": "new",
        "uidMappings": [{"hostID": 0, "containerID": 0, "size": 1000}],
        "gidMappings": [{"hostID": 0, "containerID": 0, "size": 1000}],
        "annotations": {"org.example.b": "<2> & 3", "org.example.a": "1"},
        "cgroupsPath": "/db/redis",
        "capabilities": ["CAP_SYS_ADMIN"],
        "oomScoreAdj": 0,
    },
    "rngd": {"capabilities": ["CAP_SYS_ADMIN"], "oomScoreAdj": -800, "readonly": True},
    "sshd": {
        "binds": ["/etc/resolv.conf:/etc/resolv.conf", "/run:/run", "/root/.ssh:/lost"],
        "binds.add": ["/lost:/lost"],
        "capabilities": ["all"],
        "net": "host",
        "pid": "host",
        "runtime": {"mounts": [{"type": "tmpfs", "source": "tmpfs", "destination": "/run/sshd", "options": ["mode=755"]}]},
    },
    "swap": {"maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys", "/proc/bus"], "binds": []},
    "sysctl": {
        "binds": ["/etc/sysctl.d:/etc/sysctl.d:ro"],
        "capabilities": ["CAP_SYS_ADMIN", "CAP_NET_ADMIN"],
        "pid": "host",
        "readonly": True,
        "mounts": [
            {"type": "bind", "source": "/etc", "destination": "/etc", "options": ["ro", "bind"]},
            {"type": "sysfs", "options": ["rw"]},
        ],
    },
    "tss": {"resources": {"cpu": {"shares": 512, "cpus": "0-1"}, "blockio": {"weight": 100}, "network": {"priorities": [{"name": "eth0", "priority": 5}]}}},
    "vpnkit-forwarder": {"net": "new", "capabilities": ["CAP_NET_RAW"], "runtime": {"interfaces": [{"name": "veth0", "add": "veth", "peer": "veth1"}]}},
}

# Not JSON, but YAML all the same.
_YAML_LABELS = {"openntpd": "capabilities:\n  - CAP_SYS_TIME\n  - CAP_SETGID\nnet: host\nbinds: [/etc/ntpd.conf:/etc/ntpd.conf]\n"}

# Of another architecture, another program; the rest is the same.
_PROGRAM = {"amd64": "#!/bin/sh\n# {}\n", "arm64": "#!/bin/sh\n# {} for another machine\n"}


# What systems start by other names than those of their images.
_COMMANDS = [
    "bin/echo",
    "bin/ip",
    "bin/modprobe",
    "bin/node_exporter",
    "bin/sleep",
    "sbin/dhcpcd",
    "sbin/rngd",
    "swap.sh",
    "usr/bin/cadvisor",
    "usr/bin/crypto",
    "usr/bin/format",
    "usr/bin/loopy",
    "usr/bin/metadata",
    "usr/bin/mountie",
    "usr/bin/telegraf",
    "usr/bin/trim-after-delete",
    "usr/local/bin/docker-init",
    "vpnkit-forwarder",
    "vsudd",
]


# Where read-only containers have something mounted.
_MOUNT_POINTS = ["binfmt_misc", "host/proc", "host/sys", "rootfs", "run", "var/run"]


def _base():
    return [
        directory("./", mode=0o711, uid=7),
        directory("./bin"),
        file("./bin/busybox", "#!ELF", mode=0o4755),
        symlink("./bin/sh", "busybox"),
        symlink("./bin/ls", "/bin/busybox", uid=3, gid=4),
        hard_link("./bin/cat", "./bin/busybox"),
        directory("./dev", mode=0o700, uid=7),
        device("./dev/console", "c", 5, 1),
        device("./dev/null", "c", 1, 3, mode=0o666),
        device("./dev/sda", "b", 8, 0, gid=6),
        directory("./etc", mode=0o700, uid=9, gid=9),
        file("./etc/hosts", "10.0.0.1 lost\n", mode=0o600, uid=5),
        file("./etc/hostname", "lost\n"),
        file("./etc/passwd", "root:x:0:0::/:/bin/sh\n", mode=0o444),
        file("./etc/shadow", "root:*:::::::\n", mode=0o640, gid=42),
        symlink("./etc/resolv.conf", "/run/elsewhere"),
        directory("./home/user", mode=0o2750, uid=1000, gid=100),
        file("./home/user/a name with blanks", "x" * 5000, mode=0o604, uid=1000, gid=100, time=1234567890.5),
        file("./home/user/naïve ☃", "unicode"),
        file("./home/user/" + "long-" * 30, "long", mode=0o0),
        directory("./tmp", mode=0o1777),
        file("./usr/lib/old.so.1", "of a directory without an entry"),
        file("./usr/share/doc/README", "replaced"),
        directory("./var"),
        directory("./var/cache"),
        file("./var/cache/stale", "gone"),
        directory("./var/opaque"),
        file("./var/opaque/below", "gone"),
        fifo("./var/fifo"),
        directory("./var/was-directory"),
        file("./var/was-directory/below", "gone"),
        file("./var/was-file", "gone"),
    ] + _programs()


def _programs():
    programs = [file("./" + path, "#!/bin/sh\n", mode=0o755) for path in _COMMANDS]
    return programs + [directory("./" + path) for path in _MOUNT_POINTS]


def _own(name, architecture):
    return [
        file(f"usr/bin/{name}", _PROGRAM[architecture].format(name), mode=0o6755, gid=len(name)),
        file("usr/share/doc/README", f"about {name}\n", uid=2, gid=3),
        directory("var/cache", mode=0o770, gid=12),
        file("var/cache/.wh.stale"),
        directory("var/opaque"),
        file("var/opaque/.wh..wh..opq"),
        file("var/opaque/above", "kept"),
        file("var/was-directory", "a file now"),
        directory("var/was-file", mode=0o711),
        file("var/was-file/above", "kept"),
        file("Dockerfile", "lost"),
        file(".dockerenv", "lost"),
        file("srv/Dockerfile", "kept"),
        symlink("usr/lib/libold.so", "old.so.1"),
    ]


def _top(name):
    """A layer that replaces one name of a hard link and the table of mounts."""
    return [file("bin/busybox", f"another for {name}", mode=0o755), file("etc/mtab", "kept\n", mode=0o640), file("usr/lib/.wh.old.so.1")]


def _container(name, architecture):
    layers = [(_base(), "gzip"), (_own(name, architecture), "zstd")]
    return layers + [(_top(name), "tar")] if name in ("alpine", "nginx", "sysctl") else layers


def _apk(name):
    return [directory("lib"), directory("lib/apk"), directory("lib/apk/db"), file("lib/apk/db/installed", f"P:{name}\nV:1-r0\n", mode=0o600, uid=1)]


_INIT = {
    "init": [
        directory("./", mode=0o751, gid=2),
        file("init", "#!/bin/sh\n", mode=0o755),
        directory("bin"),
        file("bin/rc.init", "#!/bin/sh\n", mode=0o700),
        symlink("bin/sh", "rc.init"),
        hard_link("bin/rc.shutdown", "bin/rc.init"),
        directory("dev"),
        device("dev/tty", "c", 5, 0, mode=0o620, gid=5),
        directory("etc", mode=0o711),
        file("etc/hosts", "lost\n", mode=0o666),
        file("etc/inittab", "of init\n"),
        file("etc/issue", "of init\n", mode=0o664, gid=1),
        file("etc/owned", "by init\n", uid=10, gid=11),
        file("etc/resolv.conf", "lost\n"),
        directory("tmp", mode=0o1777),
        symlink("var-run", "/run"),
    ]
    + _apk("init"),
    "runc": [directory("usr", mode=0o711, gid=8), directory("usr/bin"), file("usr/bin/runc", "runc", mode=0o755)] + _apk("runc"),
    "containerd": [
        directory("etc", mode=0o755, uid=3),
        directory("etc/containerd"),
        file("etc/containerd/runtime-config.toml", "of the image\n", mode=0o640),
        file("etc/issue", "of containerd\n", mode=0o400),
        file("bin/sh", "a file where init has a symlink\n", mode=0o755),
        file("tmp/socket", "of a directory that init has", mode=0o755),
        file("usr/bin/containerd", "containerd", mode=0o755),
        symlink("etc/inittab", "issue"),
    ],
    "ca-certificates": [
        directory("etc/ssl/certs", mode=0o755),
        file("etc/ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----\n"),
        symlink("etc/ssl/cert.pem", "certs/ca-certificates.crt"),
        file("etc/owned", "by ca-certificates\n", mode=0o600),
    ],
    "firmware": [directory("lib/firmware", mode=0o750), file("lib/firmware/nic.bin", bytes(range(256)))],
    "memlogd": [file("usr/bin/memlogd", "memlogd", mode=0o755), file("etc/init.d/memlogd", "#!/bin/sh\n", mode=0o755)],
    "vpnkit-expose-port": [file("usr/bin/vpnkit-expose-port", "expose", mode=0o755), file("sbin/proxy", "", mode=0o755)],
}


def _config(name):
    config = {"Env": ["PATH=/usr/bin:/bin", f"IMAGE={name}"], "User": "nobody:nogroup", "WorkingDir": f"/srv/{name}"}
    if len(name) % 3:
        config["Entrypoint"] = [f"/usr/bin/{name}"]
    if len(name) % 2:
        config["Cmd"] = ["--foreground", "a & <b>"]
    if "Entrypoint" not in config:
        config["Cmd"] = [f"/usr/bin/{name}"] + config.get("Cmd", [])
    if len(name) % 6 == 0:
        del config["WorkingDir"]
    if name in _LABELS:
        config["Labels"] = {_LABEL: json.dumps(_LABELS[name]), "maintainer": "nobody"}
    if name in _YAML_LABELS:
        config["Labels"] = {_LABEL: _YAML_LABELS[name]}
    return config


def image(name, tag, architecture):
    """The layers, bottom up, and the configuration of the image that stands in for docker.io/standin/NAME:TAG."""
    if name == "kernel":
        return kernel_layers(tag), {}
    if name in _INIT:
        return [(_INIT[name], "gzip")], {}
    return _container(name, architecture), _config(name)
