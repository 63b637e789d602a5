//! Fan-out: every packet to everyone who asked, through queues that are bounded.

use crate::packet::Packet;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::sync::Notify;

/// Takes packets from the encoder and gives them to every queue.
#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The packets since the last keyframe, for those who come in between.
    gop: Vec<Arc<Packet>>,
    queues: Vec<Weak<Queue>>,
    closed: bool,
}

/// The most packets that are kept for those who come in between: ten seconds and more of them.
const MAX_GOP: usize = 2_000;

impl Hub {
    /// A hub that nobody listens to.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A queue of at most `max_bytes` that begins with the current group of pictures.
    pub fn subscribe(&self, max_bytes: usize) -> Arc<Queue> {
        let queue = Arc::new(Queue::new(max_bytes));
        let mut inner = lock(&self.inner);
        for packet in &inner.gop {
            queue.push(packet);
        }
        if inner.closed {
            queue.close();
        }
        inner.queues.push(Arc::downgrade(&queue));
        queue
    }

    /// Gives a packet to everyone. Never waits for any of them.
    pub fn publish(&self, packet: Packet) {
        let packet = Arc::new(packet);
        let mut inner = lock(&self.inner);
        if packet.is_key() {
            inner.gop.clear();
        }
        let begun = packet.is_key() || !inner.gop.is_empty();
        if begun && inner.gop.len() < MAX_GOP {
            inner.gop.push(packet.clone());
        }
        inner.queues.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                queue.push(&packet);
                true
            }
            None => false,
        });
    }

    /// No packet will come any more: queues end once they are empty.
    pub fn close(&self) {
        let mut inner = lock(&self.inner);
        inner.closed = true;
        inner.queues.iter().filter_map(Weak::upgrade).for_each(|queue| queue.close());
    }
}

/// Packets on their way to one destination.
pub struct Queue {
    state: Mutex<QueueState>,
    changed: Notify,
    max_bytes: usize,
}

struct QueueState {
    packets: VecDeque<Arc<Packet>>,
    bytes: usize,
    /// Until a keyframe comes there is nothing that could be decoded.
    needs_key: bool,
    closed: bool,
    dropped_frames: u64,
}

impl Queue {
    fn new(max_bytes: usize) -> Self {
        let state =
            QueueState { packets: VecDeque::new(), bytes: 0, needs_key: true, closed: false, dropped_frames: 0 };
        Self { state: Mutex::new(state), changed: Notify::new(), max_bytes }
    }

    fn push(&self, packet: &Arc<Packet>) {
        let mut state = lock(&self.state);
        if state.bytes + packet.data.len() > self.max_bytes {
            state.drop_all();
        }
        if state.needs_key && !packet.is_key() {
            state.dropped_frames += u64::from(packet.is_video());
            return;
        }
        state.needs_key = false;
        state.bytes += packet.data.len();
        state.packets.push_back(packet.clone());
        drop(state);
        self.changed.notify_one();
    }

    fn close(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_one();
    }

    /// The next packet, once there is one; `None` at the end. For one reader at a time.
    pub async fn next(&self) -> Option<Arc<Packet>> {
        loop {
            {
                let mut state = lock(&self.state);
                if let Some(packet) = state.packets.pop_front() {
                    state.bytes -= packet.data.len();
                    return Some(packet);
                }
                if state.closed {
                    return None;
                }
            }
            self.changed.notified().await;
        }
    }

    /// Bytes that wait.
    #[must_use]
    pub fn bytes(&self) -> usize {
        lock(&self.state).bytes
    }

    /// Frames of video that were dropped so far.
    #[must_use]
    pub fn dropped_frames(&self) -> u64 {
        lock(&self.state).dropped_frames
    }
}

impl QueueState {
    fn drop_all(&mut self) {
        self.dropped_frames += self.packets.iter().filter(|p| p.is_video()).count() as u64;
        self.packets.clear();
        self.bytes = 0;
        self.needs_key = true;
    }
}

/// A lock whose holder panicked is still sound: critical sections leave their data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{Headers, Media};
    use bytes::Bytes;

    fn video(tick: i64, key: bool, size: usize) -> Packet {
        let headers = Arc::new(Headers { video: Bytes::new(), audio: Bytes::new() });
        Packet::new(Media::Video { tick, key }, vec![0; size].into(), headers)
    }

    async fn ticks(queue: &Queue) -> Vec<i64> {
        let mut ticks = Vec::new();
        while let Some(packet) = queue.next().await {
            if let Media::Video { tick, .. } = packet.media {
                ticks.push(tick);
            }
        }
        ticks
    }

    #[tokio::test]
    async fn who_comes_late_begins_at_the_last_keyframe() {
        let hub = Hub::new();
        for tick in 0..10 {
            hub.publish(video(tick, tick % 4 == 0, 10));
        }
        let late = hub.subscribe(1000);
        hub.publish(video(10, false, 10));
        hub.close();
        assert_eq!(ticks(&late).await, [8, 9, 10]);
        assert_eq!(ticks(&hub.subscribe(1000)).await, [8, 9, 10], "also after the end");
    }

    #[tokio::test]
    async fn a_full_queue_drops_whole_groups_and_no_other_queue_notices() {
        let hub = Hub::new();
        let (slow, quick) = (hub.subscribe(55), hub.subscribe(10_000));
        for tick in 0..12 {
            hub.publish(video(tick, tick % 4 == 0, 10));
        }
        hub.close();
        assert_eq!(ticks(&quick).await, (0..12).collect::<Vec<_>>());
        let got = ticks(&slow).await;
        assert_eq!(got, [8, 9, 10, 11], "from a keyframe on, without a gap");
        assert_eq!(slow.dropped_frames(), 8);
    }
}
