"""linuxkit_image: a bootable system and everything that can be made from it."""

load("//rules/private:attributes.bzl", "check_attributes", "check_type", "listed_twice")
load("//rules/private:formats.bzl", "boot_formats", "declare_boot_formats", "declare_tree_formats")
load("//rules/private:kernel_part.bzl", "linuxkit_part_kernel")
load("//rules/private:parts.bzl", "linuxkit_bundle", "linuxkit_names", "linuxkit_part_files", "linuxkit_part_init", "linuxkit_part_volume")
load("//rules/private:profile.bzl", "check_profile")
load("//rules/private:qemu.bzl", "linuxkit_qemu")
load("//rules/private:system.bzl", "linuxkit_output", _system = "linuxkit_image")

visibility("//rules/...")

# The default of attributes whose None or [] is a choice that somebody should have made: without them nothing boots.
_LEFT_OUT = struct()

# attribute -> what to write.
_LINES = {
    "init": """init = [":init"],

for a target such as

linuxkit_init(name = "init", image = "{rules}//runtime:init")

or, for a system that gets its programs from elsewhere, the line

init = [],""",
    "kernel": """kernel = ":kernel",

for a target such as

linuxkit_kernel(name = "kernel", debs = ["{rules}//runtime:kernel_debs"], cmdline = "console=ttyS0")

or, for a system that something else boots, the line

kernel = None,""",
}

_SECTIONS = ["init", "volumes", "onboot", "onshutdown", "services", "files"]

# What else linuxkit_image has.
_OTHERS = ["kernel", "profile", "qemu_args", "root_kernel", "secure_boot"]

def unique_name(wanted, taken):
    """A title for a part, with a number behind it if its section has it already.

    Args:
      wanted: the title.
      taken: dict of the titles so far; changed.

    Returns:
      string.
    """
    name = wanted
    for i in range(1, 1000):
        if name not in taken:
            break
        name = "{}.{}".format(wanted, i)
    taken[name] = None
    return name

def left_out_message(name, attribute):
    """What to do about an attribute of linuxkit_image that was left out.

    Args:
      name: the image's name.
      attribute: "kernel" or "init".

    Returns:
      string.
    """
    rules = "@rules_linuxkit" if Label("//rules").repo_name else ""
    return "linuxkit_image(name = \"{}\"): found no {}. Add the line\n\n{}".format(name, attribute, _LINES[attribute].format(rules = rules))

def _check_given(name, attribute, value):
    if value == _LEFT_OUT:
        fail(left_out_message(name, attribute))

def linuxkit_image(
        name,
        kernel = _LEFT_OUT,
        init = _LEFT_OUT,
        onboot = [],
        onshutdown = [],
        services = [],
        files = [],
        volumes = [],
        profile = None,
        qemu_args = [],
        root_kernel = None,
        secure_boot = None,
        tags = [],
        **kwargs):
    """A LinuxKit system, composed of its sections.

    Declares `NAME` (files NAME-kernel, NAME-initrd.img and NAME-cmdline), `NAME_kernel`, `NAME_initrd`, `NAME_cmdline`, the
    runnable `NAME_qemu`, one target for each output format (docs/formats.md), and one for each section: `NAME.kernel`,
    `NAME.init.0`, `NAME.volumes.V`, `NAME.onboot.TARGET`, `NAME.onshutdown.TARGET`, `NAME.services.TARGET`, `NAME.files`.

    Args:
      name: the target's name and the beginning of the outputs' names.
      kernel: a linuxkit_kernel. Must be given; None is a system that something else boots.
      init: list of linuxkit_init, unpacked at the root in order. Must be given; [] is a system that has its programs from elsewhere.
      onboot: list of linuxkit_onboot, run one after the other at boot.
      onshutdown: list of linuxkit_onshutdown, run one after the other at shutdown.
      services: list of linuxkit_service, started together after onboot.
      files: list of linuxkit_files, written last.
      volumes: list of linuxkit_volume that containers may bind by name.
      profile: "linuxkit" or "hardened" (docs/security.md): the profile of all containers that have none of their own. Default:
        "linuxkit".
      qemu_args: list of string, flags of `NAME_qemu` that stand before the user's, such as `--publish=8080:80`.
      root_kernel: a linuxkit_kernel of the same version as `kernel` with the modules that reach a root file system on a disk (see
        linuxkit_root_boot), for `NAME_qemu -- --boot=squashfs` and its like. Default: `kernel`, for one that has them.
      secure_boot: a linuxkit_secure_boot_key that signs what UEFI firmware boots. Default: nothing is signed.
      tags: tags of all targets; those but `NAME` and its three files also get `manual`.
      **kwargs: attributes common to all rules.
    """
    check_attributes("linuxkit_image", name, kwargs, _SECTIONS + _OTHERS)
    _check_given(name, "kernel", kernel)
    _check_given(name, "init", init)
    titles = {}

    def titled(section, labels):
        check_type("linuxkit_image", name, section, labels, "a list of labels")

        # Of init a later copy overrides what stands between.
        pairs = [(str(label), native.package_relative_label(label)) for label in labels]
        problem = listed_twice("linuxkit_image", name, section, pairs) if section != "init" else None
        if problem:
            fail(problem)
        return [
            (label, unique_name(native.package_relative_label(label).name, titles.setdefault(section, {})))
            for label in labels
        ]

    assemble_image(
        name,
        kernel = kernel,
        sections = {
            "init": titled("init", init),
            "volumes": titled("volumes", volumes),
            "onboot": titled("onboot", onboot),
            "onshutdown": titled("onshutdown", onshutdown),
            "services": titled("services", services),
            "files": titled("files", files),
        },
        profile = profile,
        qemu_args = qemu_args,
        root_kernel = root_kernel,
        secure_boot = secure_boot,
        tags = tags,
        **kwargs
    )

def assemble_image(name, kernel, sections, profile = None, qemu_args = [], root_kernel = None, secure_boot = None, tags = [], **kwargs):
    """Declares the targets of linuxkit_image.

    Args:
      name: the image's name.
      kernel: label of a linuxkit_kernel or None.
      sections: dict: section -> list of (label, title); `NAME.SECTION.TITLE` becomes the part's target.
      profile: that of containers which have none of their own, or None.
      qemu_args: flags of `NAME_qemu`.
      root_kernel: the kernel that boots a root file system on a disk.
      secure_boot: who signs what UEFI firmware boots.
      tags: tags of all targets.
      **kwargs: attributes common to all rules.
    """
    check_profile("linuxkit_image", name, profile)
    manual = dict(kwargs, tags = tags + ["manual"])
    names = name + ".names"
    labels = {section: [label for label, _ in sections.get(section, [])] for section in _SECTIONS}
    linuxkit_names(
        name = names,
        containers = labels["onboot"] + labels["onshutdown"] + labels["services"],
        volumes = labels["volumes"],
        **manual
    )
    parts = []

    def part(rule, part_name, **attributes):
        parts.append(":" + part_name)
        rule(name = part_name, **(manual | attributes))

    if kernel:
        linuxkit_part_kernel(name = name + ".kernel", kernel = kernel, **manual)
    init = ["{}.init.{}".format(name, i) for i in range(len(labels["init"]))]
    for part_name, label in zip(init, labels["init"]):
        linuxkit_part_init(name = part_name, section = label, **manual)
    for label, title in sections.get("volumes", []):
        part(linuxkit_part_volume, "{}.volumes.{}".format(name, title), section = label)
    for kind in ["onboot", "onshutdown", "services"]:
        for i, (label, title) in enumerate(sections.get(kind, [])):
            part(
                linuxkit_bundle,
                "{}.{}.{}".format(name, kind, title),
                section = label,
                kind = kind,
                position = i,
                names = names,
                profile = profile,
            )
    if labels["files"]:
        part(linuxkit_part_files, name + ".files", sections = labels["files"], names = names)

    _system(
        name = name,
        image_name = name,
        init = init,
        kernel = name + ".kernel" if kernel else None,
        parts = parts,
        tags = tags,
        **kwargs
    )
    for output in ["initrd", "cmdline"] + (["kernel"] if kernel else []):
        linuxkit_output(name = "{}_{}".format(name, output), image = name, output = output, tags = tags, **kwargs)
    if kernel:
        linuxkit_qemu(name = name + "_qemu", image = name, default_args = qemu_args, formats = boot_formats(name), **manual)
        declare_boot_formats(
            name,
            kernel = name + ".kernel",
            root_kernel = root_kernel or name + ".kernel",
            secure_boot = secure_boot,
            **manual
        )
    declare_tree_formats(name, **manual)
