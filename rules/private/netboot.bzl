"""linuxkit_netboot: a system as files of a boot server."""

load("//rules/private:actions.bzl", "PATH_MAPPING", "tool_args", "tool_attr")
load("//rules/private:boot_config.bzl", "bootable")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/providers:linuxkit_netboot_info.bzl", "LinuxkitNetbootInfo")

visibility("//rules/...")

# What make_netboot writes: the file's name on the server -> the flag.
_SCRIPTS = {
    "boot.ipxe": "ipxe",
    "grub.cfg": "grub",
    "pxelinux.cfg/default": "pxelinux",
}

def _linuxkit_netboot_impl(ctx):
    image = bootable(ctx)
    directory = ctx.attr.out or ctx.label.name
    name = ctx.attr.image.label.name
    files = {}
    args = tool_args(ctx)
    args.add("--name=" + name)
    args.add(image.cmdline, format = "--cmdline=%s")
    for path, flag in _SCRIPTS.items():
        files[path] = ctx.actions.declare_file("{}/{}".format(directory, path))
        args.add(files[path], format = "--{}=%s".format(flag))
    ctx.actions.run(
        executable = ctx.executable._make_netboot,
        arguments = [args],
        inputs = [image.cmdline],
        outputs = files.values(),
        mnemonic = "LinuxkitNetboot",
        progress_message = "Writing boot scripts %{label}",
        execution_requirements = PATH_MAPPING,
    )
    for path, file in {"kernel": image.kernel, "initrd.img": image.initrd, "cmdline": image.cmdline}.items():
        files[path] = ctx.actions.declare_file("{}/{}".format(directory, path))
        ctx.actions.symlink(output = files[path], target_file = file)
    return [
        DefaultInfo(files = depset(files.values())),
        LinuxkitNetbootInfo(name = name, files = files),
    ]

linuxkit_netboot = rule(
    implementation = _linuxkit_netboot_impl,
    doc = """A system as a directory for a boot server: `kernel`, `initrd.img`, `cmdline`, and what loads them.

`boot.ipxe` is a script for iPXE, `grub.cfg` the configuration of GRUB and `pxelinux.cfg/default` that of PXELINUX. They name the other files
relative to themselves, so that the directory works below any URL, by HTTP or TFTP.""",
    attrs = {
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo], doc = "The linuxkit_image."),
        "out": attr.string(doc = "The directory of the outputs. Default: NAME."),
        "_make_netboot": tool_attr("//tools/netboot:make_netboot"),
    },
    provides = [LinuxkitNetbootInfo],
)
