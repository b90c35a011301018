"""The public module's cc_proto_library, here Bazel's own."""

cc_proto_library = native.cc_proto_library
