"""The kernel section of one system."""

load("//rules/private/providers:linuxkit_kernel_info.bzl", "LinuxkitKernelInfo")

visibility("//rules/...")

def _linuxkit_kernel_part_impl(ctx):
    return [ctx.attr.kernel[DefaultInfo], ctx.attr.kernel[LinuxkitKernelInfo]]

linuxkit_part_kernel = rule(
    implementation = _linuxkit_kernel_part_impl,
    attrs = {"kernel": attr.label(mandatory = True, providers = [LinuxkitKernelInfo])},
    provides = [LinuxkitKernelInfo],
)
