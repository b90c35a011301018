"""Tests of functions that no target shows: what they return."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//tools:program.bzl", "with_cpp20")

# Compiler options -> those of our programs.
_CPP20 = [
    ([], ["-std=c++20"]),
    (["-Wall"], ["-Wall", "-std=c++20"]),
    (["-std=c++17", "-g"], ["-std=c++17", "-g", "-std=c++20"]),
    (["-std=c++20"], ["-std=c++20"]),
    (["-std=gnu++2b", "-g"], ["-std=gnu++2b", "-g"]),
    (["-std=c++23", "-std=c++14"], ["-std=c++23", "-std=c++14", "-std=c++20"]),
    (["-std=c++14", "-std=c++26"], ["-std=c++14", "-std=c++26"]),
]

def _cpp20_test_impl(ctx):
    env = unittest.begin(ctx)
    for options, expected in _CPP20:
        asserts.equals(env, expected, with_cpp20(options))
    return unittest.end(env)

cpp20_test = unittest.make(_cpp20_test_impl)
