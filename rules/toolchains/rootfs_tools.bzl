"""The toolchain of programs that make file system images.

    linuxkit_rootfs_tools(name = "tools", mksquashfs = "//tools:mksquashfs", mkfs_erofs = "//tools:mkfs.erofs")
    toolchain(
        name = "toolchain",
        toolchain = ":tools",
        toolchain_type = "@rules_linuxkit//rules/toolchains:rootfs_tools_type",
    )
"""

ROOTFS_TOOLS_TYPE = Label("//rules/toolchains:rootfs_tools_type")

LinuxkitRootfsToolsInfo = provider(
    doc = "Programs that make file system images of a tar on their standard input.",
    fields = {
        "mkfs_erofs": "FilesToRunProvider or None: mkfs.erofs of erofs-utils 1.8 or newer.",
        "mksquashfs": "FilesToRunProvider or None: mksquashfs of squashfs-tools 4.6 or newer.",
    },
)

def _files_to_run(target):
    return target[DefaultInfo].files_to_run if target else None

def _linuxkit_rootfs_tools_impl(ctx):
    return [platform_common.ToolchainInfo(rootfs_tools = LinuxkitRootfsToolsInfo(
        mkfs_erofs = _files_to_run(ctx.attr.mkfs_erofs),
        mksquashfs = _files_to_run(ctx.attr.mksquashfs),
    ))]

linuxkit_rootfs_tools = rule(
    implementation = _linuxkit_rootfs_tools_impl,
    doc = "Programs that make file system images, for a toolchain of type rootfs_tools_type. What is left out cannot be made.",
    attrs = {
        "mkfs_erofs": attr.label(allow_single_file = True, cfg = "exec", executable = True),
        "mksquashfs": attr.label(allow_single_file = True, cfg = "exec", executable = True),
    },
)
