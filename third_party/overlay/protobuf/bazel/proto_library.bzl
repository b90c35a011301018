"""The public module's proto_library, here Bazel's own."""

proto_library = native.proto_library
