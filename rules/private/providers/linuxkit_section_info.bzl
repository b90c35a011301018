"""LinuxkitSectionInfo: an entry of a system's specification."""

visibility("//rules/...")

LinuxkitSectionInfo = provider(
    doc = "One entry of init, onboot, onshutdown, services, files or volumes, not yet placed in a system.",
    fields = {
        "content": "LinuxkitImageContentInfo or None: the entry's image.",
        "entry": "File or None: the validated entry (a message of tools/spec/spec.proto). None for init.",
        "id_names": "list of string: container names that stand for user or group ids in the entry.",
        "layout": "struct or None: the image of a volume with format oci (rules/private/oci_layout.bzl).",
        "metadata": "dict: yaml or json -> File, for files: the specification that entries with `metadata` hold.",
        "name": "string: the container's or volume's name; for other sections the target's name.",
        "profile": "string: for containers, linuxkit or hardened; empty, or no such field, for the system's profile.",
        "readonly": "bool: a volume that containers may bind only for reading.",
        "section": "string: init, onboot, onshutdown, services, files or volumes.",
        "sources": "list of (string, File): for files, what each `source` stands for.",
        "volumes": "list of string: for containers, names of volumes that the entry binds and that its file has no paths for yet.",
    },
)
