"""Compiler options of all C++ of this repository."""

# Warnings are errors here, never in the libraries we use: these are options of our targets, not of the build.
COPTS = [
    "-Wall",
    "-Wextra",
    "-Wconversion",
    "-Wcast-qual",
    "-Wshadow",
    "-Werror",
]
