"""The action binaries: static, so that they run on any machine of a cluster and their bytes do not depend on one."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load("//tools:copts.bzl", "COPTS", "STATIC_LINKOPTS")

def static_binary(name, **kwargs):
    """A cc_binary without shared libraries.

    Args:
      name: the target's name.
      **kwargs: attributes of cc_binary.
    """
    cc_binary(
        name = name,
        copts = COPTS,
        # A build id is a hash over the link's inputs, paths among them.
        linkopts = STATIC_LINKOPTS + ["-Wl,--build-id=none"],
        linkstatic = True,
        **kwargs
    )
