"""config.json and runtime.json of a container: section 3 of the format.

    config_json(config, label, entry, ids)            the image's configuration, its label, the YAML's entry, numbers of names
    runtime_json(label, entry, bundle, readonly, source)
"""

import json

_CAPABILITIES = [
    "CAP_" + name
    for name in (
        "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE "
        "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN "
        "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE "
        "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
    ).split()
]
_UNLIMITED = 2**64 - 1
# type, destination, options, and those of a read-only container besides.
_DEFAULT_MOUNTS = [
    ("proc", "/proc", "nosuid nodev noexec relatime", ""),
    ("tmpfs", "/dev", "nosuid strictatime mode=755 size=65536k", " ro"),
    ("devpts", "/dev/pts", "nosuid noexec newinstance ptmxmode=0666 mode=0620", ""),
    ("sysfs", "/sys", "nosuid noexec nodev", " ro"),
    ("cgroup", "/sys/fs/cgroup", "nosuid noexec nodev relatime ro", ""),
]
_USUAL_DESTINATIONS = {"proc": "/proc", "devpts": "/dev/pts", "sysfs": "/sys", "cgroup": "/sys/fs/cgroup", "mqueue": "/dev/mqueue"}


def _text(value):
    """As Go writes JSON."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _present(**fields):
    """The fields that are not empty."""
    return {key: value for key, value in fields.items() if value not in (None, "", [], {}, False)}


class _Merged:
    """Fields of the YAML's entry, else of the label."""

    def __init__(self, entry, label):
        self.entry, self.label = entry, label

    def get(self, key, default=None):
        return self.entry.get(key, self.label.get(key, default))

    def text(self, key, default=""):
        return self.entry.get(key) or self.label.get(key) or default

    def list_with_added(self, key):
        if key in self.entry:
            return self.entry[key]
        return self.label.get(key, []) + self.entry.get(key + ".add", [])


def _id(value, ids):
    if isinstance(value, int):
        return value % 2**32
    return 0 if value in (None, "", "root") else ids[value]


def _expand_capabilities(names):
    if len(names) == 1 and names[0].lower() in ("all", "none"):
        return _CAPABILITIES if names[0].lower() == "all" else []
    if set(names) - set(_CAPABILITIES):
        raise ValueError(f"unknown capabilities among {names}")
    return names


def _capabilities(merged):
    effective = _expand_capabilities(merged.list_with_added("capabilities"))
    ambient = _expand_capabilities(merged.get("ambient", []))
    bounding = sorted(set(effective + ambient))
    return _present(bounding=bounding, effective=effective, inheritable=bounding, permitted=bounding, ambient=ambient)


def _rlimit(text):
    name, soft, hard = [part.strip() for part in text.split(",")]
    soft, hard = [_UNLIMITED if part.lower() == "unlimited" else int(part) for part in (soft, hard)]
    return {"type": "RLIMIT_" + name.upper().removeprefix("RLIMIT_"), "hard": hard, "soft": soft}


def _process(config, merged, ids):
    image_args = (config.get("Entrypoint") or []) + (config.get("Cmd") or [])
    user = {"uid": _id(merged.get("uid"), ids), "gid": _id(merged.get("gid"), ids)}
    user |= _present(additionalGids=[_id(gid, ids) for gid in merged.get("additionalGids", [])])
    process = {"user": user}
    process |= _present(args=merged.get("command", image_args), env=merged.get("env", config.get("Env")))
    process["cwd"] = merged.text("cwd", config.get("WorkingDir") or "/")
    process["capabilities"] = _capabilities(merged)
    process |= _present(rlimits=[_rlimit(text) for text in merged.get("rlimits", [])])
    process |= _present(noNewPrivileges=merged.get("noNewPrivileges"))
    return process | ({} if merged.get("oomScoreAdj") is None else {"oomScoreAdj": merged.get("oomScoreAdj")})


def _bind(text):
    source, destination, *options = text.split(":")
    options = options[0].split(",") + ["rbind"] if options else ["rw", "rbind", "rshared"]
    return {"destination": destination, "type": "bind", "source": source, "options": options}


def _tmpfs(text):
    destination, _, options = text.partition(":")
    return {"destination": destination, "type": "tmpfs", "source": "tmpfs"} | _present(options=options.split(",") if options else [])


def _mount(mount):
    source = mount.get("source", "")
    kind = mount.get("type") or (source if source in _USUAL_DESTINATIONS else "")
    if not kind and mount.get("destination") == "/dev":
        kind = "tmpfs"
    destination = mount.get("destination") or _USUAL_DESTINATIONS[kind]
    return {"destination": destination, "type": kind, "source": source or kind} | _present(options=mount.get("options"))


def _mounts(merged):
    found = []
    for kind, destination, options, readonly in _DEFAULT_MOUNTS:
        options += readonly if merged.get("readonly") else ""
        found.append({"destination": destination, "type": kind, "source": kind, "options": options.split(" ")})
    found += [_tmpfs(text) for text in merged.get("tmpfs", [])]
    found += [_bind(text) for text in merged.list_with_added("binds")]
    found += [_mount(mount) for mount in merged.get("mounts", [])]
    by_destination = {mount["destination"]: mount for mount in found}
    return [by_destination[destination] for destination in sorted(by_destination, key=str.encode)]


def _in_order(value, keys):
    return {key: value[key] for key in keys.split(" ") if key in value}


def _resources(merged):
    """Those fields that LinuxKit honours."""
    given, result = merged.get("resources", {}), {}
    rules = [_in_order(rule, "allow type major minor access") for rule in given.get("devices", [])]
    for device in merged.get("devices", []):
        numbers = {} if device["path"] == "all" else {"major": device["major"], "minor": device["minor"]}
        rules.append({"allow": True, "type": device["type"], **numbers, "access": "rwm"})
    memory = _in_order(given.get("memory", {}), "limit reservation swap kernel swappiness")
    cpu = _in_order(given.get("cpu", {}), "shares quota period cpus mems")
    result |= _present(devices=rules, memory=memory, cpu=cpu, pids=given.get("pids"))
    return result | _present(blockIO=given.get("blockio"), network=given.get("network"))


def _namespaces(merged):
    found = []
    for kind, key, default in [
        ("network", "net", "root"),
        ("ipc", "ipc", "root"),
        ("uts", "uts", "root"),
        ("pid", "pid", ""),
        ("user", "userns", "root"),
    ]:
        value = merged.text(key, default)
        if value in ("host", "root"):
            continue
        is_new = value in ("", "new") or kind == "network" and value == "none"
        found.append({"type": kind} | ({} if is_new else {"path": value}))
    return found + [{"type": "mount"}]


def _id_mappings(mappings):
    return [_in_order(mapping, "containerID hostID size") for mapping in mappings]


def _devices(merged):
    return [
        _in_order(device, "path type major minor") | {"fileMode": int(device["mode"], 8)}
        for device in merged.get("devices", [])
        if device["path"] != "all"
    ]


def _sorted_map(value):
    return dict(sorted(value.items()))


def _linux(merged):
    linux = _present(
        uidMappings=_id_mappings(merged.get("uidMappings", [])),
        gidMappings=_id_mappings(merged.get("gidMappings", [])),
        sysctl=_sorted_map(merged.get("sysctl", {})),
    )
    linux["resources"] = _resources(merged)
    linux |= _present(cgroupsPath=merged.get("cgroupsPath"))
    linux["namespaces"] = _namespaces(merged)
    return linux | _present(
        devices=_devices(merged),
        rootfsPropagation=merged.get("rootfsPropagation"),
        maskedPaths=merged.get("maskedPaths"),
        readonlyPaths=merged.get("readonlyPaths"),
    )


def config_json(config, label, entry, ids):
    merged = _Merged(entry, label)
    value = {"ociVersion": "1.2.1", "process": _process(config, merged, ids)}
    value["root"] = {"path": "rootfs"} | _present(readonly=merged.get("readonly"))
    value |= _present(hostname=merged.text("hostname"))
    value["mounts"] = _mounts(merged)
    value |= _present(annotations=_sorted_map(merged.get("annotations", {})))
    value["linux"] = _linux(merged)
    return _text(value)


def _root_mounts(bundle, readonly, source):
    """What makes the container's root of the image's content."""
    if readonly:
        return [{"destination": bundle + "/rootfs", "source": source, "options": ["bind"]}]
    tmp = bundle + "/tmp"
    overlay = [f"lowerdir={source}", f"upperdir={tmp}/upper", f"workdir={tmp}/work"]
    return [
        {"destination": tmp, "type": "tmpfs", "source": "tmpfs"},
        {"destination": tmp, "options": ["remount", "private"]},
        {"destination": bundle + "/rootfs", "type": "overlay", "source": "overlay", "options": overlay},
    ]


def _interface(interface):
    texts = _present(name=interface.get("name"), add=interface.get("add"), peer=interface.get("peer"))
    return texts | {"createInRoot": interface.get("createInRoot", False)}


def runtime_json(label, entry, bundle, readonly, source):
    """`bundle` and `source`, the directory with the image's content, are absolute paths in the system."""
    merged = _Merged(entry.get("runtime", {}), label.get("runtime", {}))
    bind_ns = _Merged(merged.entry.get("bindNS", {}), merged.label.get("bindNS", {}))
    mounts = [_present(**_in_order(mount, "destination type source options")) for mount in merged.get("mounts", [])]
    value = {
        "cgroups": merged.get("cgroups", []),
        "mounts": _root_mounts(bundle, readonly, source) + mounts,
        "mkdir": merged.get("mkdir", []),
        "interfaces": [_interface(interface) for interface in merged.get("interfaces", [])],
        "bindNS": {key: bind_ns.get(key, "") for key in "cgroup ipc mnt net pid user uts".split(" ")},
        "namespace": merged.get("namespace", ""),
    }
    return _text(value)
