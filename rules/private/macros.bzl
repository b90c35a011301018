"""What users call where a rule wants something else than they write.

Each rule has the name of its macro, so that kind() in a query finds what users wrote. Hence the macros stand apart: in one file
the two would clash.
"""

load("//rules/private:attributes.bzl", "COMMON_ATTRIBUTES", "check_type")
load("//rules/private:container.bzl", _onboot = "linuxkit_onboot", _onshutdown = "linuxkit_onshutdown", _service = "linuxkit_service")
load("//rules/private:container_fields.bzl", "container_attributes")
load("//rules/private:files.bzl", _files = "linuxkit_files")
load("//rules/private:formats.bzl", "boot_format_suffix")
load("//rules/private:package.bzl", _package = "linuxkit_package")
load("//rules/private:profile.bzl", "check_profile")
load("//rules/private:qemu.bzl", _boot_test = "linuxkit_boot_test")
load("//rules/private:volume.bzl", _volume = "linuxkit_volume")

visibility("//rules/...")

def _declare_container(rule_of_section, rule_name, name, image, container_name, profile, kwargs):
    """Declares a container target.

    Args:
      rule_of_section: the rule.
      rule_name: its name, for messages.
      name: the target's name.
      image: label of the image.
      container_name: the container's name or None.
      profile: the container's profile or None.
      kwargs: fields of the entry and attributes common to all rules.
    """
    check_profile(rule_name, name, profile)
    common = {key: value for key, value in kwargs.items() if key in COMMON_ATTRIBUTES}

    # Everything else must be a field of the entry.
    fields = {key: value for key, value in kwargs.items() if key not in COMMON_ATTRIBUTES}
    rule_of_section(
        name = name,
        image = image,
        container_name = container_name,
        profile = profile,
        **(common | container_attributes(rule_name, name, fields))
    )

def linuxkit_onboot(name, image, container_name = None, profile = None, **kwargs):
    """A container that runs at boot, after the ones before it and before the services.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), or an OCI layout directory or an OCI or docker archive, also as a file.
      container_name: the container's name in the system. Default: `name`.
      profile: "linuxkit" or "hardened" (docs/security.md): defaults of the fields that neither the entry nor the image sets. Default:
        that of the linuxkit_image.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    _declare_container(_onboot, "linuxkit_onboot", name, image, container_name, profile, kwargs)

def linuxkit_onshutdown(name, image, container_name = None, profile = None, **kwargs):
    """A container that runs at shutdown, after the ones before it.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), or an OCI layout directory or an OCI or docker archive, also as a file.
      container_name: the container's name in the system. Default: `name`.
      profile: "linuxkit" or "hardened" (docs/security.md): defaults of the fields that neither the entry nor the image sets. Default:
        that of the linuxkit_image.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    _declare_container(_onshutdown, "linuxkit_onshutdown", name, image, container_name, profile, kwargs)

def linuxkit_service(name, image, container_name = None, profile = None, **kwargs):
    """A container that runs as long as the system does.

    Args:
      name: the target's name.
      image: a target with OciImageInfo (linuxkit_package), or an OCI layout directory or an OCI or docker archive, also as a file.
      container_name: the container's name in the system. Default: `name`.
      profile: "linuxkit" or "hardened" (docs/security.md): defaults of the fields that neither the entry nor the image sets. Default:
        that of the linuxkit_image.
      **kwargs: fields of the entry (docs/rules.md#containers) and attributes common to all rules.
    """
    _declare_container(_service, "linuxkit_service", name, image, container_name, profile, kwargs)

def linuxkit_files(name, files, **kwargs):
    """Entries of `files`, in order.

    Args:
      name: the target's name.
      files: list of dict with the keys of the YAML: `path`, one of `contents`, `source` (a label), `symlink` and
        `directory = True`, and optionally `mode` (a string of octal digits; default "0600", directories "0700"), `uid`,
        `gid`. Directories above a path that no earlier entry wrote are written too, their mode derived from the file's: give
        an explicit mode such as "0644".
      **kwargs: attributes common to all rules.
    """
    check_type("linuxkit_files", name, "files", files, "a list of dict", "[{\"path\": \"etc/motd\", \"contents\": \"…\"}]")
    sources = {}
    for entry in files:
        check_type("linuxkit_files", name, "an entry of files", entry, "a dict", "{\"path\": \"etc/motd\", \"contents\": \"…\"}")
        if "source" in entry:
            sources[entry["source"]] = entry["source"]
    _files(name = name, entries = json.encode(files), sources = sources, **kwargs)

def linuxkit_volume(name, image = None, format = "filesystem", **kwargs):
    """An entry of `volumes`: a directory, empty or filled from an image, that containers bind by name.

    A container refers to it with `binds = ["NAME:/path"]`. It is writable in RAM at run time; `readonly` only forbids
    containers to bind it for writing, as in LinuxKit.

    Args:
      name: the target's name.
      image: the content to begin with. Default: empty. For format "oci" also a target with OciIndexInfo, such as
        `@linuxkit//image:redis.index`.
      format: "filesystem", the image's files, or "oci", the image itself as an OCI layout.
      **kwargs: `volume_name` (default: `name`), `readonly`, `platforms` (of format "oci": which of the image's platforms;
        default all), and attributes common to all rules.
    """
    _volume(
        name = name,
        format = format,
        image = image if format != "oci" else None,
        layout = image if format == "oci" else None,
        **kwargs
    )

def linuxkit_package(name, files = {}, config = None, **kwargs):
    """An OCI image from tars, files and Debian packages: what `linuxkit pkg build` makes, without a daemon.

    The output group `layout` is the image as an OCI layout directory, for skopeo, crane and their like.

    With `base` the files go on top of another image, as after `FROM` in a Dockerfile: `env` and `labels` replace the base's by
    name, `entrypoint` replaces its entrypoint and command, `command` its command, `working_dir` its directory; all else remains.

    Args:
      name: the target's name.
      files: dict, path in the image to the file's label; mode 0755 for a program (ELF or `#!`), else 0644.
      config: dict, the label org.mobyproject.config: defaults for the fields of the container, keys as in the YAML
        (`{"capabilities": ["CAP_NET_ADMIN"], "binds": ["/dev:/dev"]}`). Excludes `build_yml`.
      **kwargs: `base` (what a container takes as `image`), `debs`, `tars`, `symlinks`, `directories`, `excludes`,
        `strip_docs`, `merge_usr`, `entrypoint`, `command`, `env`, `labels`, `working_dir`, `build_yml`, and attributes common to
        all rules.
    """
    if config != None and kwargs.get("build_yml"):
        fail("linuxkit_package(name = \"{}\"): found config and build_yml; expected one of them.".format(name))
    check_type("linuxkit_package", name, "files", files, "a dict", "{\"usr/bin/app\": \":app\"}")
    check_type("linuxkit_package", name, "config", config, "a dict", "{\"binds\": [\"/dev:/dev\"]}")
    paths = {}
    for path, label in files.items():
        paths.setdefault(label, []).append(path)
    _package(
        name = name,
        files = {label: json.encode(sorted(places)) for label, places in paths.items()},
        config = json.encode(config) if config != None else "",
        **kwargs
    )

def _output_of(image, boot):
    """The label of the target that linuxkit_image declares for a format."""
    if boot in ["", "kernel+initrd"]:
        return []
    label = str(image)
    if "//" in label and ":" not in label:
        label += ":" + label.split("/")[-1]
    return ["{}_{}".format(label, boot_format_suffix(boot))]

def linuxkit_boot_test(name, image, boot = "", medium = [], expect = [], ports = [], commands = [], size = "medium", **kwargs):
    """Boots a system without a display, asserts on what it does, and shuts it down cleanly.

    The verdict comes over a channel that only the guest's PID 1 can write (docs/guest-protocol.md). Whatever the test
    asserts, it fails if the kernel complains (a panic, an initramfs that does not unpack, memory that runs out), if a
    container fails that is not in `allow_failed`, or if the shutdown is not clean. One boot reports everything that fails: of a
    container how it ended and the last lines it wrote, or runc's words if it could not be started. The serial log and what each
    container has written (`logs/services/NAME.log`, `NAME.out.log`) are among the test's outputs.

    Args:
      name: the target's name.
      image: a linuxkit_image with a kernel.
      boot: what is booted: an output format by the name that `NAME_qemu -- --boot=` has for it, such as "iso" or "uki". By
        default kernel and initrd, which QEMU loads itself.
      medium: label or list of labels, the files of that format; by default those that `NAME_qemu` boots.
      expect: list of regular expressions; each must appear on the console, in any order.
      ports: list of dict, services to reach through a forwarded port: `{"port": 80, "path": "/", "status": 200, "expect":
        "regex"}` for HTTP, `{"port": 22, "protocol": "tcp", "expect": "^SSH-2"}` else.
      commands: list of dict, commands to run in the guest: `{"container": "web", "shell": "cat /etc/x", "expect": "regex"}`;
        without a container in the root file system. The status must be 0.
      size: the test's size, whose timeout bounds the boot.
      **kwargs: `forbid` (regular expressions that must not appear), `allow_failed` (names of containers), `kernel_args`
        (words after the image's command line, where that is not inside a medium), `attach` ("cd", "usb", "virtio", "ide",
        which is SATA on a q35, "nvme" or "scsi"; default: what the format is for), `bootfile` (for "netboot": the name of the
        file among those of `medium` that DHCP tells the firmware to load; default "boot.ipxe", with UEFI "ipxe.efi"),
        `firmware` ("seabios", "ovmf" or "ovmf-secureboot"; default: what the format needs), `firmware_vars` (label of a
        template of OVMF's variables, with the keys of Secure Boot), `machine` ("q35" or "pc"), `netboot_server` (label of a
        program that serves the files of a network boot by HTTP instead of QEMU by TFTP), `refused` (list of regular
        expressions: the boot must be refused with these lines, and the guest must not run), `mem` (MiB; default 1024 or what
        the image needs), `cpus`, `accel` ("auto", "kvm" or "tcg"; default: what the build setting
        `@rules_linuxkit//rules/settings:test_accel` says), `channel` ("guest"; "console" for an init that does not know the protocol but has a shell
        on the console; "none"; "off" for an image whose test channel is closed, as that of a signed one: the guest must not open it),
        `networking` ("restricted": the guest reaches neither the host nor anything beyond, which is the default; "user"), `smbios` (OEM
        strings of the machine), and attributes common to all tests.
    """
    check_type("linuxkit_boot_test", name, "ports", ports, "a list of dict", "[{\"port\": 80}]")
    check_type("linuxkit_boot_test", name, "commands", commands, "a list of dict", "[{\"shell\": \"true\"}]")
    media = [medium] if type(medium) == "string" else medium
    _boot_test(
        name = name,
        image = image,
        boot = boot,
        medium = media or _output_of(image, boot),
        expect = expect,
        ports = [json.encode(port) for port in ports],
        commands = [json.encode(command) for command in commands],
        size = size,
        **kwargs
    )
