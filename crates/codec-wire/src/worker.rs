//! Starting worker processes.

use crate::{CONTROL_FD, DATA_FD, WireError};
use command_fds::{CommandFdExt, FdMapping};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the `codec-worker` binary is.
#[derive(Clone, Debug)]
pub struct WorkerBinary(PathBuf);

impl WorkerBinary {
    /// The binary at `path`.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The binary beside the running one.
    ///
    /// # Errors
    /// It is not there.
    pub fn beside_this() -> Result<Self, WireError> {
        let own = std::env::current_exe()?;
        let folder = own.parent().unwrap_or(Path::new("."));
        // Test binaries lie one folder below the others.
        let path = [folder.join("codec-worker"), folder.join("../codec-worker")].into_iter().find(|p| p.is_file());
        path.map(Self).ok_or_else(|| WireError::Start {
            path: folder.join("codec-worker").display().to_string(),
            source: std::io::ErrorKind::NotFound.into(),
        })
    }

    /// Starts it in `mode` with its files at the numbers that it expects.
    ///
    /// # Errors
    /// It cannot be run, or there is no room for another process.
    pub fn start(
        &self,
        mode: &str,
        control: OwnedFd,
        data: Option<OwnedFd>,
        others: Vec<(i32, OwnedFd)>,
    ) -> Result<Child, WireError> {
        let mut mappings = vec![FdMapping { parent_fd: control, child_fd: CONTROL_FD }];
        mappings.extend(data.map(|fd| FdMapping { parent_fd: fd, child_fd: DATA_FD }));
        mappings.extend(others.into_iter().map(|(child_fd, parent_fd)| FdMapping { parent_fd, child_fd }));
        let mut command = Command::new(&self.0);
        command.arg(mode).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
        // A worker needs nothing of the environment, and some of it is secret.
        command.env_clear();
        command.fd_mappings(mappings).map_err(std::io::Error::other)?;
        // A terminal's Ctrl-C is for the service, which then ends its workers in order.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().map_err(|source| WireError::Start { path: self.0.display().to_string(), source })
    }
}
