"""The rules that describe a LinuxKit system. See docs/rules.md."""

load("//rules/private:container.bzl", "container_macro")
load("//rules/private:disk.bzl", _linuxkit_disk = "linuxkit_disk")
load("//rules/private:ext4.bzl", _linuxkit_ext4 = "linuxkit_ext4")
load("//rules/private:files.bzl", _linuxkit_files = "linuxkit_files")
load("//rules/private:image.bzl", _linuxkit_image = "linuxkit_image")
load("//rules/private:init.bzl", _linuxkit_init = "linuxkit_init")
load("//rules/private:iso.bzl", _linuxkit_iso = "linuxkit_iso")
load("//rules/private:kernel.bzl", _linuxkit_kernel = "linuxkit_kernel")
load("//rules/private:kernel_iso.bzl", _linuxkit_kernel_iso = "linuxkit_kernel_iso")
load("//rules/private:netboot.bzl", _linuxkit_netboot = "linuxkit_netboot")
load("//rules/private:package.bzl", _linuxkit_package = "linuxkit_package")
load("//rules/private:qemu.bzl", _linuxkit_boot_test = "linuxkit_boot_test")
load("//rules/private:root_boot.bzl", _linuxkit_root_boot = "linuxkit_root_boot")
load("//rules/private:rootfs_image.bzl", _linuxkit_erofs = "linuxkit_erofs", _linuxkit_squashfs = "linuxkit_squashfs")
load("//rules/private:secure_boot_key.bzl", _linuxkit_secure_boot_key = "linuxkit_secure_boot_key")
load("//rules/private:serve.bzl", _linuxkit_serve = "linuxkit_serve")
load("//rules/private:system_tar.bzl", _linuxkit_docker = "linuxkit_docker", _linuxkit_tar = "linuxkit_tar", _linuxkit_tar_kernel_initrd = "linuxkit_tar_kernel_initrd")
load("//rules/private:uki.bzl", _linuxkit_uki = "linuxkit_uki")
load("//rules/private:verity.bzl", _linuxkit_verity = "linuxkit_verity")
load("//rules/private:volume.bzl", _linuxkit_volume = "linuxkit_volume")

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
linuxkit_package = _linuxkit_package
linuxkit_root_boot = _linuxkit_root_boot
linuxkit_secure_boot_key = _linuxkit_secure_boot_key
linuxkit_serve = _linuxkit_serve
linuxkit_squashfs = _linuxkit_squashfs
linuxkit_tar = _linuxkit_tar
linuxkit_tar_kernel_initrd = _linuxkit_tar_kernel_initrd
linuxkit_uki = _linuxkit_uki
linuxkit_verity = _linuxkit_verity
linuxkit_volume = _linuxkit_volume

def linuxkit_onboot(name, image, container_name = None, **kwargs):
    """A container that runs at boot, after the ones before it and before the services.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), an OCI layout directory, or an OCI or docker archive.
      container_name: the container's name in the system. Default: `name`.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    container_macro("linuxkit_onboot", "onboot", name, image, container_name, kwargs)

def linuxkit_onshutdown(name, image, container_name = None, **kwargs):
    """A container that runs at shutdown, after the ones before it.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), an OCI layout directory, or an OCI or docker archive.
      container_name: the container's name in the system. Default: `name`.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    container_macro("linuxkit_onshutdown", "onshutdown", name, image, container_name, kwargs)

def linuxkit_service(name, image, container_name = None, **kwargs):
    """A container that runs as long as the system does.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), an OCI layout directory, or an OCI or docker archive.
      container_name: the container's name in the system. Default: `name`.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    container_macro("linuxkit_service", "services", name, image, container_name, kwargs)
