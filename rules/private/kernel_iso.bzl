"""linuxkit_kernel_iso: the tree that boots on ISO 9660."""

load("//rules/private:actions.bzl", "tool_args", "tool_attr")
load("//rules/private:form.bzl", "FORM_ATTRS", "make_form")
load("//rules/private/providers:linuxkit_image_info.bzl", "LinuxkitImageInfo")

visibility("//rules/...")

def _linuxkit_kernel_iso_impl(ctx):
    segments = ctx.attr.image[LinuxkitImageInfo].segments
    return make_form(ctx, ctx.executable._make_root_iso, "LinuxkitRootIso", ".iso", tool_args(ctx), segments = segments)

linuxkit_kernel_iso = rule(
    implementation = _linuxkit_kernel_iso_impl,
    doc = "The tree that boots on ISO 9660 with Rock Ridge. It does not boot by itself: something else loads kernel and command line.",
    attrs = FORM_ATTRS | {"_make_root_iso": tool_attr("//tools/rootfs:make_root_iso")},
)
