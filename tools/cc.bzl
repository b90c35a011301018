"""C++ of this repository: the rules of rules_cc with our options."""

load("@rules_cc//cc:cc_binary.bzl", _cc_binary = "cc_binary")
load("@rules_cc//cc:cc_library.bzl", _cc_library = "cc_library")
load("@rules_cc//cc:cc_test.bzl", _cc_test = "cc_test")
load("//tools:program.bzl", "program")

# Warnings are errors here, never in the libraries we use: these are options of our targets, not of the build.
COPTS = [
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wcast-qual",
    "-Wshadow",
    "-Werror",
    # A designated initializer that leaves a member at its default is the point of it.
    "-Wno-missing-field-initializers",
    # Part of clang's -Wconversion; for GCC it is a matter of C.
    "-Wno-sign-conversion",
]

# Links a program without shared libraries, so that it runs on any machine of a cluster and in any guest. AddressSanitizer
# needs the dynamic loader; such a program is for tests on this machine.
STATIC_LINKOPTS = select({
    Label("//tools:asan"): [],
    "//conditions:default": ["-static"] + ["-Wl,--wrap=" + function for function in ["dlopen", "getaddrinfo", "gethostbyname"]],
})

# What those functions are then.
_STATIC_DEPS = [Label("//tools:static_stubs")]

# A build id is a hash over the link's inputs, paths among them.
_REPRODUCIBLE_LINKOPTS = ["-Wl,--build-id=none"]

# Compiles once for the tools that rules run and for what tests link, where --experimental_output_paths=strip allows it. A tag,
# because --modify_execution_info does not reach tools.
_TAGS = ["supports-path-mapping"]

def cc_library(name, copts = COPTS, tags = [], **kwargs):
    """rules_cc's, with our options.

    Args:
      name: the target's name.
      copts: compiler options.
      tags: list of string.
      **kwargs: other attributes.
    """
    _cc_library(name = name, copts = copts, tags = tags + _TAGS, **kwargs)

def cc_test(name, copts = COPTS, tags = [], **kwargs):
    """rules_cc's, with our options.

    Args:
      name: the target's name.
      copts: compiler options.
      tags: list of string.
      **kwargs: other attributes.
    """
    _cc_test(name = name, copts = copts, tags = tags + _TAGS, **kwargs)

# Attributes of a cc_binary that its program needs, too.
_COMMON = ["compatible_with", "exec_compatible_with", "restricted_to", "target_compatible_with", "testonly"]

def _declare_program(name, tags, visibility, **kwargs):
    _cc_binary(
        name = name + ".bin",
        tags = tags + _TAGS + ["manual"],
        visibility = ["//visibility:private"],
        **kwargs
    )
    common = {key: value for key, value in kwargs.items() if key in _COMMON}
    program(name = name, binary = name + ".bin", tags = tags, visibility = visibility, **common)

def static_binary(name, copts = COPTS, linkopts = [], deps = [], tags = [], visibility = None, **kwargs):
    """A program without shared libraries: it runs on any machine of a cluster, and its bytes do not depend on one.

    Args:
      name: the target's name.
      copts: compiler options.
      linkopts: linker options besides the static ones.
      deps: list of labels.
      tags: list of string.
      visibility: list of labels.
      **kwargs: other attributes of cc_binary.
    """
    _declare_program(
        name = name,
        copts = copts,
        linkopts = STATIC_LINKOPTS + _REPRODUCIBLE_LINKOPTS + linkopts,
        linkstatic = True,
        deps = deps + _STATIC_DEPS,
        tags = tags,
        visibility = visibility,
        **kwargs
    )

def network_binary(name, visibility = None, **kwargs):
    """A program that talks to registries. Name service and certificates are the machine's, and so are those shared libraries.

    Args:
      name: the target's name.
      visibility: list of labels.
      **kwargs: attributes of cc_binary.
    """
    _declare_program(name = name, copts = COPTS, linkopts = _REPRODUCIBLE_LINKOPTS, tags = [], visibility = visibility, **kwargs)
