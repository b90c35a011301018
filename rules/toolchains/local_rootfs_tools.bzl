"""@linuxkit_rootfs_tools: the programs of this machine that make file system images, as the default toolchain."""

_BUILD = """\
load("{rules}", "linuxkit_rootfs_tools")

package(default_visibility = ["//visibility:public"])

exports_files({files})

linuxkit_rootfs_tools(
    name = "tools",
    mkfs_erofs = {mkfs_erofs},
    mksquashfs = {mksquashfs},
)

toolchain(
    name = "toolchain",
    toolchain = ":tools",
    toolchain_type = "{type}",
)
"""

def _local_rootfs_tools_impl(rctx):
    found = {}
    for program in ["mkfs.erofs", "mksquashfs"]:
        path = rctx.which(program)
        if path:
            rctx.symlink(path, program)
            found[program] = ":" + program
    rctx.file("BUILD.bazel", _BUILD.format(
        files = found.keys(),
        mkfs_erofs = repr(found.get("mkfs.erofs")),
        mksquashfs = repr(found.get("mksquashfs")),
        rules = Label("//rules/toolchains:rootfs_tools.bzl"),
        type = Label("//rules/toolchains:rootfs_tools_type"),
    ))

local_rootfs_tools = repository_rule(
    implementation = _local_rootfs_tools_impl,
    doc = "Programs found on PATH. One that is missing is an error only where it is needed.",
    environ = ["PATH"],
    local = True,
)

def _rootfs_tools_extension_impl(_mctx):
    local_rootfs_tools(name = "linuxkit_rootfs_tools")

rootfs_tools = module_extension(
    implementation = _rootfs_tools_extension_impl,
    doc = "Makes @linuxkit_rootfs_tools.",
)
