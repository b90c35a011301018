"""Compiler and linker options of all C++ of this repository."""

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
    "//conditions:default": ["-static"],
})
