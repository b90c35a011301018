"""LinuxkitNetbootInfo: what a machine loads from the network to boot a system."""

visibility("//rules/...")

LinuxkitNetbootInfo = provider(
    doc = "A system as files of a boot server.",
    fields = {
        "files": "dict of string to File: by their names on the server, \"kernel\", \"boot.ipxe\"; scripts refer to the others by these.",
        "name": "string: the system's name, for people.",
    },
)
