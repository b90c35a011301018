"""Output formats: what their actions get, and mistakes."""

load("//rules:defs.bzl", "linuxkit_disk", "linuxkit_ext4", "linuxkit_image", "linuxkit_iso", "linuxkit_kernel")
load("//rules/toolchains:defs.bzl", "linuxkit_bios_boot")
load(":asserts.bzl", "actions_test", "command_line_test", "failure_test")

_IMAGE = ":formats_image"

def _iso_tests():
    actions_test(
        name = "an_iso_has_a_configuration_for_each_boot_program",
        target_under_test = ":formats_image_iso",
        mnemonics = ["LinuxkitBootConfig", "LinuxkitBootConfig", "LinuxkitIso"],
    )
    command_line_test(
        name = "an_iso_has_defaults",
        target_under_test = ":formats_image_iso",
        mnemonic = "LinuxkitIso",
        words = [
            "--efi_text=/loader/loader.conf=timeout 0\\n",
            "--time=0",
            "--volume_id=LINUXKIT",
        ],
        prefixes = [
            "--bios_mbr=",
            "--bios_program=",
            "--efi_file=/EFI/BOOT/BOOTX64.EFI=",
            "--efi_file=/boot/initrd.img=",
            "--efi_file=/boot/kernel=",
            "--efi_file=/loader/entries/linuxkit.conf=",
            "--file=/boot/initrd.img=",
            "--file=/boot/kernel=",
            "--file=/isolinux/isolinux.cfg=",
            "--file=/isolinux/ldlinux.c32=",
        ],
        absent = ["--publisher=", "--preparer=", "--application="],
    )
    command_line_test(
        name = "an_iso_for_uefi_has_nothing_for_a_bios",
        target_under_test = ":formats_image_iso_efi",
        mnemonic = "LinuxkitIso",
        absent = ["--bios", "--file="],
    )
    command_line_test(
        name = "an_iso_for_a_bios_has_nothing_for_uefi",
        target_under_test = ":formats_image_iso_bios",
        mnemonic = "LinuxkitIso",
        absent = ["--efi"],
    )
    linuxkit_iso(
        name = "full_iso",
        application = "A",
        files = {"x.txt": "/docs/100%.txt"},
        firmware = ["efi"],
        image = _IMAGE,
        preparer = "B",
        publisher = "C",
        tags = ["manual"],
        time = 1700000000,
        uki = "x.efi",
        volume_id = "MINE",
    )
    command_line_test(
        name = "an_iso_gets_all_its_flags",
        target_under_test = ":full_iso",
        mnemonic = "LinuxkitIso",
        words = [
            "--application=A",
            "--efi_file=/EFI/BOOT/BOOTX64.EFI=tests/analysis/x.efi",
            "--file=/docs/100%25.txt=tests/analysis/x.txt",
            "--preparer=B",
            "--publisher=C",
            "--time=1700000000",
            "--volume_id=MINE",
        ],
        absent = ["--efi_text=", "--efi_file=/boot"],
    )
    return [
        "an_iso_for_a_bios_has_nothing_for_uefi",
        "an_iso_for_uefi_has_nothing_for_a_bios",
        "an_iso_gets_all_its_flags",
        "an_iso_has_a_configuration_for_each_boot_program",
        "an_iso_has_defaults",
    ]

def _disk_tests():
    command_line_test(
        name = "a_disk_for_both_has_two_boot_programs",
        target_under_test = ":formats_image_raw",
        mnemonic = "LinuxkitDisk",
        words = ["--boot_size=0", "--size=0", "--table=gpt", "--text=/loader/loader.conf=timeout 0\\n"],
        prefixes = [
            "--file=/EFI/BOOT/BOOTX64.EFI=",
            "--file=/boot/initrd.img=",
            "--file=/boot/kernel=",
            "--file=/grub/grub.cfg=",
            "--file=/loader/entries/linuxkit.conf=",
            "--grub_boot=",
            "--grub_core=",
        ],
    )
    command_line_test(
        name = "a_disk_for_a_bios_has_an_mbr",
        target_under_test = ":formats_image_raw_bios",
        mnemonic = "LinuxkitDisk",
        words = ["--table=mbr"],
        absent = ["--file=/EFI", "--file=/loader", "--text="],
    )
    command_line_test(
        name = "a_disk_for_uefi_has_no_grub",
        target_under_test = ":formats_image_raw_efi",
        mnemonic = "LinuxkitDisk",
        words = ["--table=gpt"],
        absent = ["--grub", "--file=/grub"],
    )
    linuxkit_disk(
        name = "full_disk",
        boot_size = 100,
        data = {"state": "200", "rest": "0"},
        data_images = {"x.txt": "ext4"},
        files = {"BUILD.bazel": "/docs/build"},
        image = _IMAGE,
        size_mib = 1000,
        tags = ["manual"],
        time = 5,
    )
    command_line_test(
        name = "a_disk_gets_all_its_flags",
        target_under_test = ":full_disk",
        mnemonic = "LinuxkitDisk",
        words = [
            "--boot_size=100",
            "--data=rest=0",
            "--data=state=200",
            "--data_image=ext4=tests/analysis/x.txt",
            "--file=/docs/build=tests/analysis/BUILD.bazel",
            "--size=1000",
            "--time=5",
        ],
    )
    return [
        "a_disk_for_a_bios_has_an_mbr",
        "a_disk_for_both_has_two_boot_programs",
        "a_disk_for_uefi_has_no_grub",
        "a_disk_gets_all_its_flags",
    ]

def _ext4_tests():
    linuxkit_ext4(name = "state", size_mib = 100, tags = ["manual"])
    command_line_test(
        name = "an_ext4_has_its_name_as_label",
        target_under_test = ":state",
        mnemonic = "LinuxkitExt4",
        words = ["--label=state", "--size_mib=100"],
        prefixes = ["--program="],
    )
    linuxkit_disk(
        name = "disk_with_ext4",
        data_images = {":state": "data"},
        image = _IMAGE,
        tags = ["manual"],
    )
    command_line_test(
        name = "an_ext4_goes_into_a_partition",
        target_under_test = ":disk_with_ext4",
        mnemonic = "LinuxkitDisk",
        prefixes = ["--data_image=data="],
    )
    return ["an_ext4_goes_into_a_partition", "an_ext4_has_its_name_as_label"]

def _root_tests():
    command_line_test(
        name = "a_root_file_system_boots_with_the_systems_command_line",
        target_under_test = ":formats_image_root_boot.kernel",
        mnemonic = "LinuxkitCmdline",
        prefixes = ["--cmdline_file=", "--info="],
        absent = ["--append"],
    )
    command_line_test(
        name = "a_checked_root_has_its_root_hash_on_the_command_line",
        target_under_test = ":formats_image_verity_root_boot.kernel",
        mnemonic = "LinuxkitCmdline",
        prefixes = ["--append_file="],
        absent = ["--append="],
    )
    return [
        "a_checked_root_has_its_root_hash_on_the_command_line",
        "a_root_file_system_boots_with_the_systems_command_line",
    ]

def _failures():
    linuxkit_iso(name = "iso_for_nothing", firmware = [], image = _IMAGE, tags = ["manual"])
    linuxkit_iso(name = "iso_of_no_kernel", image = ":without_kernel", tags = ["manual"])
    linuxkit_iso(
        name = "iso_with_one_path_twice",
        files = {"BUILD.bazel": "/a", "x.txt": "/a"},
        image = _IMAGE,
        tags = ["manual"],
    )
    linuxkit_disk(name = "disk_with_a_bad_size", data = {"state": "1G"}, image = _IMAGE, tags = ["manual"])
    linuxkit_bios_boot(name = "two_programs", isolinux = ":two_files", tags = ["manual"])
    failures = {
        "disk_with_a_bad_size": "data: state has size \"1G\"; expected a number of MiB, 0 for what is left.",
        "iso_for_nothing": "firmware: found an empty list; expected \"bios\", \"efi\" or both.",
        "iso_of_no_kernel": "has no kernel; expected a linuxkit_image with one.",
        "iso_with_one_path_twice": "have the path /a; expected one file for it.",
        "two_programs": "isolinux: @@//tests/analysis:two_files has 2 files; expected one.",
    }
    for subject, message in failures.items():
        failure_test(name = subject + "_test", message = message, target_under_test = ":" + subject)
    return [subject + "_test" for subject in failures]

def format_tests(name):
    """Declares the tests and a suite of them.

    Args:
      name: the suite's name.
    """
    linuxkit_kernel(name = "formats_kernel", tags = ["manual"], vmlinuz = "x.txt")
    linuxkit_image(name = "formats_image", init = [], kernel = ":formats_kernel", tags = ["manual"])
    native.test_suite(name = name, tests = _iso_tests() + _disk_tests() + _ext4_tests() + _root_tests() + _failures())
