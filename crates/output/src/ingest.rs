//! A connection to an RTMP or RTMPS ingest, and a spare one that stands ready for when it is lost.
//!
//! The spare has done everything but to name the stream: name service, TCP, TLS, handshake, `connect` and
//! `createStream`, which are six or seven round trips. Where the connection is lost, one question remains. A spare that
//! the server closes, or that cannot be had, is prepared again, less and less often.
//!
//! Invariant: a spare that was given up names no stream afterwards. Proof: until the server has agreed, closing its
//! socket discards what has not arrived (`SO_LINGER` of zero), and every way to give it up closes the socket.

use crate::outq::unacknowledged;
use rtmp::{Publisher, State, Target};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

/// For name, connection and TLS, and again for the server's consent.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked at whether the server's system has taken the question.
const LOOK: Duration = Duration::from_millis(100);
/// For the consent on a spare: what ended the one connection may have ended the other, though somebody on the way still
/// acknowledges what is sent. A server that is only slow has more time on a new connection.
const SPARE_PATIENCE: Duration = Duration::from_secs(1);
/// Before the first spare: the new connection has enough to do. And after each spare, twice as long as before...
const PAUSE: Duration = Duration::from_secs(3);
/// ...but no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Where to publish, and what.
#[derive(Clone)]
pub(crate) struct Ingest {
    pub(crate) url: Url,
    pub(crate) key: String,
    /// How many bytes may wait in the system's buffer before they are sent (`TCP_NOTSENT_LOWAT`).
    pub(crate) unsent: u32,
}

/// Why there is no connection.
pub(crate) struct Failure {
    pub(crate) reason: String,
    /// The server was there, and said no.
    pub(crate) refused: bool,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { reason, refused: false }
    }
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection to an ingest.
pub(crate) struct Connection {
    pub(crate) stream: Box<dyn Stream>,
    /// The socket below, to ask for acknowledgements.
    pub(crate) socket: OwnedFd,
    pub(crate) publisher: Publisher,
}

impl Ingest {
    /// A connection that the server has agreed to take the stream on. A server that says nothing at all for longer than
    /// `patience` is given up: the network may have failed under this very connection, and a new one would do.
    pub(crate) async fn connect(&self, patience: Duration) -> Result<Connection, Failure> {
        let mut connection = self.open(patience).await?;
        connection.agree(State::Ready, patience).await?;
        connection.publisher.publish();
        let socket = connection.socket.try_clone().map_err(|e| e.to_string())?;
        tokio::select! {
            agreed = connection.agree(State::Publishing, PATIENCE) => agreed?,
            () = unheard(&socket, patience) => return Err("the ingest does not answer".to_owned().into()),
        }
        Ok(connection)
    }

    /// Whether a second connection costs the server nothing but itself: what is in a query may be good for one.
    pub(crate) fn may_have_spare(&self) -> bool {
        self.url.query().is_none()
    }

    /// A connection on which nothing is left but to name the stream.
    async fn prepare(&self) -> Result<Connection, Failure> {
        let mut connection = self.open(PATIENCE).await?;
        connection.agree(State::Ready, PATIENCE).await?;
        // Nothing is sent on it for long: the system is to find out when it is gone.
        let alive = socket2::TcpKeepalive::new()
            .with_time(Duration::from_secs(5))
            .with_interval(Duration::from_secs(2))
            .with_retries(2);
        let socket = socket2::SockRef::from(&connection.socket);
        let _ = socket.set_tcp_keepalive(&alive);
        let _ = socket.set_linger(Some(Duration::ZERO));
        Ok(connection)
    }

    async fn open(&self, patience: Duration) -> Result<Connection, Failure> {
        let open = async {
            let host = self.url.host_str().ok_or("the URL has no host")?.trim_matches(['[', ']']).to_owned();
            let tls = self.url.scheme() == "rtmps";
            let port = self.url.port().unwrap_or(if tls { 443 } else { 1935 });
            let tcp = TcpStream::connect((host.as_str(), port)).await.map_err(|e| e.to_string())?;
            let _ = tcp.set_nodelay(true);
            let _ = socket2::SockRef::from(&tcp).set_tcp_notsent_lowat(self.unsent);
            let socket = tcp.as_fd().try_clone_to_owned().map_err(|e| e.to_string())?;
            let stream: Box<dyn Stream> = if tls {
                let name = rustls::pki_types::ServerName::try_from(host).map_err(|e| e.to_string())?;
                let connector = tokio_rustls::TlsConnector::from(tls_settings());
                Box::new(connector.connect(name, tcp).await.map_err(|e| format!("TLS: {e}"))?)
            } else {
                Box::new(tcp)
            };
            Ok::<_, String>((stream, socket))
        };
        let (stream, socket) = timeout(patience, open).await.map_err(|_| "no connection".to_owned())??;
        let mut random = [0; 1528];
        fastrand::fill(&mut random);
        let target = Target {
            url: self.url.as_str().trim_end_matches('/').to_owned(),
            app: self.url.path().trim_matches('/').to_owned()
                + &self.url.query().map(|q| format!("?{q}")).unwrap_or_default(),
            key: self.key.clone(),
        };
        Ok(Connection { stream, socket, publisher: Publisher::new(target, &random) })
    }
}

impl Connection {
    /// Talks until it has come so far. The server may be silent for as long as `silence`.
    async fn agree(&mut self, wanted: State, silence: Duration) -> Result<(), Failure> {
        let silent = |_| Failure::from("the ingest does not answer".to_owned());
        let talk = async {
            while self.publisher.state() != wanted {
                self.flush().await?;
                timeout(silence, self.hear()).await.map_err(silent)??;
            }
            // What was said last has to arrive as well.
            self.flush().await
        };
        timeout(PATIENCE, talk).await.map_err(silent)?
    }

    /// Takes what the server says next. Nothing is lost where this is given up half-way.
    async fn hear(&mut self) -> Result<(), Failure> {
        let mut inbox = [0u8; 4096];
        match self.stream.read(&mut inbox).await.map_err(|e| e.to_string())? {
            0 => Err("the ingest closed the connection".to_owned().into()),
            n => self
                .publisher
                .receive(&inbox[..n])
                .map_err(|e| Failure { refused: matches!(e, rtmp::Error::Refused { .. }), reason: e.to_string() }),
        }
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let out = self.publisher.take_output();
        if !out.is_empty() {
            self.stream.write_all(&out).await.map_err(|e| e.to_string())?;
            self.stream.flush().await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Answers the server's questions until the connection is wanted, or is none any more. Whether it is wanted.
    async fn idle(&mut self, asked: &mut oneshot::Receiver<()>) -> bool {
        while self.flush().await.is_ok() {
            tokio::select! {
                asked = &mut *asked => return asked.is_ok(),
                heard = self.hear() => if heard.is_err() {
                    return false;
                },
            }
        }
        false
    }

    /// Names the stream on a spare.
    async fn take_over(mut self) -> Result<Self, Failure> {
        let socket = self.socket.try_clone().map_err(|e| e.to_string())?;
        self.publisher.publish();
        timeout(SPARE_PATIENCE, self.agree(State::Publishing, PATIENCE))
            .await
            .map_err(|_| "the spare connection was lost as well".to_owned())??;
        let _ = socket2::SockRef::from(&socket).set_linger(None);
        Ok(self)
    }
}

/// Ends when what was sent has waited for so long without an acknowledgement. A server that has the question may take its
/// time for the answer.
async fn unheard(socket: &OwnedFd, patience: Duration) {
    let mut since = Instant::now();
    while since.elapsed() < patience {
        tokio::time::sleep(LOOK).await;
        if unacknowledged(socket) == 0 {
            since = Instant::now();
        }
    }
}

/// A spare connection, kept by a task of its own. Dropped, it is closed.
pub(crate) struct Spare {
    ask: Option<oneshot::Sender<()>>,
    task: JoinHandle<Option<Connection>>,
}

impl Spare {
    /// Prepares one, and another whenever it is gone. `ready` is told whether there is one.
    pub(crate) fn prepare(ingest: Ingest, ready: impl Fn(bool) + Send + Sync + 'static) -> Self {
        let (ask, asked) = oneshot::channel();
        Self { ask: Some(ask), task: tokio::spawn(keep(ingest, asked, ready)) }
    }

    /// The connection, on which the server has agreed to take the stream, or why it has not; `None` where there is
    /// no spare.
    pub(crate) async fn take(mut self) -> Option<Result<Connection, Failure>> {
        self.ask.take()?.send(()).ok()?;
        Some((&mut self.task).await.ok()??.take_over().await)
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps a spare until it is asked for.
async fn keep(
    ingest: Ingest,
    mut asked: oneshot::Receiver<()>,
    ready: impl Fn(bool) + Send + Sync + 'static,
) -> Option<Connection> {
    let mut pause = PAUSE;
    loop {
        tokio::select! {
            _ = &mut asked => return None,
            () = tokio::time::sleep(pause) => {}
        }
        let prepared = tokio::select! {
            _ = &mut asked => return None,
            prepared = ingest.prepare() => prepared,
        };
        pause = (pause * 2).min(LONGEST_PAUSE);
        let Ok(mut spare) = prepared else { continue };
        ready(true);
        let began = Instant::now();
        let wanted = spare.idle(&mut asked).await;
        ready(false);
        if wanted {
            return Some(spare);
        }
        if began.elapsed() > LONGEST_PAUSE {
            pause = PAUSE;
        }
    }
}

/// The system's certificate authorities, read once.
fn tls_settings() -> Arc<rustls::ClientConfig> {
    static SETTINGS: OnceLock<Arc<rustls::ClientConfig>> = OnceLock::new();
    SETTINGS
        .get_or_init(|| {
            let mut roots = rustls::RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::warn!("certificate authorities: {error}");
            }
            roots.add_parsable_certificates(found.certs);
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            // The provider supports the default versions: it is the one that they were written for.
            #[expect(clippy::expect_used, reason = "ring's provider supports TLS 1.2 and 1.3")]
            let builder = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .expect("ring supports the default protocol versions");
            Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
        })
        .clone()
}
