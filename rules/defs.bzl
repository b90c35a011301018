"""The rules that describe a LinuxKit system. See docs/rules.md."""

load("//rules/private:disk.bzl", _linuxkit_disk = "linuxkit_disk")
load("//rules/private:ext4.bzl", _linuxkit_ext4 = "linuxkit_ext4")
load("//rules/private:image.bzl", _linuxkit_image = "linuxkit_image")
load("//rules/private:init.bzl", _linuxkit_init = "linuxkit_init")
load("//rules/private:iso.bzl", _linuxkit_iso = "linuxkit_iso")
load("//rules/private:kernel.bzl", _linuxkit_kernel = "linuxkit_kernel")
load("//rules/private:kernel_iso.bzl", _linuxkit_kernel_iso = "linuxkit_kernel_iso")
load("//rules/private:macros.bzl", _linuxkit_boot_test = "linuxkit_boot_test", _linuxkit_files = "linuxkit_files", _linuxkit_onboot = "linuxkit_onboot", _linuxkit_onshutdown = "linuxkit_onshutdown", _linuxkit_package = "linuxkit_package", _linuxkit_service = "linuxkit_service", _linuxkit_volume = "linuxkit_volume")
load("//rules/private:netboot.bzl", _linuxkit_netboot = "linuxkit_netboot")
load("//rules/private:oci_image.bzl", _linuxkit_oci_image = "linuxkit_oci_image")
load("//rules/private:root_boot.bzl", _linuxkit_root_boot = "linuxkit_root_boot")
load("//rules/private:rootfs_image.bzl", _linuxkit_erofs = "linuxkit_erofs", _linuxkit_squashfs = "linuxkit_squashfs")
load("//rules/private:secure_boot_key.bzl", _linuxkit_secure_boot_key = "linuxkit_secure_boot_key")
load("//rules/private:serve.bzl", _linuxkit_serve = "linuxkit_serve")
load("//rules/private:system_tar.bzl", _linuxkit_docker = "linuxkit_docker", _linuxkit_tar = "linuxkit_tar", _linuxkit_tar_kernel_initrd = "linuxkit_tar_kernel_initrd")
load("//rules/private:uki.bzl", _linuxkit_uki = "linuxkit_uki")
load("//rules/private:verity.bzl", _linuxkit_verity = "linuxkit_verity")

linuxkit_boot_test = _linuxkit_boot_test
linuxkit_disk = _linuxkit_disk
linuxkit_docker = _linuxkit_docker
linuxkit_erofs = _linuxkit_erofs
linuxkit_ext4 = _linuxkit_ext4
linuxkit_files = _linuxkit_files
linuxkit_image = _linuxkit_image
linuxkit_init = _linuxkit_init
linuxkit_iso = _linuxkit_iso
linuxkit_kernel = _linuxkit_kernel
linuxkit_kernel_iso = _linuxkit_kernel_iso
linuxkit_netboot = _linuxkit_netboot
linuxkit_oci_image = _linuxkit_oci_image
linuxkit_onboot = _linuxkit_onboot
linuxkit_onshutdown = _linuxkit_onshutdown
linuxkit_package = _linuxkit_package
linuxkit_root_boot = _linuxkit_root_boot
linuxkit_secure_boot_key = _linuxkit_secure_boot_key
linuxkit_serve = _linuxkit_serve
linuxkit_service = _linuxkit_service
linuxkit_squashfs = _linuxkit_squashfs
linuxkit_tar = _linuxkit_tar
linuxkit_tar_kernel_initrd = _linuxkit_tar_kernel_initrd
linuxkit_uki = _linuxkit_uki
linuxkit_verity = _linuxkit_verity
linuxkit_volume = _linuxkit_volume
