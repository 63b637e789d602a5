//! Whose turn it is to speak.
//!
//! Invariant: of each layer at most one utterance has begun, and none waits while none has. Proof:
//! whatever ends or adds one is followed by [`Show::take_turns`], which begins the next of every layer that is
//! silent; nothing else begins any.

use super::{Show, free_name, position};
use crate::animation::Seconds;
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::LayerKind;
use crate::sound::LEAD;
use crate::speech::{MAX_WAITING, SpeechEnd, SpeechQueue, SpeechSpec, Utterance};
use crate::time::ShowTime;
use std::sync::Arc;

impl Show {
    /// What is being said, and what waits to be, in the order in which it was asked for.
    #[must_use]
    pub fn speech(&self) -> &[Arc<Utterance>] {
        &self.speech
    }

    /// What is being said, and what comes next of each character: what has to be loaded.
    pub fn speech_soon(&self) -> impl Iterator<Item = &Arc<Utterance>> {
        let turn = |u: &Utterance| (-i16::from(u.spec.priority), u.order);
        let first = move |utterance: &&Arc<Utterance>| {
            let sooner = |other: &Utterance| {
                other.start.is_none() && other.spec.layer_id == utterance.spec.layer_id && turn(other) < turn(utterance)
            };
            utterance.start.is_some() || !self.speech.iter().any(|other| sooner(other))
        };
        self.speech.iter().filter(first)
    }

    pub(super) fn speak(&mut self, spec: SpeechSpec, now: ShowTime, told: &mut Vec<Event>) -> Result<(), Rejection> {
        let layer = self
            .layer(&spec.layer_id)
            .ok_or_else(|| FieldError::new("layerId", format!("there is no layer \"{}\"", spec.layer_id)))?;
        if !matches!(layer.spec().kind, LayerKind::Host | LayerKind::Assistant) {
            let message =
                format!("\"{}\" is no character: only layers of type host and assistant speak", spec.layer_id);
            return Err(FieldError::new("layerId", message).into());
        }
        if self.speech.len() >= MAX_WAITING {
            return Err(Rejection::Full { kind: "utterance", max: MAX_WAITING, hint: "" });
        }
        let (id, made) = free_name(&self.speech, spec.id.as_ref(), "utterance", "speech", self.names_made, |u| &u.id)?;
        let queue = spec.queue;
        self.spoken += 1;
        let utterance = Arc::new(Utterance::new(spec, id, now, self.spoken)?);
        self.names_made = made;
        told.push(Event::SpeechQueued { utterance: utterance.clone() });
        let layer = &utterance.spec.layer_id;
        match queue {
            SpeechQueue::Append => {}
            SpeechQueue::Interrupt => {
                self.end_speech(|u| u.spec.layer_id == *layer && u.start.is_some(), SpeechEnd::Cancelled, told);
                self.speech.push(begun(&utterance, now));
                told.push(Event::SpeechStarted { utterance: begun(&utterance, now) });
                return Ok(());
            }
            SpeechQueue::Replace => self.end_speech(|u| u.spec.layer_id == *layer, SpeechEnd::Cancelled, told),
        }
        self.speech.push(utterance);
        self.take_turns(now.ticks(), told);
        Ok(())
    }

    /// Ends an utterance, or all of a layer, or all.
    pub(super) fn stop_speech(
        &mut self,
        id: Option<Id>,
        layer: Option<Id>,
        now: ShowTime,
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        if let Some(id) = &id {
            position(&self.speech, "utterance", id, |u| &u.id)?;
        }
        if let Some(layer) = &layer
            && self.layer(layer).is_none()
        {
            return Err(FieldError::new("layerId", format!("there is no layer \"{layer}\"")).into());
        }
        let meant = |u: &Utterance| {
            id.as_ref().is_none_or(|id| u.id == *id) && layer.as_ref().is_none_or(|layer| u.spec.layer_id == *layer)
        };
        self.end_speech(meant, SpeechEnd::Cancelled, told);
        self.take_turns(now.ticks(), told);
        Ok(())
    }

    /// The sound of a live utterance has ended: it was so long.
    pub(super) fn finish_speech(
        &mut self,
        id: &Id,
        length: Option<Seconds>,
        now: ShowTime,
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        position(&self.speech, "utterance", id, |u| &u.id)?;
        let end = if length.is_some() { SpeechEnd::Finished } else { SpeechEnd::Failed };
        self.end_speech(|u| u.id == *id, end, told);
        self.take_turns(now.ticks(), told);
        Ok(())
    }

    /// Ends what characters say that are gone.
    pub(super) fn silence_the_gone(&mut self, now: ShowTime, told: &mut Vec<Event>) {
        let layers: Vec<Id> = self.layers.iter().map(|layer| layer.id().clone()).collect();
        self.end_speech(|u| !layers.contains(&u.spec.layer_id), SpeechEnd::Cancelled, told);
        self.take_turns(now.ticks(), told);
    }

    /// When something falls due among utterances: an end, or a turn that did not come in time.
    pub(super) fn speech_due(&self) -> Option<i64> {
        let due = |u: &Arc<Utterance>| match u.start {
            Some(_) => u.end(),
            None => u.expires.map(ShowTime::ticks),
        };
        self.speech.iter().filter_map(due).min()
    }

    pub(super) fn settle_speech(&mut self, at: i64, told: &mut Vec<Event>) {
        self.end_speech(|u| u.end().is_some_and(|end| end <= at), SpeechEnd::Finished, told);
        let late = |u: &Utterance| u.start.is_none() && u.expires.is_some_and(|expires| expires.ticks() <= at);
        // Whose turn comes just now is not late.
        self.take_turns(at, told);
        self.end_speech(late, SpeechEnd::Expired, told);
    }

    pub(super) fn end_speech(&mut self, which: impl Fn(&Utterance) -> bool, end: SpeechEnd, told: &mut Vec<Event>) {
        self.speech.retain(|utterance| {
            let ends = which(utterance);
            if ends {
                let (id, layer_id) = (utterance.id.clone(), utterance.spec.layer_id.clone());
                told.push(Event::SpeechEnded { id, layer_id, end });
            }
            !ends
        });
    }

    /// Begins the next utterance of every layer that is silent.
    fn take_turns(&mut self, now: i64, told: &mut Vec<Event>) {
        let mut speaking: Vec<Id> =
            self.speech.iter().filter(|u| u.start.is_some()).map(|u| u.spec.layer_id.clone()).collect();
        let mut waiting: Vec<usize> = (0..self.speech.len()).filter(|i| self.speech[*i].start.is_none()).collect();
        waiting.sort_by_key(|i| (-i16::from(self.speech[*i].spec.priority), self.speech[*i].order));
        for index in waiting {
            let layer = &self.speech[index].spec.layer_id;
            if speaking.contains(layer) {
                continue;
            }
            speaking.push(layer.clone());
            let utterance = begun(&self.speech[index], ShowTime::from_ticks(now));
            self.speech[index] = utterance.clone();
            told.push(Event::SpeechStarted { utterance });
        }
    }
}

fn begun(utterance: &Utterance, now: ShowTime) -> Arc<Utterance> {
    Arc::new(Utterance { start: Some(now + LEAD), ..utterance.clone() })
}
