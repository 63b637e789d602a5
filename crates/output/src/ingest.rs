//! A connection to an RTMP or RTMPS ingest, and a spare one that stands ready for when it is lost.
//!
//! The spare has done everything but to name the stream: name service, TCP, TLS, handshake, `connect` and
//! `createStream`, which are six or seven round trips. Where the connection is lost, one question remains. A server
//! cannot take the spare for a second publisher, since it has not heard the key; one that does not keep silent
//! connections is not bothered for long.

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
const PATIENCE: Duration = Duration::from_secs(5);
/// For the consent on a spare connection: what ended the one may have ended the other.
const SPARE_PATIENCE: Duration = Duration::from_secs(1);
/// A spare that the server closes before this is none...
const SHORT: Duration = Duration::from_secs(30);
/// ...and so many in a row say that it keeps none.
const ENOUGH: u32 = 3;
/// Between two spares.
const PAUSE: Duration = Duration::from_secs(5);

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
    /// A connection that the server has agreed to take the stream on.
    pub(crate) async fn connect(&self) -> Result<Connection, Failure> {
        let mut connection = self.open().await?;
        connection.publisher.publish();
        connection.agree(State::Publishing).await?;
        Ok(connection)
    }

    /// A connection on which nothing is left but to name the stream.
    async fn prepare(&self) -> Result<Connection, Failure> {
        let mut connection = self.open().await?;
        connection.agree(State::Ready).await?;
        // Nothing is sent on it for long: the system is to find out when it is gone.
        let alive = socket2::TcpKeepalive::new()
            .with_time(Duration::from_secs(5))
            .with_interval(Duration::from_secs(2))
            .with_retries(2);
        let _ = socket2::SockRef::from(&connection.socket).set_tcp_keepalive(&alive);
        Ok(connection)
    }

    async fn open(&self) -> Result<Connection, Failure> {
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
        let (stream, socket) = timeout(PATIENCE, open).await.map_err(|_| "no connection within 5 s".to_owned())??;
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
    /// Talks until it has come so far.
    async fn agree(&mut self, wanted: State) -> Result<(), Failure> {
        let talk = async {
            while self.publisher.state() != wanted {
                self.talk().await?;
            }
            // What was said last has to arrive as well.
            self.flush().await
        };
        timeout(PATIENCE, talk).await.map_err(|_| "the ingest does not answer".to_owned())?
    }

    /// Says what is to be said, and hears one answer.
    async fn talk(&mut self) -> Result<(), Failure> {
        self.flush().await?;
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

    /// Answers the server's questions until it has had enough.
    async fn idle(&mut self) {
        while self.talk().await.is_ok() {}
    }
}

/// A spare connection, kept by a task of its own. Dropped, it is closed.
pub(crate) struct Spare {
    ask: Option<oneshot::Sender<()>>,
    task: JoinHandle<Option<Connection>>,
}

impl Spare {
    /// Prepares one, and another whenever the server closes it. `ready` is told whether there is one.
    pub(crate) fn prepare(ingest: Ingest, ready: impl Fn(bool) + Send + Sync + 'static) -> Self {
        let (ask, asked) = oneshot::channel();
        Self { ask: Some(ask), task: tokio::spawn(keep(ingest, asked, ready)) }
    }

    /// The connection, if there is one and the server takes the stream on it.
    pub(crate) async fn take(mut self) -> Option<Connection> {
        self.ask.take()?.send(()).ok()?;
        timeout(SPARE_PATIENCE, &mut self.task).await.ok()?.ok()?
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
    let mut short = 0;
    while short < ENOUGH {
        let began = Instant::now();
        let prepared = tokio::select! {
            _ = &mut asked => return None,
            prepared = ingest.prepare() => prepared,
        };
        if let Ok(mut spare) = prepared {
            ready(true);
            let wanted = tokio::select! {
                _ = &mut asked => true,
                () = spare.idle() => false,
            };
            ready(false);
            if wanted {
                spare.publisher.publish();
                return spare.agree(State::Publishing).await.is_ok().then_some(spare);
            }
        }
        short = if began.elapsed() < SHORT { short + 1 } else { 0 };
        tokio::select! {
            _ = &mut asked => return None,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    // Until the next connection: the server keeps none.
    None
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
