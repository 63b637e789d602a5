//! WebSocket: the show and its events out, commands in; and the program's picture.
//!
//! `/ws` speaks JSON. The service says, in this order: `snapshot` (the show, and the number of the
//! last command), then an `event` for each change with its number, and a `status` once a second.
//! Where a command has several events they have one number, and `part` of `parts`: whoever has the last
//! part has it all.
//! With `?after=N` it gives the events after number N instead of a snapshot, where it still has
//! them. A client says `{"id": …, "command": {…}}` and is answered with `answer` and the same id.
//! A client that falls behind is given a fresh snapshot; before that, of several changes of one layer that wait for it,
//! the last one.
//!
//! Commands may be sent without waiting for answers: they are carried out in the order in which they came, and answered
//! in it.
//!
//! With a `key` of the client's own, a command is carried out once, and answered the same however often it is sent; with
//! `"dryRun": true` it is not carried out, and answered all the same.
//!
//! A client may say other things than commands, each with an `id` to be answered by:
//!
//! - `{"id": …, "subscribe": ["layers", "status"]}`: what it is told of from then on; at first all but `meters`. The
//!   numbers of events have gaps then.
//! - `{"id": …, "meters": true}`: from then on it is given `meters` ten times a second.
//! - `{"id": …, "speak": {"speech": {"layerId": "host"}, "sampleRate": 24000}}`: a character begins to say
//!   something whose sound is still being made. The answer has the `speechId`.
//! - `{"audio": {"speechId": …, "base64": …}}`, or a binary message for the speech that this client began last:
//!   the next of its raw samples, cut anywhere. Answered where it has an `id`, or is wrong.
//! - `{"endSpeech": "speech-1"}`: no more will come. A client that goes away has ended all that it began.
//!
//! `/preview` gives the program as fragmented MP4: first a text message with its MIME type, then
//! the initialisation segment and fragments as binary messages.

use crate::body::{MAX_BODY, parse};
use crate::conditions;
use crate::messages::{Answered, Happened, LiveSpeech, PROTOCOL, Request, Said};
use crate::problem::Problem;
use crate::sound;
use crate::status;
use crate::topic::Topic;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use engine::{
    Answer, CommandError, Control, Engine, FeedError, FeedHandle, Numbered, Pending, State as ShowState, Terms,
};
use futures_util::future::{BoxFuture, ready};
use futures_util::stream::FuturesOrdered;
use futures_util::{FutureExt, StreamExt};
use scene::{Command, Event, FieldError, Id};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{MissedTickBehavior, interval};

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new().route("/", get(control)).route("/ws", get(control)).route("/preview", get(preview)).with_state(engine)
}

/// Commands of one client that may wait to become durable: they do together, and it need not wait for each.
const MOST_UNDER_WAY: usize = 256;
/// Events that are looked at together, where they wait.
const MOST_AT_ONCE: usize = 256;

#[derive(Deserialize)]
struct Opening {
    /// The number after which events are wanted.
    after: Option<u64>,
    /// Who it is, where it cannot send headers: browsers cannot.
    client: Option<Id>,
    /// What it wants to be told of, also of what it has missed: `layers,sound`.
    topics: Option<String>,
}

/// What is known of a client.
struct Client {
    engine: Arc<Engine>,
    /// Who it says that it is.
    name: Id,
    topics: BTreeSet<Topic>,
    /// The `zIndex` of layers as the client knows them.
    known_z: HashMap<Id, i32>,
    /// The speech that it has begun and not ended, the last one last.
    speech: Vec<FeedHandle>,
}

impl Drop for Client {
    fn drop(&mut self) {
        for feed in &self.speech {
            // What has ended already has.
            let _ = feed.end();
        }
    }
}

async fn control(
    State(engine): State<Arc<Engine>>,
    Query(Opening { after, client, topics }): Query<Opening>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let name = client.map_or_else(|| conditions::client(&headers), Ok)?;
    let wrong = |word: String| Problem::query(format!("topics: there is no topic \"{word}\""));
    let topics = topics.map_or_else(|| Ok(Topic::at_first()), |topics| Topic::list(&topics)).map_err(wrong)?;
    let (known_z, speech) = (HashMap::new(), Vec::new());
    Ok(upgrade.max_message_size(MAX_BODY).on_upgrade(move |socket| async move {
        // A client that went away is no error.
        let _ = converse(Client { engine, name, topics, known_z, speech }, after, socket).await;
    }))
}

async fn converse(mut client: Client, after: Option<u64>, mut socket: WebSocket) -> Result<(), axum::Error> {
    let (engine, name) = (client.engine.clone(), client.name.clone());
    send(&mut socket, Said::Hello { protocol: PROTOCOL, service: env!("CARGO_PKG_VERSION"), client: name }).await?;
    let control = engine.control().clone();
    let (missed, mut events) = match after {
        Some(after) => control.events_after(after),
        None => (None, control.events_after(u64::MAX).1),
    };
    // Up to which number the client has everything; what comes live is later.
    let mut held = match (after, missed) {
        (Some(after), Some(missed)) => {
            let last = missed.last().map_or(after, |event| event.sequence);
            for event in missed.iter().filter(|event| client.hears_of(&event.event)) {
                send(&mut socket, Said::Event(Box::new(Happened::new(event)))).await?;
            }
            last
        }
        _ => send_snapshot(&engine, &mut socket).await?,
    };
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut meters = engine.meters();
    let mut notices = engine.notices().subscribe();
    let mut under_way: FuturesOrdered<BoxFuture<'static, Answered>> = FuturesOrdered::new();
    // The command that is being looked at, and one that waits until all before it are done: one at a time, in order.
    let (mut beginning, mut waits): (Option<Beginning>, Option<Given>) = (None, None);
    loop {
        if under_way.is_empty()
            && let Some(given) = waits.take()
        {
            beginning = Some(Beginning::of(given, &control));
        }
        tokio::select! {
            changed = meters.changed(), if client.hears(Topic::Meters) => match changed {
                Ok(()) => {
                    meters.mark_unchanged();
                    send(&mut socket, Said::Meters { meters: sound::meters(&engine) }).await?;
                }
                Err(_) => return Ok(()),
            },
            event = events.recv() => match waiting(event, &mut events) {
                Ok(waiting) => {
                    // Not what the snapshot has already.
                    let news = waiting.into_iter().filter(|event| event.sequence > held).collect();
                    for event in client.worth_telling(news) {
                        send(&mut socket, Said::Event(Box::new(Happened::new(&event)))).await?;
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    client.known_z.clear();
                    held = send_snapshot(&engine, &mut socket).await?;
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            // Who is too slow for them finds the last ones by `GET /notices`.
            Ok(notice) = notices.recv(), if client.hears(Topic::Notices) => {
                send(&mut socket, Said::Notice { notice: (*notice).clone() }).await?;
            }
            Some(answer) = under_way.next(), if !under_way.is_empty() => {
                send(&mut socket, Said::Answer(Box::new(answer))).await?;
            }
            Some((given, begun)) = begun(&mut beginning), if beginning.is_some() => {
                match begun {
                    Ok(pending) => under_way.push_back(given.answered(pending)),
                    // It may be about what is only under way.
                    Err(CommandError::Rejected(_)) if !under_way.is_empty() => waits = Some(given),
                    Err(e) => under_way.push_back(ready(Answered::refused(given.id, e.into())).boxed()),
                }
            }
            message = socket.recv(), if beginning.is_none() && waits.is_none() && under_way.len() < MOST_UNDER_WAY => match message {
                Some(Ok(Message::Text(text))) => match client.answer(text.as_bytes()).await {
                    Some(Reply::Done(answer)) => under_way.push_back(ready(answer).boxed()),
                    // What it would do now is not what it will do.
                    Some(Reply::Given(given)) if given.looks_around() => waits = Some(given),
                    Some(Reply::Given(given)) => beginning = Some(Beginning::of(given, &control)),
                    None => {}
                },
                Some(Ok(Message::Binary(bytes))) => {
                    if let Err(problem) = client.take(&bytes) {
                        under_way.push_back(ready(Answered::refused(Value::Null, problem)).boxed());
                    }
                }
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e),
            },
            _ = tick.tick(), if client.hears(Topic::Status) => {
                send(&mut socket, Said::Status { status: Box::new(status::stream(&engine)) }).await?;
            }
        }
    }
}

/// An event and all that wait behind it.
fn waiting(
    first: Result<Arc<Numbered>, RecvError>,
    events: &mut Receiver<Arc<Numbered>>,
) -> Result<Vec<Arc<Numbered>>, RecvError> {
    let mut waiting = vec![first?];
    while waiting.len() < MOST_AT_ONCE {
        match events.try_recv() {
            Ok(event) => waiting.push(event),
            Err(TryRecvError::Lagged(missed)) => return Err(RecvError::Lagged(missed)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    Ok(waiting)
}

/// What comes of a message.
#[allow(clippy::large_enum_variant, reason = "there is one at a time, which is taken apart at once")]
enum Reply {
    /// It has been done.
    Done(Answered),
    /// A command.
    Given(Given),
}

/// A command that was given by a socket.
struct Given {
    id: Value,
    terms: Terms,
    command: Command,
}

impl Given {
    /// Whether it is about how things are when it is looked at.
    fn looks_around(&self) -> bool {
        self.terms.dry_run || self.command.needs_a_look()
    }

    /// Its answer, once it is durable.
    fn answered(self, pending: Pending) -> BoxFuture<'static, Answered> {
        let id = self.id;
        let answer = async {
            match pending.answered().await {
                Ok(Answer { sequence, events, .. }) => {
                    Answered { id, ok: true, sequence: Some(sequence), events: Some(events), ..Answered::default() }
                }
                Err(e) => Answered::refused(id, e.into()),
            }
        };
        answer.boxed()
    }
}

/// A command that is tried, and whose files are loaded.
struct Beginning {
    given: Given,
    begun: BoxFuture<'static, Result<Pending, CommandError>>,
}

impl Beginning {
    fn of(given: Given, control: &Control) -> Self {
        let (control, terms, command) = (control.clone(), given.terms.clone(), given.command.clone());
        Self { given, begun: async move { control.begin(terms, command).await }.boxed() }
    }
}

/// What comes of a command that is being looked at; it is given up with its future.
async fn begun(beginning: &mut Option<Beginning>) -> Option<(Given, Result<Pending, CommandError>)> {
    let begun = (&mut beginning.as_mut()?.begun).await;
    beginning.take().map(|Beginning { given, .. }| (given, begun))
}

async fn send(socket: &mut WebSocket, message: Said) -> Result<(), axum::Error> {
    let text = serde_json::to_string(&message).map_err(axum::Error::new)?;
    socket.send(Message::Text(text.into())).await
}

async fn send_snapshot(engine: &Engine, socket: &mut WebSocket) -> Result<u64, axum::Error> {
    let state: Arc<ShowState> = engine.control().state();
    let message = Said::Snapshot {
        sequence: state.sequence,
        show: Box::new(state.show.to_file()),
        timelines: state.show.timelines(engine.control().now()),
        streaming: state.show.streaming(),
    };
    send(socket, message).await?;
    Ok(state.sequence)
}

impl Client {
    fn hears(&self, topic: Topic) -> bool {
        self.topics.contains(&topic)
    }

    /// That everything may be different is for everybody.
    fn hears_of(&self, event: &Event) -> bool {
        Topic::of(event).is_none_or(|topic| self.hears(topic))
    }

    /// Of the events that wait for a client the ones that it is to be told of. Where one layer was changed several times
    /// with nothing else between, the last of these changes says it all; but where its number is another one, it is put
    /// above its equals, and each time counts. A part of a command may be left out, then: whoever comes again after that command
    /// is told of the later change.
    fn worth_telling(&mut self, waiting: Vec<Arc<Numbered>>) -> Vec<Arc<Numbered>> {
        let mut told: Vec<Option<Arc<Numbered>>> = Vec::with_capacity(waiting.len());
        // Where the last change of each layer stands, since something else happened.
        let mut last: HashMap<Id, usize> = HashMap::new();
        for event in waiting {
            let hears = self.hears_of(&event.event);
            match &event.event {
                Event::LayerUpdated { layer } => {
                    let z = self.known_z.insert(layer.id().clone(), layer.z_index());
                    if z == Some(layer.z_index()) {
                        let before = last.insert(layer.id().clone(), told.len());
                        before.into_iter().for_each(|before| told[before] = None);
                    } else {
                        last.clear();
                    }
                }
                other => {
                    last.clear();
                    match other {
                        Event::LayerCreated { layer } => {
                            self.known_z.insert(layer.id().clone(), layer.z_index());
                        }
                        Event::LayerDeleted { id, inner } => {
                            self.known_z.retain(|known, _| known != id && !inner.contains(known));
                        }
                        Event::LayersReordered { .. } | Event::ShowLoaded => self.known_z.clear(),
                        _ => {}
                    }
                }
            }
            told.push(hears.then_some(event));
        }
        told.into_iter().flatten().collect()
    }

    /// Does what a message asks for. What has no id is answered only where it is wrong, but for commands.
    async fn answer(&mut self, text: &[u8]) -> Option<Reply> {
        // The id is read first, so that a wrong command can be answered by it.
        let id = serde_json::from_slice::<Value>(text).ok().and_then(|v| v.get("id").cloned());
        let quiet = id.is_none();
        let id = id.unwrap_or_default();
        let result = match parse::<Request>(text) {
            Ok(request) if request.is_a_command() => {
                let Request { command, key, dry_run, .. } = request;
                let command = command?;
                return Some(match conditions::keyed(self.name.clone(), key, dry_run, &command) {
                    Ok(terms) => Reply::Given(Given { id, terms, command }),
                    Err(problem) => Reply::Done(Answered::refused(id, problem)),
                });
            }
            Ok(request) => self.carry_out(request).await,
            Err(problem) => Err(problem),
        };
        match result {
            Ok(None) if quiet => None,
            Ok(answer) => Some(Reply::Done(Answered { id, ok: true, ..answer.unwrap_or_default() })),
            Err(problem) => Some(Reply::Done(Answered::refused(id, problem))),
        }
    }

    async fn carry_out(&mut self, request: Request) -> Result<Option<Answered>, Problem> {
        let Request { command, key, dry_run, meters, subscribe, speak, audio, end_speech, .. } = request;
        let wrong = |field: &str, message: &str| Err(Problem::field(FieldError::new(field, message)));
        let said = [command.is_some(), meters.is_some(), subscribe.is_some()];
        let said = said.into_iter().chain([speak.is_some(), audio.is_some(), end_speech.is_some()]);
        if said.filter(|said| *said).count() != 1 {
            return wrong("command", "say one of command, meters, subscribe, speak, audio and endSpeech");
        }
        let stray = key.as_ref().map(|_| "key").or(dry_run.then_some("dryRun"));
        if let Some(field) = stray {
            return wrong(field, "only a command takes it");
        }
        if let Some(live) = speak {
            return self.speak(live).await.map(Some);
        }
        if let Some(on) = meters {
            match on {
                true => self.topics.insert(Topic::Meters),
                false => self.topics.remove(&Topic::Meters),
            };
        }
        if let Some(topics) = subscribe {
            self.topics = topics.into_iter().collect();
        }
        if let Some(chunk) = audio {
            let engine = base64::engine::general_purpose::STANDARD;
            let broken = |e| Problem::field(FieldError::new("audio.base64", format!("it is broken: {e}")));
            let bytes = engine.decode(&chunk.base64).map_err(broken)?;
            let feed = self.feed(&chunk.speech_id, "audio.speechId")?;
            feed.push(&bytes).map_err(|e| feed_problem(&e, "audio.speechId"))?;
        }
        if let Some(id) = end_speech {
            let feed = self.feed(&id, "endSpeech")?;
            self.speech.retain(|own| own.id() != &id);
            feed.end().map_err(|e| feed_problem(&e, "endSpeech"))?;
        }
        Ok(None)
    }

    async fn speak(&mut self, live: LiveSpeech) -> Result<Answered, Problem> {
        let LiveSpeech { mut speech, sample_rate, channels, encoding } = live;
        if speech.url.is_some() {
            let message = "speech that has a url needs no samples: give the command speak";
            return Err(Problem::field(FieldError::new("speak.speech.url", message)));
        }
        // The sound has to have a place before the show speaks of it.
        let made = || format!("live-{:08x}", fastrand::u32(..)).parse().ok();
        let id: Id = speech.id.clone().or_else(made).ok_or_else(|| Problem::internal("no name"))?;
        speech.id = Some(id.clone());
        let opened = self.engine.feeds().open(id.clone(), encoding.into(), sample_rate, channels.into());
        let feed = opened.map_err(|e| feed_problem(&e, "speak.sampleRate"))?;
        let command = Command::Speak { speech };
        let terms = conditions::keyed(self.name.clone(), None, false, &command)?;
        let answer = match self.engine.control().submit_under(terms, command).await {
            Ok(answer) => answer,
            Err(e) => {
                self.engine.feeds().close(&feed);
                return Err(e.into());
            }
        };
        self.speech.push(feed);
        let (sequence, events) = (Some(answer.sequence), Some(answer.events));
        Ok(Answered { speech_id: Some(id), sequence, events, ..Answered::default() })
    }

    /// Samples for the speech that was begun last.
    fn take(&self, bytes: &[u8]) -> Result<(), Problem> {
        let Some(feed) = self.speech.last() else {
            let message = "samples, but this client has begun no speech: say speak first";
            return Err(Problem::field(FieldError::new("speak", message)));
        };
        feed.push(bytes).map_err(|e| feed_problem(&e, "audio.speechId"))
    }

    fn feed(&self, id: &Id, field: &str) -> Result<FeedHandle, Problem> {
        self.engine.feeds().handle(id).map_err(|e| feed_problem(&e, field))
    }
}

fn feed_problem(error: &FeedError, field: &str) -> Problem {
    match error {
        FeedError::Unknown(_) => Problem::not_found(error.to_string()),
        FeedError::Taken(_) => {
            Problem::new(StatusCode::CONFLICT, "/problems/taken", "The id is taken", error.to_string())
        }
        FeedError::Format(_) => Problem::field(FieldError::new(field, error.to_string())),
        FeedError::Full => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "/problems/busy", "Too much at once", error.to_string())
        }
    }
}

async fn preview(State(engine): State<Arc<Engine>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| async move {
        let _ = show(engine, socket).await;
    })
}

async fn show(engine: Arc<Engine>, mut socket: WebSocket) -> Result<(), axum::Error> {
    let (begin, mut fragments) = engine.preview().watch();
    let mut described = false;
    for fragment in begin {
        send_fragment(&mut socket, fragment, &mut described).await?;
    }
    loop {
        tokio::select! {
            fragment = fragments.recv() => match fragment {
                Ok(fragment) => send_fragment(&mut socket, fragment, &mut described).await?,
                // Whoever is behind begins anew.
                Err(_) => return socket.send(Message::Close(None)).await,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e),
            },
        }
    }
}

async fn send_fragment(
    socket: &mut WebSocket,
    fragment: output::Fragment,
    described: &mut bool,
) -> Result<(), axum::Error> {
    if !*described {
        *described = true;
        let mime = format!("video/mp4; codecs=\"{},mp4a.40.2\"", codec(&fragment.bytes));
        let described = json!({"type": "preview", "mime": mime}).to_string();
        socket.send(Message::Text(described.into())).await?;
    }
    socket.send(Message::Binary(fragment.bytes)).await
}

/// The name of the video codec (RFC 6381), from the AVCDecoderConfigurationRecord in `moov`.
fn codec(initialisation: &[u8]) -> String {
    let at = initialisation.windows(4).position(|w| w == b"avcC");
    match at.and_then(|at| initialisation.get(at + 5..at + 8)) {
        Some([profile, compatible, level]) => format!("avc1.{profile:02x}{compatible:02x}{level:02x}"),
        _ => "avc1.640028".to_owned(),
    }
}
