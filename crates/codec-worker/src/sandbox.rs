//! What is left to a process that reads files of strangers: its memory, and the files it has open.

use crate::Failure;
use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// The system calls of a decoder in one thread: reading, writing, memory, time. None of them opens, connects,
/// or starts anything.
const ALLOWED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_clock_gettime,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Gives up everything but the open files, for good. Memory is limited to `memory` bytes, and processor time to
/// `cpu_seconds` where there is a number. Kernels without Landlock (before 5.13) have the filter of system calls
/// alone, which by itself leaves nothing to open.
pub(crate) fn enter(memory: u64, cpu_seconds: Option<u64>) -> Result<(), Failure> {
    let wrong = |e: &dyn std::fmt::Display| Failure::Sandbox(e.to_string());
    let limits = [
        (Resource::As, Some(memory)),
        (Resource::Cpu, cpu_seconds),
        (Resource::Fsize, Some(0)),
        (Resource::Core, Some(0)),
    ];
    for (resource, most) in limits {
        if most.is_some() {
            setrlimit(resource, Rlimit { current: most, maximum: most }).map_err(|e| wrong(&e))?;
        }
    }
    rustix::thread::set_no_new_privs(true).map_err(|e| wrong(&e))?;
    // Best effort is the library's default: it takes what the kernel has.
    Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|rules| rules.create())
        .and_then(|rules| rules.restrict_self())
        .map_err(|e| wrong(&e))?;
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|e| wrong(&e))?;
    let rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    // What is not allowed fails as if it were forbidden to the user; libraries have to cope with that anyway.
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch).map_err(|e| wrong(&e))?;
    let program = BpfProgram::try_from(filter).map_err(|e| wrong(&e))?;
    seccompiler::apply_filter(&program).map_err(|e| wrong(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    // It closes the sandbox about the test's own process: tests run in one each.
    #[test]
    fn nothing_is_opened_connected_or_started_in_it_and_open_files_are_read() {
        let mut file = std::fs::File::open("/proc/thread-self/status").unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        enter(1 << 40, None).unwrap();
        // The filter says EPERM; EACCES would be Landlock's, which stands behind it.
        let filtered = |error: std::io::Error| assert_eq!(error.raw_os_error(), Some(libc::EPERM), "{error}");
        filtered(std::fs::File::open("/etc/hostname").unwrap_err());
        filtered(std::fs::write("/tmp/sandbox", "x").unwrap_err());
        filtered(std::net::TcpStream::connect(address).unwrap_err());
        assert!(std::process::Command::new("/bin/true").spawn().is_err());
        assert!(std::thread::Builder::new().spawn(|| ()).is_err());
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert!(text.contains("Seccomp:\t2"), "{text}");
    }
}
