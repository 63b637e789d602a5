//! What the system knows of a connection: what the peer has not acknowledged, and how far away it is.

use rustix::ioctl::{Getter, ioctl};
use std::os::fd::{AsFd, AsRawFd};
use std::time::Duration;

/// Bytes that were written to a TCP socket and not acknowledged by the peer's system yet
/// (`SIOCOUTQ`, tcp(7)). Zero where the system does not say.
pub(crate) fn unacknowledged(socket: impl AsFd) -> usize {
    /// `SIOCOUTQ`, which has the number of `TIOCOUTQ`.
    const SIOCOUTQ: rustix::ioctl::Opcode = 0x5411;
    // SAFETY: for TCP sockets the request writes one `int` and nothing else, as tcp(7) has it.
    let bytes = unsafe { ioctl(socket, Getter::<SIOCOUTQ, std::ffi::c_int>::new()) };
    bytes.ok().and_then(|b| usize::try_from(b).ok()).unwrap_or(0)
}

/// How long it takes to the peer's system and back, smoothed (`TCP_INFO`, tcp(7)); `None` where the system does not say.
pub(crate) fn round_trip(socket: impl AsFd) -> Option<Duration> {
    // SAFETY: all of the structure's fields are numbers, for which zero is a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    let fd = socket.as_fd().as_raw_fd();
    // SAFETY: the system writes `length` bytes at most to the structure, which has as many, and says in `length` how
    // many it has written; older systems know fewer fields, and leave the rest as it is.
    let told =
        unsafe { libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, (&raw mut info).cast(), &raw mut length) };
    (told == 0 && info.tcpi_rtt > 0).then(|| Duration::from_micros(info.tcpi_rtt.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn bytes_count_until_the_peer_takes_them() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut receiver, _) = listener.accept().unwrap();
        sender.set_nonblocking(true).unwrap();
        let block = vec![0u8; 1 << 16];
        let mut written = 0;
        while let Ok(n) = sender.write(&block) {
            written += n;
        }
        assert!(unacknowledged(&sender) > 0, "the peer's buffer is full");
        let mut taken = vec![0u8; written];
        receiver.read_exact(&mut taken).unwrap();
        // The last acknowledgement may be on its way; closing waits for it.
        sender.set_nonblocking(false).unwrap();
        sender.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(receiver.read(&mut taken).unwrap(), 0);
        assert!(round_trip(&receiver).is_some_and(|rtt| rtt < Duration::from_secs(1)));
        assert_eq!(round_trip(std::io::stdin()), None, "no connection");
    }
}
