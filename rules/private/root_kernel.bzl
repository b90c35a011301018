"""The kernel of a small initrd, with a command line that names the root file system."""

load("//rules/private:cmdline.bzl", "CMDLINE_ATTRS", "with_cmdline")
load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")
load("//rules/private/providers:linuxkit_verity_info.bzl", "LinuxkitVerityInfo")

visibility("//rules/...")

def _linuxkit_root_kernel_impl(ctx):
    cmdline_of = ctx.attr.cmdline_of or ctx.attr.kernel
    words = []
    if ctx.attr.root:
        words.append("root=" + ctx.attr.root)
    if ctx.attr.root_file:
        words.append("linuxkit.root_file=" + ctx.attr.root_file)
    if not ctx.attr.overlay:
        words.append("linuxkit.root_rw=none")
    return with_cmdline(
        ctx,
        ctx.attr.kernel[LinuxkitKernelInfo],
        cmdline_of[LinuxkitKernelInfo].cmdline,
        words,
        [ctx.attr.verity[LinuxkitVerityInfo].cmdline] if ctx.attr.verity else [],
    )

linuxkit_root_kernel = rule(
    implementation = _linuxkit_root_kernel_impl,
    doc = "A linuxkit_kernel whose command line says where the root file system is (runtime/root/root_options.h).",
    attrs = CMDLINE_ATTRS | {
        "cmdline_of": attr.label(
            doc = "The kernel whose command line this one gets. Default: `kernel`.",
            providers = [LinuxkitKernelInfo],
        ),
        "kernel": attr.label(mandatory = True, providers = [LinuxkitKernelInfo]),
        "overlay": attr.bool(default = True, doc = "Whether the root may be written to, in memory."),
        "root": attr.string(doc = "/dev/NAME, PARTUUID=UUID or PARTLABEL=NAME. Default: none; who boots it adds the word."),
        "root_file": attr.string(doc = "The path of an image file in the file system on `root`. Default: `root` itself."),
        "verity": attr.label(providers = [LinuxkitVerityInfo]),
    },
    provides = [LinuxkitKernelInfo],
)
