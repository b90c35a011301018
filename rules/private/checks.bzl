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

def check_binds(attribute, values):
    """Fails unless every value is `SOURCE:DESTINATION` or `SOURCE:DESTINATION:OPTIONS`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        if len(value.split(":")) not in [2, 3]:
            _fail(attribute, value, "\"SOURCE:DESTINATION\" or \"SOURCE:DESTINATION:OPTION,...\"")

def check_tmpfs(attribute, values):
    """Fails unless every value is `DESTINATION` or `DESTINATION:OPTIONS`.

    Args:
      attribute: its name, for the message.
      values: list of string.
    """
    for value in values:
        if len(value.split(":")) > 2:
            _fail(attribute, value, "\"DESTINATION\" or \"DESTINATION:OPTION,...\"")

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

def check_name(attribute, value):
    """Fails for a container or volume name that would leave its directory.

    Args:
      attribute: its name, for the message.
      value: the name.
    """
    if not value or value.startswith("/") or ".." in value.split("/"):
        _fail(attribute, value, "a name that stays in the section's directory: not empty, no leading \"/\", no \"..\"")
