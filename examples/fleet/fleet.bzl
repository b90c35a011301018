"""A system for each site of a fleet."""

load("//rules:defs.bzl", "linuxkit_files", "linuxkit_image")

def site(name, contact):
    """Declares the system of one site.

    Args:
      name: the site; becomes the host name.
      contact: who to call.
    """
    linuxkit_files(
        name = name + "_files",
        files = [
            {"path": "etc/hostname", "contents": name + "\n", "mode": "0644"},
            {"path": "etc/contact", "contents": contact + "\n", "mode": "0644"},
        ],
    )
    linuxkit_image(
        name = name,
        files = [":{}_files".format(name)],
        init = [":init"],
        kernel = "//os:kernel",
        onboot = [":dhcp"],
        profile = "hardened",
        services = [":getty"],
    )
