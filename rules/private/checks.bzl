"""Checks of attribute values that need no file: wrong values fail at analysis, before anything is built.

The tools check the same again for entries that come from YAML, labels and other rules (tools/spec).
"""

visibility("//rules/...")

# Linux capabilities 0 to 40 in the kernel's order (LinuxKit format, section 3.4).
_CAPABILITIES = ["CAP_" + name for name in (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE " +
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT " +
    "SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE " +
    "AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ " +
    "PERFMON BPF CHECKPOINT_RESTORE"
).split(" ")]

_RLIMITS = ("CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME").split(" ")

_NAME_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+-."

# The next one means "as before" to the kernel.
_LAST_ID = 4294967294

def _fail(attribute, value, expected):
    fail("{}: found \"{}\"; expected {}.".format(attribute, value, expected))

def check_capabilities(attribute, values):
    """Fails unless every value is a capability, or the only one is `all` or `none`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    if len(values) == 1 and values[0].lower() in ["all", "none"]:
        return
    for value in values:
        if value not in _CAPABILITIES:
            near = "CAP_" + value.upper().removeprefix("CAP_")
            hint = ", did you mean \"{}\"?".format(near) if near in _CAPABILITIES else ""
            _fail(attribute, value, "a capability such as \"CAP_NET_ADMIN\", or \"all\" or \"none\" as the only element" + hint)

def _check_destination(attribute, value, destination):
    if not destination.startswith("/"):
        _fail(attribute, value, "an absolute path as the destination, such as \"/{}\"".format(destination or "data"))

def check_binds(attribute, values):
    """Fails unless every value is `SOURCE:/DESTINATION` or `SOURCE:/DESTINATION:OPTIONS`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        parts = value.split(":")
        if len(parts) not in [2, 3]:
            _fail(attribute, value, "\"SOURCE:DESTINATION\" or \"SOURCE:DESTINATION:OPTION,...\"")
        _check_destination(attribute, value, parts[1])

def check_tmpfs(attribute, values):
    """Fails unless every value is `/DESTINATION` or `/DESTINATION:OPTIONS`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        parts = value.split(":")
        if len(parts) > 2:
            _fail(attribute, value, "\"DESTINATION\" or \"DESTINATION:OPTION,...\"")
        _check_destination(attribute, value, parts[0])

def check_variables(attribute, values):
    """Fails unless every value is `NAME=VALUE`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        if value.find("=") <= 0:
            _fail(attribute, value, "\"NAME=VALUE\"")

def check_absolute(attribute, value):
    """Fails unless the value is an absolute path or empty.

    Args:
      attribute: its name, for the message.
      value: string.
    """
    if value and not value.startswith("/"):
        _fail(attribute, value, "an absolute path such as \"/{}\"".format(value))

def check_ids(attribute, value):
    """Fails if a number cannot be that of a user or group.

    Args:
      attribute: its name, for the message.
      value: JSON of an int, a string or a list of them.
    """
    ids = json.decode(value)
    for id in ids if type(ids) == "list" else [ids]:
        if type(id) == "int" and (id < 0 or id > _LAST_ID):
            fail("{}: found {}; expected a number from 0 to {}.".format(attribute, id, _LAST_ID))

def check_rlimits(attribute, values):
    """Fails unless every value is `NAME,SOFT,HARD` with a known name.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        parts = [part.strip() for part in value.split(",")]
        if len(parts) != 3:
            _fail(attribute, value, "\"NAME,SOFT,HARD\"")
        if parts[0].upper().removeprefix("RLIMIT_") not in _RLIMITS:
            _fail(attribute, value, "one of the limits " + " ".join(_RLIMITS).lower())
        for part in parts[1:]:
            if part.lower() != "unlimited" and not part.isdigit():
                _fail(attribute, value, "numbers or \"unlimited\" as soft and hard limit")

def as_target_name(name):
    """A name with "_" for what does not belong into the names of containers, and may not into those of targets.

    Args:
      name: string.

    Returns:
      string.
    """
    return "".join([character if character in _NAME_CHARACTERS else "_" for character in name.elems()])

def check_name(attribute, value):
    """Fails for a container's name that runc does not take.

    Args:
      attribute: its name, for the message.
      value: the name.
    """
    if not value or value in [".", ".."] or as_target_name(value) != value:
        _fail(attribute, value, "a name that runc takes: letters, digits, \"_\", \"+\", \"-\" and \".\" alone, such as \"my-service\"")
