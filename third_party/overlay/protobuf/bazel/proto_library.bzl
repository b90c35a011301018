"""The public module's proto_library, here Bazel's own."""

load("@rules_proto//proto:defs.bzl", _proto_library = "proto_library")

proto_library = _proto_library
