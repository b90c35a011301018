"""What the hub repository `@linuxkit` loads. BUILD files load `@linuxkit//:defs.bzl`."""

load("//rules/private:config_image.bzl", _locked_linuxkit_image = "locked_linuxkit_image")
load("//rules/private:lock_tool.bzl", _linuxkit_lock_tool = "linuxkit_lock_tool")
load("//rules/private:locked_image.bzl", _locked_blobs = "locked_blobs", _locked_images = "locked_images")

linuxkit_lock_tool = _linuxkit_lock_tool
locked_blobs = _locked_blobs
locked_images = _locked_images
locked_linuxkit_image = _locked_linuxkit_image
