//! Fan-out: every packet to everyone who asked, through queues that are bounded.

use crate::packet::Packet;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Takes packets from the encoder and gives them to every queue.
#[derive(Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Whole groups of pictures, the oldest of which began [`RECENT`] ago or before: for those who come in
    /// between, and for those who come back.
    recent: VecDeque<(Instant, Arc<Packet>)>,
    queues: Vec<Weak<Queue>>,
    closed: bool,
}

/// So much of the program is kept for those whose connection was lost for a moment.
pub(crate) const RECENT: Duration = Duration::from_secs(2);
/// The most packets that are kept in any case: ten seconds and more of them.
const MAX_RECENT: usize = 2_000;

/// How much may wait in a queue.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// Bytes.
    pub bytes: usize,
    /// How long the oldest packet may wait.
    pub age: Duration,
}

impl Bound {
    /// So many bytes, for as long as it takes.
    #[must_use]
    pub fn bytes(bytes: usize) -> Self {
        Self { bytes, age: Duration::MAX }
    }
}

impl Hub {
    /// A hub that nobody listens to.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A queue that begins with the current group of pictures.
    pub fn subscribe(&self, bound: Bound) -> Arc<Queue> {
        self.resume(bound, None)
    }

    /// A queue that begins with the group of pictures that frame `after` is in, where that is still kept: for
    /// whoever has got so far and no further. With the current group otherwise.
    pub fn resume(&self, bound: Bound, after: Option<i64>) -> Arc<Queue> {
        self.resume_at(Instant::now(), bound, after)
    }

    fn resume_at(&self, now: Instant, bound: Bound, after: Option<i64>) -> Arc<Queue> {
        let queue = Arc::new(Queue::new(bound));
        let mut inner = lock(&self.inner);
        // What an encoder made that has ended since is nobody's beginning.
        if inner.recent.back().is_some_and(|(at, _)| now.saturating_duration_since(*at) > RECENT) {
            inner.recent.clear();
        }
        let keys: Vec<(usize, i64)> =
            inner.recent.iter().enumerate().filter_map(|(i, (_, p))| Some((i, p.key()?))).collect();
        let wanted = after.and_then(|after| keys.iter().rev().find(|(_, tick)| *tick <= after));
        if let Some((first, _)) = wanted.or(keys.last()) {
            for (_, packet) in inner.recent.iter().skip(*first) {
                queue.push(packet);
            }
        }
        if inner.closed {
            queue.close();
        }
        inner.queues.push(Arc::downgrade(&queue));
        queue
    }

    /// Gives a packet to everyone. Never waits for any of them.
    pub fn publish(&self, packet: Packet) {
        let (packet, now) = (Arc::new(packet), Instant::now());
        let mut inner = lock(&self.inner);
        if packet.is_key() {
            inner.forget(now);
        }
        let begun = packet.is_key() || !inner.recent.is_empty();
        if begun && inner.recent.len() < MAX_RECENT {
            inner.recent.push_back((now, packet.clone()));
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

impl Inner {
    /// Lets go of the groups that are older than need be, now that another begins.
    fn forget(&mut self, now: Instant) {
        if self.recent.len() >= MAX_RECENT {
            self.recent.clear();
        }
        let second = |recent: &VecDeque<(Instant, Arc<Packet>)>| {
            let at = recent.iter().skip(1).position(|(_, packet)| packet.is_key())? + 1;
            (now.saturating_duration_since(recent[at].0) >= RECENT).then_some(at)
        };
        while let Some(second) = second(&self.recent) {
            self.recent.drain(..second);
        }
    }
}

/// Packets on their way to one destination.
pub struct Queue {
    state: Mutex<QueueState>,
    changed: Notify,
    bound: Bound,
}

struct QueueState {
    packets: VecDeque<(Instant, Arc<Packet>)>,
    bytes: usize,
    /// Until a keyframe comes there is nothing that could be decoded.
    needs_key: bool,
    closed: bool,
    dropped_frames: u64,
    dropped_groups: u64,
}

impl Queue {
    fn new(bound: Bound) -> Self {
        let state = QueueState {
            packets: VecDeque::new(),
            bytes: 0,
            needs_key: true,
            closed: false,
            dropped_frames: 0,
            dropped_groups: 0,
        };
        Self { state: Mutex::new(state), changed: Notify::new(), bound }
    }

    fn push(&self, packet: &Arc<Packet>) {
        let now = Instant::now();
        let mut state = lock(&self.state);
        let late = |state: &QueueState| {
            state.packets.front().is_some_and(|(since, _)| now.saturating_duration_since(*since) > self.bound.age)
        };
        while state.bytes + packet.data.len() > self.bound.bytes || late(&state) {
            state.drop_group();
            if state.packets.is_empty() {
                break;
            }
        }
        if state.needs_key && !packet.is_key() {
            state.dropped_frames += u64::from(packet.is_video());
            return;
        }
        state.needs_key = false;
        state.bytes += packet.data.len();
        state.packets.push_back((now, packet.clone()));
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
                if let Some((_, packet)) = state.packets.pop_front() {
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

    /// How long the oldest packet has waited.
    #[must_use]
    pub fn age(&self) -> Duration {
        lock(&self.state).packets.front().map_or(Duration::ZERO, |(since, _)| since.elapsed())
    }

    /// Frames of video that were dropped so far, and how many times some were.
    #[must_use]
    pub fn dropped(&self) -> (u64, u64) {
        let state = lock(&self.state);
        (state.dropped_frames, state.dropped_groups)
    }
}

impl QueueState {
    /// Drops up to the next keyframe that waits, or everything.
    fn drop_group(&mut self) {
        let next = self.packets.iter().skip(1).position(|(_, packet)| packet.is_key()).map(|at| at + 1);
        for (_, packet) in self.packets.drain(..next.unwrap_or(self.packets.len())) {
            self.dropped_frames += u64::from(packet.is_video());
            self.bytes -= packet.data.len();
        }
        self.dropped_groups += 1;
        self.needs_key = next.is_none();
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
        let late = hub.subscribe(Bound::bytes(1000));
        hub.publish(video(10, false, 10));
        hub.close();
        assert_eq!(ticks(&late).await, [8, 9, 10]);
        assert_eq!(ticks(&hub.subscribe(Bound::bytes(1000))).await, [8, 9, 10], "also after the end");
    }

    #[tokio::test]
    async fn a_full_queue_drops_whole_groups_and_no_other_queue_notices() {
        let hub = Hub::new();
        let (slow, quick) = (hub.subscribe(Bound::bytes(55)), hub.subscribe(Bound::bytes(10_000)));
        for tick in 0..12 {
            hub.publish(video(tick, tick % 4 == 0, 10));
        }
        hub.close();
        assert_eq!(ticks(&quick).await, (0..12).collect::<Vec<_>>());
        let got = ticks(&slow).await;
        assert_eq!(got, [8, 9, 10, 11], "from a keyframe on, without a gap");
        assert_eq!(slow.dropped(), (8, 2));
    }

    #[tokio::test]
    async fn who_comes_back_goes_on_with_the_group_it_was_in() {
        let hub = Hub::new();
        for tick in 0..10 {
            hub.publish(video(tick, tick % 4 == 0, 10));
        }
        let bound = Bound::bytes(1000);
        let queues = [hub.resume(bound, Some(5)), hub.resume(bound, Some(8)), hub.resume(bound, Some(-3))];
        hub.close();
        let expected = [(4..10).collect::<Vec<_>>(), vec![8, 9], vec![8, 9]];
        for (queue, expected) in queues.iter().zip(expected) {
            assert_eq!(ticks(queue).await, expected);
        }
    }

    #[tokio::test]
    async fn what_was_made_long_ago_is_nobodys_beginning() {
        let hub = Hub::new();
        hub.publish(video(0, true, 10));
        let bound = Bound::bytes(1000);
        let later = hub.resume_at(Instant::now() + RECENT * 2, bound, Some(0));
        hub.publish(video(1, false, 10));
        hub.publish(video(2, true, 10));
        hub.close();
        assert_eq!(ticks(&later).await, [2]);
    }

    #[tokio::test]
    async fn what_has_waited_for_too_long_is_dropped_up_to_a_keyframe() {
        let hub = Hub::new();
        let slow = hub.subscribe(Bound { bytes: 10_000, age: Duration::ZERO });
        for tick in 0..6 {
            hub.publish(video(tick, tick % 2 == 0, 10));
        }
        hub.close();
        assert_eq!(ticks(&slow).await.first().copied().unwrap_or(4) % 2, 0, "begins with a keyframe");
        assert!(slow.dropped().0 >= 4);
    }
}
