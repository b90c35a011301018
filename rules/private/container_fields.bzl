"""The fields of an onboot, onshutdown or services entry: attribute names, YAML keys and kinds."""

load("//rules/private:attributes.bzl", "unknown_attribute", "wrong_item", "wrong_type")
load("//rules/private:checks.bzl", "check_absolute", "check_binds", "check_capabilities", "check_ids", "check_rlimits", "check_tmpfs", "check_variables")

visibility(["//rules/...", "//tests/..."])

def _field(key, kind, doc, check = None):
    return struct(key = key, kind = kind, doc = doc, check = check)

_STRING, _STRINGS, _STRING_MAP, _BOOL, _INT, _JSON = "string", "strings", "string map", "bool", "int", "json"

# By attribute name. `key` is the name in the YAML. Defaults: the image's org.mobyproject.config label, then what the text says.
CONTAINER_FIELDS = {
    "additional_gids": _field("additionalGids", _JSON, "list of int or string: further groups, as `gid`. Default: none.", check_ids),
    "ambient": _field("ambient", _STRINGS, "Ambient capabilities. Default: none.", check_capabilities),
    "annotations": _field("annotations", _STRING_MAP, "OCI annotations. Default: none."),
    "binds": _field("binds", _STRINGS, "Bind mounts `SOURCE:DESTINATION[:OPTION,...]`. A source without leading `/` names a " +
                                       "volume. Replaces the label's. Default: none.", check_binds),
    "binds_add": _field("binds.add", _STRINGS, "Bind mounts besides the label's. No effect beside `binds`.", check_binds),
    "capabilities": _field("capabilities", _STRINGS, "Capabilities such as `CAP_NET_ADMIN`; `all` or `none` alone. Replaces the " +
                                                     "label's. Default: none at all, also for root.", check_capabilities),
    "capabilities_add": _field("capabilities.add", _STRINGS, "Capabilities besides the label's. No effect beside " +
                                                             "`capabilities`.", check_capabilities),
    "cgroups_path": _field("cgroupsPath", _STRING, "Path of the cgroup. Default: the runtime's."),
    "command": _field("command", _STRINGS, "Program and arguments. Default: the image's entrypoint and command."),
    "cwd": _field("cwd", _STRING, "Working directory. Default: the image's, else `/`.", check_absolute),
    "devices": _field("devices", _JSON, "list of dict(path, type, major, minor, mode): device nodes; `path: all` allows a type " +
                                        "of device. Default: none."),
    "env": _field("env", _STRINGS, "Environment, a dict or a list of `NAME=VALUE`. Replaces the image's as a whole. Default: the " +
                                   "image's.", check_variables),
    "gid": _field("gid", _JSON, "int or string: group id, or the name of a container whose id is meant. Default: 0.", check_ids),
    "gid_mappings": _field("gidMappings", _JSON, "list of dict(hostID, containerID, size). Default: none."),
    "hostname": _field("hostname", _STRING, "Host name inside a new uts namespace. Default: none."),
    "ipc": _field("ipc", _STRING, "IPC namespace: `host`, `root`, `new` or a path. Default: root."),
    "masked_paths": _field("maskedPaths", _STRINGS, "Paths hidden from the container. Default: none."),
    "mounts": _field("mounts", _JSON, "list of dict(destination, type, source, options). Default: none besides /proc, /dev, " +
                                      "/dev/pts, /sys, /sys/fs/cgroup."),
    "net": _field("net", _STRING, "Network namespace: `host`, `root`, `none`, `new` or a path. Default: root."),
    "no_new_privileges": _field("noNewPrivileges", _BOOL, "Whether setuid programs gain nothing. Default: False."),
    "oom_score_adj": _field("oomScoreAdj", _INT, "Adjustment of the out-of-memory score, -1000 to 1000. Default: none."),
    "pid": _field("pid", _STRING, "PID namespace: `host`, `root`, `new` or a path. Default: new."),
    "readonly": _field("readonly", _BOOL, "Whether the root file system is read-only. Default: False, a writable overlay in RAM."),
    "readonly_paths": _field("readonlyPaths", _STRINGS, "Paths the container cannot write to. Default: none."),
    "resources": _field("resources", _JSON, "dict: cgroup limits, the structure of the YAML's `resources`. Default: none."),
    "rlimits": _field("rlimits", _STRINGS, "Limits `NAME,SOFT,HARD` such as `nofile,1024,unlimited`. Default: none.", check_rlimits),
    "rootfs_propagation": _field("rootfsPropagation", _STRING, "Mount propagation of the root, such as `shared`. Default: the " +
                                                               "runtime's."),
    "runtime": _field("runtime", _JSON, "dict: what the system does around the container (cgroups, mounts, mkdir, interfaces, " +
                                        "bindNS, namespace). Default: nothing."),
    "sysctl": _field("sysctl", _STRING_MAP, "Kernel parameters of the container's namespaces. Default: none."),
    "tmpfs": _field("tmpfs", _STRINGS, "In-memory mounts `DESTINATION[:OPTION,...]`. Default: none.", check_tmpfs),
    "uid": _field("uid", _JSON, "int or string: user id, or the name of a container whose id is meant. Default: 0.", check_ids),
    "uid_mappings": _field("uidMappings", _JSON, "list of dict(hostID, containerID, size). Default: none."),
    "userns": _field("userns", _STRING, "User namespace: `host`, `root`, `new` or a path. Default: root."),
    "uts": _field("uts", _STRING, "UTS namespace: `host`, `root`, `new` or a path. Default: root."),
}

def _attribute(field):
    if field.kind == _STRINGS:
        return attr.string_list(doc = field.doc)
    if field.kind == _STRING_MAP:
        return attr.string_dict(doc = field.doc)
    if field.kind == _BOOL:
        return attr.bool(doc = field.doc)
    if field.kind == _INT:
        return attr.int(doc = field.doc)
    return attr.string(doc = field.doc)

CONTAINER_ATTRS = {name: _attribute(field) for name, field in CONTAINER_FIELDS.items()} | {
    "given": attr.string_list(doc = "Names of the fields above that the user set. Tells an empty list from none."),
}

# By kind of field: types of Starlark, and what messages call them.
_TYPES = {
    _BOOL: (["bool"], "True or False"),
    _INT: (["int"], "an int"),
    _STRING: (["string"], "a string"),
    _STRINGS: (["list", "tuple"], "a list of strings"),
    _STRING_MAP: (["dict"], "a dict of strings"),
}

# The same by field where the value becomes JSON. JSON's text is taken, too.
_JSON_TYPES = {
    "additional_gids": (["list", "tuple", "string"], "a list of int or string"),
    "devices": (["list", "tuple", "string"], "a list of dict"),
    "gid": (["int", "string"], "an int or a string"),
    "gid_mappings": (["list", "tuple", "string"], "a list of dict"),
    "mounts": (["list", "tuple", "string"], "a list of dict"),
    "resources": (["dict", "string"], "a dict"),
    "runtime": (["dict", "string"], "a dict"),
    "uid": (["int", "string"], "an int or a string"),
    "uid_mappings": (["list", "tuple", "string"], "a list of dict"),
}

def field_type_problem(rule_name, name, key, value):
    """What is wrong with the type of a field's value.

    Args:
      rule_name: for the message.
      name: the target's name, for the message.
      key: the field's attribute name.
      value: what a user gave.

    Returns:
      string, or None.
    """
    kind = CONTAINER_FIELDS[key].kind
    types, expected = _JSON_TYPES[key] if kind == _JSON else _TYPES[kind]
    if type(value) == "select":
        return None
    if type(value) not in types:
        return wrong_type(rule_name, name, key, value, expected)
    for item in value if kind == _STRINGS else value.values() if kind == _STRING_MAP else []:
        if type(item) != "string":
            return wrong_item(rule_name, name, key, item)
    return None

def container_attributes(rule_name, name, fields):
    """What a macro passes to its rule for the fields a user gave.

    Args:
      rule_name: for messages.
      name: the target's name, for messages.
      fields: dict of attribute names and values; None means not given.

    Returns:
      dict of rule attributes.
    """
    attributes = {}
    for key, value in fields.items():
        if value == None:
            continue
        if key not in CONTAINER_FIELDS:
            fail(unknown_attribute(rule_name, name, key, CONTAINER_FIELDS.keys() + ["container_name", "image", "profile"]))
        if key == "env" and type(value) == "dict":
            value = ["{}={}".format(variable, text) for variable, text in value.items()]
        problem = field_type_problem(rule_name, name, key, value)
        if problem:
            fail(problem)
        if CONTAINER_FIELDS[key].kind == _JSON and type(value) not in ["string", "select"]:
            value = json.encode(value)
        elif CONTAINER_FIELDS[key].kind == _JSON and key in ["uid", "gid"] and type(value) == "string":
            value = json.encode(value)
        attributes[key] = value
    attributes["given"] = sorted(attributes)
    return attributes

def container_entry(ctx, name, image):
    """The entry as the YAML would hold it.

    Args:
      ctx: context of a rule with CONTAINER_ATTRS.
      name: the container's name.
      image: text that names the image in messages.

    Returns:
      dict, keys as in the YAML.
    """
    entry = {"name": name, "image": image}
    for attribute in ctx.attr.given:
        field = CONTAINER_FIELDS[attribute]
        value = getattr(ctx.attr, attribute)
        if field.check:
            field.check(attribute, value)
        entry[field.key] = json.decode(value) if field.kind == _JSON else value
    return entry

def volume_names(entry):
    """Names that an entry's binds and bind mounts have instead of a path.

    Args:
      entry: dict from container_entry.

    Returns:
      list of string, sorted.
    """
    sources = [bind.split(":")[0] for key in ["binds", "binds.add"] for bind in entry.get(key, [])]
    mounts = [mount for mount in entry.get("mounts", []) if type(mount) == "dict" and mount.get("type") == "bind"]
    sources += [mount["source"] for mount in mounts if type(mount.get("source")) == "string"]
    return sorted({source: None for source in sources if source and not source.startswith("/")})

def id_names(entry):
    """Container names that stand for user or group ids in an entry.

    Args:
      entry: dict from container_entry, or of a files entry.

    Returns:
      list of string, sorted.
    """
    values = [entry.get("uid"), entry.get("gid")] + entry.get("additionalGids", [])
    return sorted({value: None for value in values if type(value) == "string" and value not in ["", "root"]})
