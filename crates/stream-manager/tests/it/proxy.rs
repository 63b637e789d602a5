//! A network on purpose: a TCP proxy that does what networks do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a network does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weather {
    /// It carries everything.
    Fine,
    /// It carries so many bytes a second.
    Narrow(usize),
    /// It carries nothing, and says nothing.
    Stalled,
    /// Connections that there are carry nothing for good; new ones do.
    HalfOpen,
    /// It tears connections in the middle of what they carry, and new ones as well.
    Resets,
    /// Nobody answers.
    Refuses,
    /// A byte now and then.
    SlowLoris,
}

/// Carries connections to a server, as the weather is.
pub struct Proxy {
    port: u16,
    weather: Arc<Mutex<Weather>>,
}

/// How often the weather is looked at.
const STEP: Duration = Duration::from_millis(20);

impl Proxy {
    /// A proxy before the server at that port.
    pub fn before(server: u16) -> Self {
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let weather = Arc::new(Mutex::new(Weather::Fine));
        let now = weather.clone();
        std::thread::spawn(move || accept(listener, port, server, &now));
        Self { port, weather }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn set(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }
}

fn listen(port: u16) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    listener.set_nonblocking(true)?;
    // What waits here would be acknowledged, and has not arrived.
    rustix::net::sockopt::set_socket_recv_buffer_size(&listener, 8 * 1024)?;
    Ok(listener)
}

fn accept(listener: TcpListener, port: u16, server: u16, weather: &Arc<Mutex<Weather>>) {
    let mut listener = Some(listener);
    loop {
        std::thread::sleep(STEP);
        let now = *weather.lock().unwrap();
        if now == Weather::Refuses {
            listener = None;
            continue;
        }
        let Some(open) = &listener else {
            listener = listen(port).ok();
            continue;
        };
        match open.accept() {
            Ok((client, _)) => {
                let Ok(upstream) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                // One that was made in such weather is not half open.
                let new = now == Weather::HalfOpen;
                // Both directions end together, also where one of them alone has seen why.
                let torn = Arc::new(AtomicBool::new(false));
                for (from, to, down) in
                    [(client.try_clone().unwrap(), upstream.try_clone().unwrap(), false), (upstream, client, true)]
                {
                    let (weather, torn) = (weather.clone(), torn.clone());
                    std::thread::spawn(move || carry(from, to, down, new, &weather, &torn));
                }
            }
            Err(e) if e.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// Carries one direction; `down` is from the server to its client.
fn carry(mut from: TcpStream, mut to: TcpStream, down: bool, new: bool, weather: &Mutex<Weather>, torn: &AtomicBool) {
    from.set_nonblocking(false).unwrap();
    from.set_read_timeout(Some(STEP)).unwrap();
    let mut buffer = vec![0; 64 * 1024];
    let mut was_half_open = false;
    loop {
        let now = *weather.lock().unwrap();
        let limit = match now {
            Weather::Narrow(bytes) if !down => (bytes / 50).max(1),
            Weather::SlowLoris => 1,
            _ => buffer.len(),
        };
        match now {
            Weather::HalfOpen if !new => was_half_open = true,
            Weather::Stalled => {
                std::thread::sleep(STEP);
                continue;
            }
            Weather::Resets => torn.store(true, Ordering::Relaxed),
            _ => {}
        }
        if torn.load(Ordering::Relaxed) {
            // Some of a message is through, the rest will never be.
            for socket in [&from, &to] {
                let _ = rustix::net::sockopt::set_socket_linger(socket, Some(Duration::ZERO));
            }
            return;
        }
        if was_half_open {
            std::thread::sleep(STEP);
            continue;
        }
        match from.read(&mut buffer[..limit]) {
            Ok(0) => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            Ok(n) => {
                if to.write_all(&buffer[..n]).is_err() {
                    torn.store(true, Ordering::Relaxed);
                    return;
                }
                if limit < buffer.len() {
                    std::thread::sleep(STEP);
                }
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => {
                torn.store(true, Ordering::Relaxed);
                return;
            }
        }
    }
}
