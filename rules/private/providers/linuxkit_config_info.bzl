"""LinuxkitConfigInfo: YAML files, ready for rules."""

visibility("//rules/...")

LinuxkitConfigInfo = provider(
    doc = "YAML files, merged and cut into one file for each entry.",
    fields = {
        "cmdline": "File: the kernel command line.",
        "files": "File: all entries of files.",
        "kernel": "File: the kernel section without image and command line.",
        "metadata": "dict: yaml or json -> File, as far as entries of files ask for it.",
        "onboot": "list of File.",
        "onshutdown": "list of File.",
        "services": "list of File.",
        "volumes": "list of File.",
    },
)
