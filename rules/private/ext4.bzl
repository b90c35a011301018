"""linuxkit_ext4: an empty file system for a partition that a system writes to."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private:toolchain_types.bzl", "ROOTFS_TOOLS_TYPE", "optional_toolchains")
load("//rules/private/toolchains:programs.bzl", "needed_program")

visibility("//rules/...")

def _linuxkit_ext4_impl(ctx):
    program = needed_program(ctx.toolchains[ROOTFS_TOOLS_TYPE], "mke2fs")
    image = ctx.actions.declare_file(ctx.attr.out or ctx.label.name + "-ext4.img")
    args = tool_args(ctx)
    args.add(program, format = "--program=%s")
    args.add("--label=" + (ctx.attr.volume_label or ctx.label.name))
    args.add("--size_mib={}".format(ctx.attr.size_mib))
    args.add(image, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._make_ext4,
        args,
        tools = [program],
        outputs = [image],
        mnemonic = "LinuxkitExt4",
        progress_message = "Making file system %{label}",
        toolchain = ROOTFS_TOOLS_TYPE,
    )
    return [DefaultInfo(files = depset([image]))]

linuxkit_ext4 = rule(
    implementation = _linuxkit_ext4_impl,
    doc = """An empty ext4 file system, NAME-ext4.img, for `data_images` of a linuxkit_disk.

Most of it is holes, which stay holes in every disk format. UUID and hash seed follow from label and size.""",
    attrs = {
        "out": attr.string(doc = "The output's name. Default: NAME-ext4.img."),
        "size_mib": attr.int(mandatory = True, doc = "MiB, 8 or more. It grows with resize2fs, on a mounted file system too."),
        "volume_label": attr.string(doc = "At most 16 bytes. Default: the target's name."),
        "_make_ext4": tool_attr("//tools/ext4:make_ext4"),
    },
    toolchains = optional_toolchains([ROOTFS_TOOLS_TYPE]),
)
