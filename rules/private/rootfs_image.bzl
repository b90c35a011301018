"""The tree that boots as a file system image: linuxkit_squashfs and linuxkit_erofs."""

load("//rules/private:actions.bzl", "tool_args", "tool_attr")
load("//rules/private:form.bzl", "FORM_ATTRS", "make_form")
load("//rules/private:toolchain_types.bzl", "ROOTFS_TOOLS_TYPE", "optional_toolchains")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

def _make_image(ctx, format, program):
    """Declares the action that makes an image.

    Args:
      ctx: the rule's context.
      format: string, the file system.
      program: string, the field of RootfsToolsInfo that has the program.

    Returns:
      list of providers.
    """
    file = needed_program(ctx.toolchains[ROOTFS_TOOLS_TYPE], program)
    args = tool_args(ctx)
    args.add(format, format = "--format=%s")
    args.add(file, format = "--program=%s")
    args.add(ctx.attr.compression, format = "--compression=%s")
    args.add(str(ctx.attr.block_size), format = "--block_size=%s")
    return make_form(
        ctx,
        ctx.executable._make_rootfs_image,
        "LinuxkitRootfs",
        "-{}.img".format(format),
        args,
        segments = ctx.attr.image[LinuxkitImageInfo].segments,
        programs = [file],
        toolchain = ROOTFS_TOOLS_TYPE,
    )

def _linuxkit_squashfs_impl(ctx):
    return _make_image(ctx, "squashfs", "mksquashfs")

def _linuxkit_erofs_impl(ctx):
    return _make_image(ctx, "erofs", "mkfs_erofs")

_ATTRS = FORM_ATTRS | {"_make_rootfs_image": tool_attr("//tools/rootfs:make_rootfs_image")}

linuxkit_squashfs = rule(
    implementation = _linuxkit_squashfs_impl,
    doc = "The tree that boots as a squashfs image.",
    attrs = _ATTRS | {
        "block_size": attr.int(doc = "Bytes of a data block, a power of two from 4096 to 1048576. Default: 131072."),
        "compression": attr.string(
            default = "gzip",
            values = ["gzip", "lz4", "xz", "zstd"],
            doc = "The kernel must have CONFIG_SQUASHFS_ZLIB, LZ4, XZ or ZSTD.",
        ),
    },
    toolchains = optional_toolchains([ROOTFS_TOOLS_TYPE]),
)

linuxkit_erofs = rule(
    implementation = _linuxkit_erofs_impl,
    doc = "The tree that boots as an EROFS image.",
    attrs = _ATTRS | {
        "block_size": attr.int(
            doc = "Most bytes that are compressed to one cluster, a power of two from 4096 to 1048576. Default: 4096.",
        ),
        "compression": attr.string(
            default = "lz4",
            values = ["gzip", "lz4", "none", "xz", "zstd"],
            doc = "The kernel must be new enough: Linux 5.4 for lz4, 5.16 for xz, 6.6 for gzip, 6.10 for zstd.",
        ),
    },
    toolchains = optional_toolchains([ROOTFS_TOOLS_TYPE]),
)
