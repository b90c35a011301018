"""linuxkit_verity: a file system image that nobody can change unnoticed."""

load("//rules/private:actions.bzl", "run_tool", "tool_args", "tool_attr")
load("//rules/private/providers:linuxkit_verity_info.bzl", "LinuxkitVerityInfo")

visibility("//rules/...")

def _linuxkit_verity_impl(ctx):
    image = ctx.actions.declare_file(ctx.label.name + "-verity.img")
    root_hash = ctx.actions.declare_file(ctx.label.name + "-roothash")
    cmdline = ctx.actions.declare_file(ctx.label.name + "-verity.cmdline")
    args = tool_args(ctx)
    args.add(ctx.file.image, format = "--image=%s")
    args.add(cmdline, format = "--cmdline=%s")
    args.add(root_hash, format = "--root_hash=%s")
    args.add(image, format = "--output=%s")
    run_tool(
        ctx,
        ctx.executable._make_verity,
        args,
        inputs = [ctx.file.image],
        outputs = [cmdline, image, root_hash],
        mnemonic = "LinuxkitVerity",
        progress_message = "Hashing the blocks of %{label}",
    )
    return [
        DefaultInfo(files = depset([image])),
        OutputGroupInfo(cmdline = depset([cmdline]), root_hash = depset([root_hash])),
        LinuxkitVerityInfo(cmdline = cmdline, image = image, root_hash = root_hash),
    ]

linuxkit_verity = rule(
    implementation = _linuxkit_verity_impl,
    doc = """A file system image with a dm-verity hash tree behind it, NAME-verity.img, for one partition or disk.

The kernel compares every block with the root hash when it is read. The hash stands on the kernel command line that
linuxkit_root_boot(verity = ...) makes, so whatever protects that (a signed UKI) protects the whole system.

Output groups: `root_hash` is the file NAME-roothash, `cmdline` the words that the command line needs.""",
    attrs = {
        "image": attr.label(
            allow_single_file = True,
            doc = "A file system image: squashfs, EROFS, or another that is mounted read-only. Zeros fill it up to 4096 bytes.",
            mandatory = True,
        ),
        "_make_verity": tool_attr("//tools/verity:make_verity"),
    },
    provides = [LinuxkitVerityInfo],
)
