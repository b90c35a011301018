"""How programs of the guest are compiled and linked."""

load("//tools:copts.bzl", "COPTS", "STATIC_LINKOPTS")

# Small before fast: the programs are part of every image and their work is system calls.
GUEST_COPTS = COPTS + [
    "-Os",
    "-ffunction-sections",
    "-fdata-sections",
]

# Static, because a guest has no C library of ours; without symbols and unused sections, because it is loaded into memory.
GUEST_LINKOPTS = STATIC_LINKOPTS + [
    "-Wl,--gc-sections",
    "-s",
]
