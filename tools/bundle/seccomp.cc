#include "tools/bundle/seccomp.h"

#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_split.h"

namespace linuxkit {
namespace {

// By subject. Not there on purpose: keyrings (add_key, keyctl, request_key), io_uring, userfaultfd,
// kexec, mounts, namespaces, modules, bpf and perf, the clock, quotas, NUMA policies, nfsservctl
// and what is obsolete.
constexpr std::string_view kAllowed[] = {
    // Open files.
    "close close_range copy_file_range creat dup dup2 dup3 fadvise64 fallocate fcntl fdatasync "
    "flock fsync ftruncate ioctl lseek open openat openat2 pread64 preadv preadv2 pwrite64 pwritev "
    "pwritev2 read readahead readv sendfile splice sync sync_file_range syncfs tee truncate "
    "vmsplice write writev",
    // Names and attributes of files.
    "access cachestat chdir chmod chown faccessat faccessat2 fchdir fchmod fchmodat fchmodat2 "
    "fchown fchownat fgetxattr flistxattr fremovexattr fsetxattr fstat fstatfs futimesat getcwd "
    "getdents getdents64 getxattr getxattrat lchown lgetxattr link linkat listmount listxattr "
    "listxattrat llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat "
    "name_to_handle_at newfstatat readlink readlinkat removexattr removexattrat rename renameat "
    "renameat2 rmdir setxattr setxattrat stat statfs statmount statx symlink symlinkat umask "
    "unlink unlinkat utime utimensat utimes",
    // Waiting for something.
    "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
    "epoll_wait_old eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 "
    "inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit pause "
    "pipe "
    "pipe2 poll ppoll pselect6 select signalfd signalfd4 timerfd_create timerfd_gettime "
    "timerfd_settime",
    // Memory.
    "brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 "
    "mlockall mmap mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free "
    "pkey_mprotect remap_file_pages",
    // Processes and threads. The clone calls are below.
    "arch_prctl capget capset execve execveat exit exit_group fork get_robust_list get_thread_area "
    "getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority getresgid "
    "getresuid getrlimit getrusage getsid gettid getuid ioprio_get ioprio_set modify_ldt "
    "pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease process_vm_readv "
    "process_vm_writev ptrace restart_syscall riscv_flush_icache riscv_hwprobe rseq "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address setfsgid "
    "setfsuid setgid setgroups setpgid setpriority setregid setresgid setresuid setreuid setrlimit "
    "setsid setuid uretprobe vfork wait4 waitid",
    // A process limits itself.
    "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp",
    // Signals.
    "kill rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait rt_tgsigqueueinfo sigaltstack tgkill tkill",
    // Processes with each other.
    "futex futex_requeue futex_wait futex_waitv futex_wake mq_getsetattr mq_notify mq_open "
    "mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop "
    "semtimedop shmat shmctl shmdt shmget",
    // The network. socket is below.
    "accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg "
    "recvmsg sendmmsg sendmsg sendto setsockopt shutdown socketpair",
    // The time. Without a capability adjtimex and clock_adjtime only read.
    "adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer "
    "gettimeofday nanosleep setitimer time timer_create timer_delete timer_getoverrun "
    "timer_gettime timer_settime times",
    // The system.
    "getrandom sysinfo uname",
};

struct Grant {
  std::string_view capability;
  std::string_view calls;
};

constexpr std::string_view kSysAdmin = "CAP_SYS_ADMIN";

// What the kernel refuses to everybody who lacks the capability.
constexpr Grant kWithCapability[] = {
    {"CAP_BPF", "bpf"},
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_PERFMON", "perf_event_open"},
    {kSysAdmin,
     "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie "
     "lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount "
     "open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns swapoff "
     "swapon "
     "syslog umount2 unshare"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_CHROOT", "chroot"},
    {"CAP_SYS_MODULE", "delete_module finit_module init_module"},
    {"CAP_SYS_NICE", "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_PTRACE", "kcmp pidfd_getfd process_madvise"},
    {"CAP_SYS_RAWIO", "ioperm iopl"},
    {"CAP_SYS_TIME", "clock_settime settimeofday"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
    {"CAP_SYSLOG", "syslog"},
};

// Execution domains: Linux, that of 32-bit programs on 64 bits, both with uname's old version
// numbers, and the question which one it is.
constexpr uint64_t kPersonalities[] = {0, 0x8, 0x20000, 0x20008, 0xffffffff};

// Flags of clone that make namespaces. That of the time is no flag of clone.
constexpr uint64_t kNamespaces = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS |
                                 CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS;

OrderedJson Rule(std::string_view call, std::string_view action) {
  return {{"names", OrderedJson::array({call})}, {"action", action}};
}

// Allows a call for some values of its first argument.
OrderedJson AllowIf(std::string_view call, std::string_view comparison, uint64_t value) {
  OrderedJson rule = Rule(call, "SCMP_ACT_ALLOW");
  rule["args"].push_back({{"index", 0}, {"value", value}, {"op", comparison}});
  return rule;
}

// Where an argument decides. A rule says "and" of its conditions, so each alternative is a rule of
// its own.
void AddConditions(bool is_admin, OrderedJson& rules) {
  for (const uint64_t personality : kPersonalities) {
    rules.push_back(AllowIf("personality", "SCMP_CMP_EQ", personality));
  }
  // All families but the kernel's cryptography, whose interface is large and of little use, and
  // sockets to the machine's host, which know no network namespaces.
  static_assert(AF_ALG + 2 == AF_VSOCK);
  rules.push_back(AllowIf("socket", "SCMP_CMP_LT", AF_ALG));
  rules.push_back(AllowIf("socket", "SCMP_CMP_EQ", AF_ALG + 1));
  rules.push_back(AllowIf("socket", "SCMP_CMP_GT", AF_VSOCK));
  if (is_admin) return;
  OrderedJson clone = AllowIf("clone", "SCMP_CMP_MASKED_EQ", kNamespaces);
  clone["args"][0]["valueTwo"] = 0;
  rules.push_back(std::move(clone));
  // Its flags lie in memory, where no filter reads. The C libraries take clone then.
  OrderedJson clone3 = Rule("clone3", "SCMP_ACT_ERRNO");
  clone3["errnoRet"] = ENOSYS;
  rules.push_back(std::move(clone3));
}

void AddNames(std::string_view calls, std::set<std::string_view>& names) {
  for (const std::string_view call : absl::StrSplit(calls, ' ')) names.insert(call);
}

}  // namespace

OrderedJson SeccompJson(const std::set<std::string>& capabilities) {
  std::set<std::string_view> names;
  for (const std::string_view calls : kAllowed) AddNames(calls, names);
  for (const Grant& grant : kWithCapability) {
    if (capabilities.contains(std::string(grant.capability))) AddNames(grant.calls, names);
  }
  OrderedJson rules = OrderedJson::array();
  rules.push_back({{"names", names}, {"action", "SCMP_ACT_ALLOW"}});
  AddConditions(capabilities.contains(std::string(kSysAdmin)), rules);
  return {{"defaultAction", "SCMP_ACT_ERRNO"}, {"defaultErrnoRet", EPERM}, {"syscalls", rules}};
}

}  // namespace linuxkit
