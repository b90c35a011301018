"""The ruleset in WORKSPACE mode.

    load("@rules_linuxkit//rules:repositories.bzl", "rules_linuxkit_dependencies")
    rules_linuxkit_dependencies()

A repository that the WORKSPACE has declared before is left alone, so that any other version or source can be used.
"""

load("//rules/private:boot_programs.bzl", "boot_programs")
load("//rules/private:hub.bzl", "linuxkit_hub")
load("//third_party/debian:archive.bzl", "debian_archive")
load("//third_party/isal:archive.bzl", "isal_archive")

# Where the build root has what third_party/overlay wraps, and the rules that Debian packages.
_OVERLAY = "/usr/share/linuxkit/third_party/overlay/"
_RULES = "/usr/share/bazel/"

_REPOSITORIES = {
    "abseil-cpp": _OVERLAY + "abseil-cpp",
    "bazel_features": _RULES + "tools/features",
    "bazel_skylib": _RULES + "tools/skylib",
    "curl": _OVERLAY + "curl",
    "google_benchmark": _OVERLAY + "google_benchmark",
    "googletest": _OVERLAY + "googletest",
    "libarchive": _OVERLAY + "libarchive",
    "nasm": _OVERLAY + "nasm",
    "nlohmann_json": _OVERLAY + "nlohmann_json",
    "openssl": _OVERLAY + "openssl",
    "platforms": _RULES + "tools/platforms",
    "protobuf": _OVERLAY + "protobuf",
    "com_google_protobuf": _OVERLAY + "protobuf",
    "rules_cc": _RULES + "rules/cc",
    "rules_java": _RULES + "rules/java",
    "rules_license": _RULES + "rules/license",
    "rules_proto": _RULES + "rules/proto",
    "rules_python": _RULES + "rules/python",
    "xz": _OVERLAY + "xz",
    "yaml-cpp": _OVERLAY + "yaml-cpp",
    "zlib": _OVERLAY + "zlib",
    "zstd": _OVERLAY + "zstd",
}

# A WORKSPACE calls it once; there is nothing to name.
# buildifier: disable=unnamed-macro
def rules_linuxkit_dependencies():
    """Declares what the tools are built from, as far as the WORKSPACE has not declared it.

    The defaults are the copies of the build root (./bazelw). Outside of it, declare the repositories yourself under the names
    of the public module registry.
    """
    for name, path in _REPOSITORIES.items():
        if not native.existing_rule(name):
            native.local_repository(name = name, path = path)
    if not native.existing_rule("debian_archive"):
        debian_archive(name = "debian_archive")
    if not native.existing_rule("isa-l"):
        isal_archive(name = "isa-l")
    if not native.existing_rule("linuxkit_boot_programs"):
        boot_programs(name = "linuxkit_boot_programs")
    native.register_toolchains("@rules_linuxkit//rules/toolchains:all")

def linuxkit_lock(name, lock, configs = [], images = [], layouts = {}, platforms = []):
    """The hub repository of a lock file, as the module extension makes it. See docs/lock.md.

    Args:
      name: the repository's name; `linuxkit` in all documentation.
      lock: label of the lock file, which may not exist yet.
      configs: labels of the workspace's YAML files.
      images: references that Starlark uses and no YAML file names.
      layouts: dict, such references that volumes of format oci hold: reference to list of platforms, empty for all.
      platforms: OS/ARCHITECTURE to pin images for. Default: linux/amd64.
    """
    linuxkit_hub(
        name = name,
        hub_name = name,
        lock = lock,
        configs = configs,
        images = images,
        layouts = [reference + "=" + ",".join(names) for reference, names in layouts.items()],
        platforms = platforms,
    )
