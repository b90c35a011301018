"""Compiler options of all C++ of this repository."""

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
]
