//! What is said on the WebSocket, as types: the service speaks by them, and the description of the protocol
//! (AsyncAPI 3.0) is made of them.

use crate::problem::Problem;
use crate::sound::{Encoding, Meters};
use crate::status::StreamStatus;
use crate::topic::Topic;
use engine::{Notice, Numbered};
use scene::{Command, Event, Id, ShowFile, SpeechSpec, TimelineView};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the protocol: it is raised where a client would have to be changed.
pub(crate) const PROTOCOL: u32 = 1;

/// What a client says: one of `command`, `meters`, `subscribe`, `speak`, `audio` and `endSpeech`, and an `id` to be
/// answered by.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Request")]
pub(crate) struct Request {
    /// The answer has it. Any JSON.
    #[allow(dead_code, reason = "read before the rest, so that a wrong message can be answered by it")]
    id: Option<Value>,
    /// Something to be done to the show.
    pub(crate) command: Option<Command>,
    /// So that the command is carried out once, however often it is sent.
    pub(crate) key: Option<String>,
    /// Whether the command is only to be tried.
    #[serde(default)]
    pub(crate) dry_run: bool,
    /// Whether to be given `meters`, ten times a second.
    pub(crate) meters: Option<bool>,
    /// What it wants to be told of from now on.
    pub(crate) subscribe: Option<Vec<Topic>>,
    /// A character begins to say something whose sound is still being made.
    pub(crate) speak: Option<LiveSpeech>,
    /// The next of its samples. They may come as a binary message as well, for the speech that was begun last.
    pub(crate) audio: Option<Chunk>,
    /// No more of its samples will come.
    pub(crate) end_speech: Option<Id>,
}

impl Request {
    /// Whether it is a command and nothing else.
    pub(crate) fn is_a_command(&self) -> bool {
        let others = [self.meters.is_some(), self.subscribe.is_some(), self.speak.is_some(), self.audio.is_some()];
        self.command.is_some() && self.end_speech.is_none() && !others.contains(&true)
    }
}

/// Speech whose sound is still being made.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LiveSpeech {
    /// Who says it, and what is known of it.
    pub(crate) speech: SpeechSpec,
    /// Of its samples, in Hz: 8,000 to 192,000.
    pub(crate) sample_rate: u32,
    /// 1 or 2, interleaved.
    #[serde(default = "mono")]
    pub(crate) channels: u16,
    /// How each sample is written.
    #[serde(default)]
    pub(crate) encoding: Encoding,
}

fn mono() -> u16 {
    1
}

/// Some samples of speech.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Chunk {
    /// Of which.
    pub(crate) speech_id: Id,
    /// The samples, cut anywhere.
    pub(crate) base64: String,
}

/// What the service says.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[schemars(rename = "Message")]
pub(crate) enum Said {
    /// The first message.
    Hello {
        /// The version of the protocol.
        protocol: u32,
        /// The version of the service.
        service: &'static str,
        /// Who the client is taken for.
        client: Id,
    },
    /// The whole show: at first, and where a client has missed too much.
    Snapshot {
        /// The number of the last command.
        sequence: u64,
        /// The show.
        show: Box<ShowFile>,
        /// Its timelines, and where they stand.
        timelines: Vec<TimelineView>,
        /// Whether the program is to be published.
        streaming: bool,
    },
    /// A command has changed something.
    Event(Box<Happened>),
    /// What came of a message of this client's own.
    Answer(Box<Answered>),
    /// How the stream is, once a second.
    Status {
        /// How it is.
        status: Box<StreamStatus>,
    },
    /// What happened to the service.
    Notice {
        /// When, and what.
        notice: Notice,
    },
    /// What the meters show, ten times a second.
    Meters {
        /// What they show.
        meters: Meters,
    },
}

/// An event with the number of the command that caused it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Happened {
    /// The number of the command.
    sequence: u64,
    /// What happened.
    event: Event,
    /// Who gave the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Id>,
    /// The key that its caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Where the command has several events: which of them it is, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<usize>,
    /// And how many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<usize>,
}

impl Happened {
    pub(crate) fn new(Numbered { sequence, part, parts, by, key, event }: &Numbered) -> Self {
        let several = |number: usize| (*parts > 1).then_some(number);
        let (part, parts) = (several(*part), several(*parts));
        Self { sequence: *sequence, event: event.clone(), by: by.clone(), key: key.clone(), part, parts }
    }
}

/// What came of a message.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answered {
    /// The `id` of the message; null where it had none.
    pub(crate) id: Value,
    /// Whether it was done.
    pub(crate) ok: bool,
    /// Of a command: its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sequence: Option<u64>,
    /// Of a command: what happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) events: Option<Vec<Event>>,
    /// Of `speak`: for the samples that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speech_id: Option<Id>,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<Problem>,
}

impl Answered {
    /// That it was not done.
    pub(crate) fn refused(id: Value, problem: Problem) -> Self {
        Self { id, problem: Some(problem), ..Self::default() }
    }
}

/// The description of the protocol: <https://www.asyncapi.com/docs/reference/specification/v3.0.0>.
pub(crate) fn describe() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.definitions_path = "/components/schemas".into());
    // As both are read: what the service gives back of a show is what somebody wrote, with as much left out.
    let mut generator = settings.for_deserialize().into_generator();
    generator.subschema_for::<Said>();
    generator.subschema_for::<Request>();
    let schemas = generator.take_definitions(true);
    let message = |name: &str, summary: &str| {
        let payload = json!({"$ref": format!("#/components/schemas/{name}")});
        json!({"name": name, "summary": summary, "payload": payload})
    };
    let parameters = json!({
        "type": "object",
        "properties": {
            "after": {"type": "integer", "minimum": 0, "description": "The number after which events are wanted, instead of a snapshot."},
            "topics": {"type": "string", "description": "What to be told of, also of what was missed: layers,sound."},
            "client": {"type": "string", "description": "Who you are, by a name of your own."},
            "ticket": {"type": "string", "description": "From POST /api/v1/tickets, instead of the header Authorization."}
        }
    });
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Stream Manager",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The show and its events out, commands in. First comes hello, then a snapshot (or what was missed after a number), then events with their numbers."
        },
        "defaultContentType": "application/json",
        "servers": {"service": {"host": "127.0.0.1:4201", "protocol": "ws"}},
        "channels": {"show": {
            "address": "/ws",
            "messages": {
                "request": {"$ref": "#/components/messages/request"},
                "message": {"$ref": "#/components/messages/message"}
            },
            "bindings": {"ws": {"method": "GET", "query": parameters}}
        }},
        "operations": {
            "hear": {
                "action": "receive",
                "summary": "What clients say",
                "channel": {"$ref": "#/channels/show"},
                "messages": [{"$ref": "#/channels/show/messages/request"}]
            },
            "say": {
                "action": "send",
                "summary": "What the service says",
                "channel": {"$ref": "#/channels/show"},
                "messages": [{"$ref": "#/channels/show/messages/message"}]
            }
        },
        "components": {
            "messages": {
                "request": message("Request", "What a client says"),
                "message": message("Message", "What the service says")
            },
            "schemas": schemas
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        let document = describe();
        let mut references = Vec::new();
        fn collect(value: &Value, references: &mut Vec<String>) {
            match value {
                Value::Object(members) => members.iter().for_each(|(name, value)| match value {
                    Value::String(reference) if name == "$ref" => references.push(reference.clone()),
                    other => collect(other, references),
                }),
                Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
                _ => {}
            }
        }
        collect(&document, &mut references);
        assert!(references.len() > 100, "{}", references.len());
        for reference in references {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }
}
