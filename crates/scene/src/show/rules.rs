//! Triggers and the data that they decide by.

use super::{Derived, Show, room};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::merge;
use crate::show::Limits;
use crate::time::ShowTime;
use crate::trigger::{MAX_TRIGGERS, Rule, Trigger, check};
use serde_json::{Map, Value};
use std::sync::Arc;

/// How many triggers may set one another off in a row.
const MAX_CHAIN: usize = 8;
/// How many triggers run because of one command.
const MAX_RUNS: usize = 100;
/// The most members of the show's data.
const MAX_DATA: usize = 1_000;
/// The most bytes of the show's data.
const MAX_DATA_BYTES: usize = 1_000_000;

/// What happens because of one command.
pub(super) struct Turn<'a> {
    pub(super) events: Vec<Event>,
    pub(super) limits: &'a Limits,
    /// On whose behalf; `None`: the service's own.
    pub(super) by: Option<&'a Id>,
    /// How many triggers have set one another off to get here.
    pub(super) depth: usize,
    /// How many have run.
    pub(super) runs: usize,
    /// Whether triggers are to be left alone.
    pub(super) quiet: bool,
}

impl Show {
    /// What triggers decide by.
    #[must_use]
    pub fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    /// The triggers, in the order in which they were added.
    pub fn triggers(&self) -> impl Iterator<Item = &Trigger> {
        self.triggers.iter().map(|rule| &*rule.spec)
    }

    /// Runs the triggers that wait for what has happened since `told` events were told.
    pub(super) fn set_off(&mut self, told: usize, now: ShowTime, turn: &mut Turn<'_>) {
        if turn.quiet {
            return;
        }
        // What triggers add is looked at when they run.
        let happened = turn.events.len();
        for number in told..happened {
            let event = turn.events[number].clone();
            for index in 0..self.triggers.len() {
                let Some(rule) = self.triggers.get(index).filter(|rule| rule.heeds(&event, self, now.ticks())) else {
                    continue;
                };
                self.run(&rule.clone(), now, turn);
            }
        }
    }

    fn run(&mut self, rule: &Arc<Rule>, now: ShowTime, turn: &mut Turn<'_>) {
        let id = rule.id.clone();
        if turn.depth >= MAX_CHAIN || turn.runs >= MAX_RUNS {
            let reason = if turn.depth >= MAX_CHAIN {
                format!("more than {MAX_CHAIN} triggers have set one another off in a row")
            } else {
                format!("more than {MAX_RUNS} triggers have run at once")
            };
            turn.events.push(Event::TriggerFailed { id, reason });
            return;
        }
        turn.runs += 1;
        turn.depth += 1;
        let told = turn.events.len();
        let mut next = self.clone();
        next.note_run(rule, now);
        turn.events.push(Event::TriggerFired { id: id.clone() });
        let done = rule.spec.run.iter().try_for_each(|command| next.carry_out(command.clone(), now, turn));
        turn.depth -= 1;
        match done {
            Ok(()) => *self = next,
            Err(e) => {
                turn.events.truncate(told);
                turn.events.push(Event::TriggerFailed { id, reason: e.to_string() });
                // One that fails counts as run, or it would be tried at every turn.
                self.note_run(rule, now);
            }
        }
    }

    fn note_run(&mut self, rule: &Rule, now: ShowTime) {
        if let Some(rule) = self.triggers.iter_mut().find(|other| other.id == rule.id) {
            let rule = Arc::make_mut(rule);
            rule.last = Some(now.ticks());
            rule.count = rule.count.saturating_add(1);
        }
    }

    pub(super) fn set_trigger(&mut self, mut trigger: Trigger) -> Result<Event, Rejection> {
        let known = trigger.id.as_ref().and_then(|id| self.triggers.iter().position(|rule| rule.id == *id));
        let id = match (&trigger.id, known) {
            (Some(id), Some(_)) => id.clone(),
            _ => {
                room(self.triggers.len(), MAX_TRIGGERS, "trigger", "")?;
                let (id, made) = super::free_name(
                    &self.triggers,
                    trigger.id.as_ref(),
                    "trigger",
                    "trigger",
                    self.names_made,
                    |rule| &rule.id,
                )?;
                self.names_made = made;
                id
            }
        };
        trigger.id = Some(id.clone());
        let others: Vec<Rule> = self.triggers.iter().map(|rule| Rule::clone(rule)).collect();
        check(&id, &trigger, &others)?;
        let spec = Arc::new(trigger);
        let rule = Arc::new(Rule { id, spec: spec.clone(), last: None, count: 0 });
        match known {
            Some(index) => self.triggers[index] = rule,
            None => self.triggers.push(rule),
        }
        Ok(Event::TriggerChanged { trigger: spec })
    }

    pub(super) fn set_data(&mut self, patch: Map<String, Value>) -> Result<Event, Rejection> {
        let mut data = Value::Object(Map::clone(&self.data));
        merge(&mut data, &patch);
        let Value::Object(data) = data else { return Ok(Event::DataChanged { patch }) };
        check_data(&data)?;
        self.data = Arc::new(data);
        Ok(Event::DataChanged { patch })
    }

    /// Triggers and data of a file.
    pub(super) fn load_rules(&mut self, triggers: Vec<Trigger>, data: Map<String, Value>) -> Result<(), Rejection> {
        self.set_data(data).map_err(|e| match e {
            Rejection::Invalid(e) => FieldError::new("data", e.message).into(),
            other => other,
        })?;
        for (index, trigger) in triggers.into_iter().enumerate() {
            self.set_trigger(trigger).map_err(|e| super::in_list("triggers", index, e))?;
        }
        self.plan = Derived::default();
        Ok(())
    }
}

/// Refuses data that is too large.
pub(super) fn check_data(data: &Map<String, Value>) -> Result<(), Rejection> {
    if data.len() > MAX_DATA {
        return Err(FieldError::new("patch", format!("{} members: at most {MAX_DATA} are allowed", data.len())).into());
    }
    let bytes = serde_json::to_string(data).map_or(0, |text| text.len());
    if bytes > MAX_DATA_BYTES {
        return Err(FieldError::new("patch", format!("{bytes} bytes: at most {MAX_DATA_BYTES} are allowed")).into());
    }
    Ok(())
}
