"""How programs of the guest are compiled and linked."""

load("//tools:cc.bzl", "COPTS", "cc_library", "cc_test", "static_binary")

# Small before fast: the programs are part of every image and their work is system calls.
_COPTS = COPTS + [
    "-Os",
    "-ffunction-sections",
    "-fdata-sections",
]

def guest_library(name, **kwargs):
    """A cc_library of the guest.

    Args:
      name: the target's name.
      **kwargs: attributes of cc_library.
    """
    cc_library(name = name, copts = _COPTS, **kwargs)

def guest_test(name, **kwargs):
    """A cc_test of the guest's libraries.

    Args:
      name: the target's name.
      **kwargs: attributes of cc_test.
    """
    cc_test(name = name, copts = _COPTS, **kwargs)

def guest_binary(name, **kwargs):
    """A program of the guest.

    Static, because a guest has no C library of ours; without symbols and unused sections, because it is loaded into memory.

    Args:
      name: the target's name.
      **kwargs: attributes of cc_binary.
    """
    static_binary(name = name, copts = _COPTS, linkopts = ["-Wl,--gc-sections", "-s"], **kwargs)
