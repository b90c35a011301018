"""The platform of images: what Bazel builds for, in OCI's words."""

visibility("//rules/...")

# Bazel's names of processors and OCI's (Go's).
_ARCHITECTURES = {
    "aarch64": "arm64",
    "riscv64": "riscv64",
    "s390x": "s390x",
    "x86_64": "amd64",
}

PLATFORM_ATTRS = {
    "_cpu_" + cpu: attr.label(default = "@platforms//cpu:" + cpu, providers = [platform_common.ConstraintValueInfo])
    for cpu in _ARCHITECTURES
}

def oci_architecture(ctx, attr):
    """The OCI name of the target platform's processor.

    Args:
      ctx: the context of the rule or aspect.
      attr: ctx.attr with PLATFORM_ATTRS.

    Returns:
      A name such as "amd64"; fails for a platform that LinuxKit has no kernels for.
    """
    for cpu, architecture in _ARCHITECTURES.items():
        if ctx.target_platform_has_constraint(getattr(attr, "_cpu_" + cpu)[platform_common.ConstraintValueInfo]):
            return architecture
    fail("the target platform has none of the processors {}; set --platforms to one that has.".format(
        ", ".join(sorted(_ARCHITECTURES)),
    ))
