"""The rules that describe a LinuxKit system. See docs/rules.md."""

load("//rules/private:container.bzl", "container_macro")
load("//rules/private:files.bzl", _linuxkit_files = "linuxkit_files")
load("//rules/private:image.bzl", _linuxkit_image = "linuxkit_image")
load("//rules/private:init.bzl", _linuxkit_init = "linuxkit_init")
load("//rules/private:kernel.bzl", _linuxkit_kernel = "linuxkit_kernel")
load("//rules/private:package.bzl", _linuxkit_package = "linuxkit_package")
load("//rules/private:qemu.bzl", _linuxkit_boot_test = "linuxkit_boot_test")
load("//rules/private:root_boot.bzl", _linuxkit_root_boot = "linuxkit_root_boot")
load("//rules/private:verity.bzl", _linuxkit_verity = "linuxkit_verity")
load("//rules/private:volume.bzl", _linuxkit_volume = "linuxkit_volume")

linuxkit_boot_test = _linuxkit_boot_test
linuxkit_files = _linuxkit_files
linuxkit_image = _linuxkit_image
linuxkit_init = _linuxkit_init
linuxkit_kernel = _linuxkit_kernel
linuxkit_package = _linuxkit_package
linuxkit_root_boot = _linuxkit_root_boot
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
