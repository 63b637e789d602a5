//! What the peer has not acknowledged: the one sign of life that TCP gives a sender.

use rustix::ioctl::{Getter, ioctl};
use std::os::fd::AsFd;

/// Bytes that were written to a TCP socket and not acknowledged by the peer's system yet
/// (`SIOCOUTQ`, tcp(7)). Zero where the system does not say.
pub(crate) fn unacknowledged(socket: impl AsFd) -> usize {
    /// `SIOCOUTQ`, which has the number of `TIOCOUTQ`.
    const SIOCOUTQ: rustix::ioctl::Opcode = 0x5411;
    // SAFETY: for TCP sockets the request writes one `int` and nothing else, as tcp(7) has it.
    let bytes = unsafe { ioctl(socket, Getter::<SIOCOUTQ, std::ffi::c_int>::new()) };
    bytes.ok().and_then(|b| usize::try_from(b).ok()).unwrap_or(0)
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
    }
}
