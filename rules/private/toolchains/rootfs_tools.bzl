"""linuxkit_rootfs_tools: programs that make file system images."""

load("//rules/private/providers:rootfs_tools_info.bzl", "RootfsToolsInfo")
load("//rules/private/toolchains:programs.bzl", "find_programs")

visibility("//rules/...")

_PROGRAMS = {
    "mke2fs": attr.label(allow_files = True, cfg = "exec", doc = "mke2fs of e2fsprogs 1.47 or newer, as one file."),
    "mkfs_erofs": attr.label(allow_files = True, cfg = "exec", doc = "mkfs.erofs of erofs-utils 1.8 or newer, as one file."),
    "mksquashfs": attr.label(allow_files = True, cfg = "exec", doc = "mksquashfs of squashfs-tools 4.6 or newer, as one file."),
}

def _linuxkit_rootfs_tools_impl(ctx):
    info = RootfsToolsInfo(**find_programs(ctx, _PROGRAMS.keys()))
    return [info, platform_common.ToolchainInfo(programs = info)]

linuxkit_rootfs_tools = rule(
    implementation = _linuxkit_rootfs_tools_impl,
    doc = "Programs that make file system images, for a toolchain of type //rules/toolchains:rootfs_tools_type.",
    attrs = _PROGRAMS,
)
