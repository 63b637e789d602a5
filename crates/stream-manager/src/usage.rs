//! What the process and its children cost.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

/// CPU time and memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) cpu: Duration,
    /// Memory in KiB, shared pages counted in part (PSS).
    pub(crate) memory_kib: u64,
}

/// The process that runs and all below it, dead children's time included.
pub(crate) fn of_tree() -> Usage {
    let mut usage = Usage::default();
    let own = std::process::id();
    for pid in tree(own) {
        let (cpu, reaped) = cpu_times(pid);
        // What the system has added up for children that were waited for is in their parent.
        usage.cpu += cpu + reaped;
        usage.memory_kib += memory_kib(pid);
    }
    usage
}

/// CPU time of the children of this process.
pub(crate) fn of_children() -> Duration {
    let own = std::process::id();
    let living: Duration = tree(own).into_iter().filter(|pid| *pid != own).map(|pid| cpu_times(pid).0).sum();
    living + cpu_times(own).1
}

/// User and system time of a process, and of the children that it has waited for.
fn cpu_times(pid: u32) -> (Duration, Duration) {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold anything; the fields after it are plain (proc(5)).
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .map(|f| f.parse().unwrap_or(0))
        .collect();
    let hertz = rustix::param::clock_ticks_per_second().max(1);
    let time = |at: usize| {
        let ticks = fields.get(at).copied().unwrap_or(0) + fields.get(at + 1).copied().unwrap_or(0);
        Duration::from_nanos(ticks * 1_000_000_000 / hertz)
    };
    (time(10), time(12))
}

fn memory_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn tree(root: u32) -> HashSet<u32> {
    let mut found = HashSet::from([root]);
    let mut todo = vec![root];
    while let Some(pid) = todo.pop() {
        let tasks = std::fs::read_dir(PathBuf::from(format!("/proc/{pid}/task")));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|c| c.parse().ok()) {
                if found.insert(child) {
                    todo.push(child);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_counted_while_they_live_and_after() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "read x"])
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        assert!(tree(std::process::id()).contains(&child.id()));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!tree(std::process::id()).contains(&child.id()));
        assert!(of_tree().memory_kib > 0);
    }
}
