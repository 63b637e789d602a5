//! One RTMP or RTMPS destination, published to without end.

use crate::StreamFormat;
use crate::adaptive::Flow;
use crate::backoff::Backoff;
use crate::flv;
use crate::hub::{Bound, Hub, Queue};
use crate::ingest::{Connection, Failure, Ingest, PATIENCE, Spare};
use crate::outq::{round_trip, unacknowledged};
use crate::packet::{Headers, Media, Packet};
use crate::status::{DestinationState, Shared};
use rtmp::{Kind, Metadata, Publisher};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use url::Url;

/// Nothing acknowledged for so long, with something under way: stalled.
const STALL: Duration = Duration::from_millis(800);
/// For so long: the connection is given up.
const DEAD: Duration = Duration::from_secs(4);
/// How often acknowledgements are looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How much of the stream is in hand, between queue and socket, before more is taken from the queue, in seconds.
const IN_HAND: f64 = 0.1;
/// No packet waits longer in the queue: then whole groups of pictures are dropped. With what the system's
/// buffer holds it makes the bound of the delay, two seconds.
const LONGEST_WAIT: Duration = Duration::from_millis(800);
/// Four seconds of the stream at least, and this many bytes.
const QUEUE_FLOOR: usize = 2 * 1024 * 1024;
/// How much of the stream may wait in the system's buffer before it is sent, in seconds, and at least in bytes. By
/// itself it would be megabytes, which are seconds that nothing can be done about. What has been sent and not
/// acknowledged does not count: over a long way that is a lot, and as it should be.
const UNSENT_SECONDS: f64 = 0.1;
const UNSENT_FLOOR: u32 = 16 * 1024;
/// Nothing acknowledged for so long says nothing of how much would get through.
const SILENCE: Duration = Duration::from_millis(300);
/// Above this, the destination is degraded.
const LATE: Duration = Duration::from_millis(1_000);
/// A server that has refused the stream is asked again no sooner than this.
const REFUSED: Duration = Duration::from_secs(2);
/// A connection that has lived for so long was one.
const STEADY: Duration = Duration::from_secs(1);
/// For so long after a connection was lost, a refusal may be for its sake.
const OUR_OWN: Duration = Duration::from_secs(15);

/// What to publish, and where to.
#[derive(Clone)]
pub(crate) struct RtmpPush {
    pub(crate) id: String,
    pub(crate) url: Url,
    pub(crate) key: String,
    pub(crate) format: StreamFormat,
    pub(crate) hub: Arc<Hub>,
    pub(crate) status: Shared,
    /// How it takes what it is sent, for the bit rate to go by.
    pub(crate) flow: Arc<Mutex<Option<Flow>>>,
}

/// How a connection ended.
enum End {
    /// As it was asked to.
    Stopped,
    /// There is no more to publish.
    Finished,
    /// The connection is of no more use.
    Lost(String),
}

impl RtmpPush {
    /// Publishes until `stop` says so or the hub is closed.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut backoff = Backoff::default();
        // The last frame that has surely arrived, and when the connection was lost last.
        let (mut arrived, mut lost) = (None, None);
        self.status.enter(DestinationState::Connecting, None);
        let ingest = self.ingest();
        let mut spare: Option<Spare> = None;
        loop {
            let tried = Instant::now();
            // How quick a server is shows once it has answered.
            let patience = lost.map_or(PATIENCE, |_| backoff.patience(tried));
            let connected = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                connected = connect(&ingest, spare.take(), patience) => connected,
            };
            let (mut refused, mut was_live) = (false, false);
            let reason = match connected {
                Ok(mut connection) => {
                    tracing::info!(destination = %self.id, "live");
                    self.status.enter(DestinationState::Live, None);
                    let began = Instant::now();
                    spare = self.spare(&ingest);
                    let end = self.publish(&mut connection, &mut stop, &mut arrived).await;
                    self.set_flow(None);
                    match end {
                        End::Stopped | End::Finished => break,
                        End::Lost(reason) => {
                            lost = Some(Instant::now());
                            was_live = true;
                            // A server that agrees and hangs up is not one that is there.
                            if began.elapsed() > STEADY {
                                backoff.reset();
                            }
                            reason
                        }
                    }
                }
                Err(failure) => {
                    refused = failure.refused;
                    failure.reason
                }
            };
            let mut wait = backoff.wait(Instant::now(), fastrand::f64());
            if !was_live {
                // It is the time from attempt to attempt that counts.
                wait = wait.saturating_sub(tried.elapsed());
            }
            let mut state = DestinationState::Reconnecting;
            if refused {
                state = DestinationState::Refused;
                // A name that is taken may be our own, from a connection that the server is about to give up.
                if lost.is_none_or(|lost: Instant| lost.elapsed() > OUR_OWN) {
                    wait = wait.max(REFUSED);
                }
            }
            tracing::warn!(destination = %self.id, %reason, wait_ms = wait.as_millis() as u64, "not live");
            self.status.lose(state, reason, was_live);
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.status.enter(DestinationState::Idle, None);
        self.status.write().spare_ready = false;
    }

    /// Another connection, for when the one that is live is lost.
    fn spare(&self, ingest: &Ingest) -> Option<Spare> {
        let status = self.status.clone();
        let ready = move |ready| {
            let mut status = status.write();
            status.spare_ready = ready && status.state != DestinationState::Idle;
        };
        ingest.may_have_spare().then(|| Spare::prepare(ingest.clone(), ready))
    }

    fn ingest(&self) -> Ingest {
        let unsent = (self.bytes_per_second() as f64 * UNSENT_SECONDS) as u32;
        Ingest { url: self.url.clone(), key: self.key.clone(), unsent: unsent.max(UNSENT_FLOOR) }
    }

    fn bytes_per_second(&self) -> usize {
        (self.format.video_kbps + self.format.audio_kbps) as usize * 125
    }

    fn set_flow(&self, flow: Option<Flow>) {
        // One assignment leaves it whole.
        *self.flow.lock().unwrap_or_else(PoisonError::into_inner) = flow;
    }

    async fn publish(
        &self,
        connection: &mut Connection,
        stop: &mut watch::Receiver<bool>,
        arrived: &mut Option<i64>,
    ) -> End {
        let bytes = (self.bytes_per_second() * 4).max(QUEUE_FLOOR);
        // What was lost with the connection before is sent again, where it is not too old.
        let queue = self.hub.resume(Bound { bytes, age: LONGEST_WAIT }, arrived.take());
        let mut sender = Sender { format: &self.format, origin: None, headers: None };
        let (mut reader, mut writer) = tokio::io::split(&mut connection.stream);
        let publisher = &mut connection.publisher;
        let mut inbox = vec![0u8; 4096];
        let mut out: Vec<u8> = Vec::new();
        let mut written = 0;
        let mut progress = Progress::new(Instant::now());
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut counted = queue.dropped();
        // Frames under way: how many bytes have to be acknowledged for each.
        let mut under_way: VecDeque<(u64, i64)> = VecDeque::new();
        let mut speed = Speed::default();
        let in_hand = (self.bytes_per_second() as f64 * IN_HAND) as usize;
        let end = loop {
            let idle = written == out.len();
            if idle {
                out = publisher.take_output();
                written = 0;
            }
            let pending = out.len() - written;
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break End::Stopped,
                read = reader.read(&mut inbox) => match read {
                    Ok(0) => break End::Lost("the ingest closed the connection".to_owned()),
                    Ok(n) => if let Err(e) = publisher.receive(&inbox[..n]) {
                        break End::Lost(e.to_string());
                    },
                    Err(e) => break End::Lost(e.to_string()),
                },
                wrote = writer.write(&out[written..]), if pending > 0 => match wrote {
                    Ok(n) => {
                        written += n;
                        progress.written += n as u64;
                    }
                    Err(e) => break End::Lost(e.to_string()),
                },
                packet = queue.next(), if pending < in_hand => match packet {
                    Some(packet) => {
                        sender.send(publisher, &packet);
                        let mut status = self.status.write();
                        status.sent_frames += u64::from(packet.is_video());
                        status.sent_bytes += packet.data.len() as u64;
                        drop(status);
                        // What is still in hand goes first.
                        out.drain(..written);
                        written = 0;
                        out.extend(publisher.take_output());
                        if let Media::Video { tick, .. } = packet.media {
                            under_way.push_back((progress.written + out.len() as u64, tick));
                        }
                    }
                    None => break End::Finished,
                },
                _ = look.tick() => {
                    let waiting = unacknowledged(&connection.socket);
                    let silent = progress.silent_for(Instant::now(), waiting, pending > 0, publisher.acknowledgements());
                    let taken = progress.written.saturating_sub(waiting as u64);
                    while under_way.front().is_some_and(|(bytes, _)| *bytes <= taken) {
                        *arrived = under_way.pop_front().map(|(_, tick)| tick);
                    }
                    let kbps = speed.measure(Instant::now(), taken);
                    self.report(&queue, waiting + pending, silent, kbps, &mut counted);
                    self.status.write().round_trip_ms = round_trip(&connection.socket).map(|rtt| rtt.as_secs_f64() * 1e3);
                    if silent > DEAD {
                        break End::Lost("nothing was acknowledged for 4 s".to_owned());
                    }
                }
            }
        };
        if !matches!(end, End::Lost(_)) {
            publisher.close();
            let mut rest = out.split_off(written);
            rest.extend(publisher.take_output());
            let goodbye = async {
                writer.write_all(&rest).await?;
                writer.shutdown().await
            };
            let _ = timeout(Duration::from_secs(1), goodbye).await;
        }
        end
    }

    fn report(&self, queue: &Queue, waiting: usize, silent: Duration, kbps: Option<f64>, counted: &mut (u64, u64)) {
        // What is with the system takes as long as it takes to get through; what is not acknowledged because it
        // has just been sent is no delay.
        let nominal = self.bytes_per_second() as f64;
        let through = kbps.map_or(nominal, |kbps| (kbps * 125.0).max(nominal / 10.0));
        let buffered = Duration::from_secs_f64((waiting as f64 - nominal / 10.0).max(0.0) / through);
        let measured = kbps.is_some();
        let kbps = kbps.unwrap_or_default();
        let delay = queue.age() + buffered;
        let dropped = queue.dropped();
        let losing = dropped.1 > counted.1;
        let stalled = silent > STALL;
        let (state, reason) = if stalled {
            (DestinationState::Stalled, Some("nothing is being acknowledged"))
        } else if losing || delay > LATE {
            (DestinationState::Degraded, Some("the network takes less than is sent"))
        } else {
            (DestinationState::Live, None)
        };
        let was = self.status.write().state;
        if was != state {
            tracing::warn!(destination = %self.id, delay_ms = delay.as_millis() as u64, kbps = kbps as u64, "{state:?}");
            self.status.enter(state, reason.map(str::to_owned));
        }
        // What does not move at all is no measure for what could: a network that is narrow is never silent. Nor is
        // the burst at the start, until it is through.
        let video_kbps = (kbps - f64::from(self.format.audio_kbps)).max(1.0);
        self.set_flow((measured && silent < SILENCE).then_some(Flow { delay, acknowledged_kbps: video_kbps }));
        let mut status = self.status.write();
        status.dropped_frames += dropped.0 - counted.0;
        status.dropped_groups += dropped.1 - counted.1;
        *counted = dropped;
        status.acknowledged_kbps = kbps as u32;
        status.delay_ms = delay.as_millis() as u64;
        status.silent_ms = silent.as_millis() as u64;
        status.queued_bytes = queue.bytes() as u64;
        status.unacknowledged_bytes = waiting as u64;
    }
}

/// The spare connection where it will do, or a new one.
async fn connect(ingest: &Ingest, spare: Option<Spare>, patience: Duration) -> Result<Connection, Failure> {
    let taken = match spare {
        Some(spare) => spare.take().await,
        None => None,
    };
    match taken {
        Some(Ok(connection)) => Ok(connection),
        // To be asked the same again at once would change no server's mind.
        Some(Err(failure)) if failure.refused => Err(failure),
        _ => ingest.connect(patience).await,
    }
}

/// How much is being acknowledged, over the last second or so.
#[derive(Default)]
struct Speed {
    seen: VecDeque<(Instant, u64)>,
}

impl Speed {
    /// In kb/s, now that so many bytes have been acknowledged in all; not known at first.
    fn measure(&mut self, now: Instant, taken: u64) -> Option<f64> {
        self.seen.push_back((now, taken));
        if self.seen.len() <= 7 {
            return None;
        }
        let (then, before) = self.seen.pop_front()?;
        let seconds = now.saturating_duration_since(then).as_secs_f64();
        Some(taken.saturating_sub(before) as f64 / 125.0 / seconds.max(0.1))
    }
}

/// Whether bytes get through: to the server's system, which acknowledges them by TCP, and to the
/// server itself, which acknowledges by RTMP, if it does so at all.
struct Progress {
    written: u64,
    tcp: Sign,
    rtmp: Sign,
    /// Bytes written when the last RTMP acknowledgement came.
    written_then: u64,
    /// About how many bytes lie between two acknowledgements: some servers keep a window of their own.
    window: u64,
}

/// A count that grows as long as all is well.
struct Sign {
    count: u64,
    last: Instant,
}

impl Sign {
    fn see(&mut self, count: u64, now: Instant) -> bool {
        let grown = count > self.count;
        if grown {
            (self.count, self.last) = (count, now);
        }
        grown
    }
}

impl Progress {
    fn new(now: Instant) -> Self {
        let sign = || Sign { count: 0, last: now };
        Self { written: 0, tcp: sign(), rtmp: sign(), written_then: 0, window: rtmp::WINDOW.into() }
    }

    /// How long nothing has been acknowledged though something was under way: `waiting` bytes in
    /// the system's buffer, and more where `pending`; after so many `acknowledgements` by RTMP.
    fn silent_for(&mut self, now: Instant, waiting: usize, pending: bool, acknowledgements: u64) -> Duration {
        // Behind TLS the socket carries some more bytes than were written: what counts is growth.
        let taken = self.written.saturating_sub(waiting as u64);
        if !self.tcp.see(taken, now) && waiting == 0 && !pending {
            self.tcp.last = now;
        }
        // Three windows without a word: one may be on its way, and the server may round up.
        let more = acknowledgements.saturating_sub(self.rtmp.count);
        if self.rtmp.see(acknowledgements, now) {
            // Up at once, down by and by: the burst at the start counts for a while only.
            let each = ((self.written - self.written_then) / more).max(rtmp::WINDOW.into());
            self.window = each.max((3 * self.window + each) / 4);
            self.written_then = self.written;
        } else if self.rtmp.count < 2 || self.written - self.written_then < 3 * self.window {
            self.rtmp.last = now;
        }
        now.saturating_duration_since(self.tcp.last.min(self.rtmp.last))
    }
}

/// Turns packets into messages with this connection's own time.
struct Sender<'a> {
    format: &'a StreamFormat,
    /// The number of the first frame; its time is zero.
    origin: Option<i64>,
    headers: Option<Arc<Headers>>,
}

impl Sender<'_> {
    fn send(&mut self, publisher: &mut Publisher, packet: &Packet) {
        if self.origin.is_none() {
            let Media::Video { tick, key: true } = packet.media else { return };
            self.origin = Some(tick);
            publisher.send_metadata(&Metadata {
                width: self.format.width,
                height: self.format.height,
                fps: f64::from(self.format.fps),
                video_kbps: self.format.video_kbps,
                audio_kbps: self.format.audio_kbps,
                audio_rate: codec_wire::AUDIO_RATE,
            });
        }
        let (fps, rate) = (i64::from(self.format.fps), i64::from(codec_wire::AUDIO_RATE));
        let origin = self.origin.unwrap_or_default();
        let ms = match packet.media {
            Media::Video { tick, .. } => (tick - origin) * 1000 / fps,
            Media::Audio { sample } => (sample - origin * rate / fps) * 1000 / rate,
        };
        if ms < 0 {
            return;
        }
        // A replaced encoder makes the same headers; where it does not, players are told.
        if packet.is_key() && self.headers.as_ref() != Some(&packet.headers) {
            if let Some(header) = flv::video_header(&packet.headers) {
                publisher.send(Kind::Video, ms as u32, &header);
            }
            publisher.send(Kind::Audio, ms as u32, &flv::audio_header(&packet.headers));
            self.headers = Some(packet.headers.clone());
        }
        let kind = if packet.is_video() { Kind::Video } else { Kind::Audio };
        publisher.send(kind, ms as u32, packet.flv());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_only_while_something_is_under_way() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut progress = Progress::new(start);
        assert_eq!(progress.silent_for(at(5000), 0, false, 0), Duration::ZERO, "nothing to say is no stall");
        progress.written = 1000;
        assert_eq!(progress.silent_for(at(5200), 400, true, 0), Duration::ZERO, "600 came through");
        progress.written = 3000;
        assert_eq!(progress.silent_for(at(6000), 2400, true, 0), Duration::from_millis(800));
        assert_eq!(progress.silent_for(at(6200), 2300, true, 0), Duration::ZERO, "moving again");
    }

    #[test]
    fn a_server_that_hangs_behind_a_system_that_takes_bytes_is_silent() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut progress = Progress::new(start);
        for (step, acknowledgements) in [1, 2, 3, 3, 3, 3, 3].into_iter().enumerate() {
            progress.written += u64::from(rtmp::WINDOW);
            let silent = progress.silent_for(at(step as u64 * 200), 0, false, acknowledgements);
            // The third came at 400 ms; at 1000 ms three windows were written since.
            let expected = if step < 5 { 0 } else { (step as u64 - 4) * 200 };
            assert_eq!(silent, Duration::from_millis(expected), "step {step}");
        }
    }
}
