"""linuxkit_netboot: a system as files of a boot server."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:boot_config.bzl", "bootable")
load("//rules/private:toolchain_types.bzl", "NETWORK_BOOT_TYPE", "optional_toolchains")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/providers:linuxkit_netboot_info.bzl", "LinuxkitNetbootInfo")

visibility("//rules/...")

# What make_netboot writes: the file's name on the server -> the flag.
_SCRIPTS = {
    "boot.ipxe": "ipxe",
    "grub.cfg": "grub",
    "pxelinux.cfg/default": "pxelinux",
}

def _boot_programs(ctx):
    """iPXE for firmware that has none, as far as the toolchain has it: the file's name on the server -> File."""
    toolchain = ctx.toolchains[NETWORK_BOOT_TYPE]
    if not toolchain:
        return {}
    programs = {"ipxe.efi": toolchain.programs.efi, "undionly.kpxe": toolchain.programs.bios}
    return {name: program for name, program in programs.items() if program}

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
    run_tool(
        ctx,
        ctx.executable._make_netboot,
        args,
        inputs = [image.cmdline],
        outputs = files.values(),
        mnemonic = "LinuxkitNetboot",
        progress_message = "Writing boot scripts %{label}",
    )

    # iPXE for UEFI looks for autoexec.ipxe in the directory that it was loaded from.
    links = {"autoexec.ipxe": files["boot.ipxe"], "cmdline": image.cmdline, "initrd.img": image.initrd, "kernel": image.kernel}
    for path, file in (links | _boot_programs(ctx)).items():
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
relative to themselves, so that the directory works below any URL, by HTTP or TFTP. For firmware without iPXE there are `undionly.kpxe` (BIOS) and
`ipxe.efi`, which loads `autoexec.ipxe`, the same script; a toolchain has them.""",
    attrs = {
        "image": attr.label(mandatory = True, providers = [LinuxkitImageInfo], doc = "The linuxkit_image."),
        "out": attr.string(doc = "The directory of the outputs. Default: NAME."),
        "_make_netboot": tool_attr("//tools/netboot:make_netboot"),
    },
    provides = [LinuxkitNetbootInfo],
    toolchains = optional_toolchains([NETWORK_BOOT_TYPE]),
)
