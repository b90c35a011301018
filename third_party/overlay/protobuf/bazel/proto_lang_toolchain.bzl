"""The rule behind //:cc_toolchain, here Bazel's own."""

proto_lang_toolchain = native.proto_lang_toolchain
