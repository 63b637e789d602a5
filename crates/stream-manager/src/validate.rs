//! `stream-manager validate`.

use crate::cli::ValidateArgs;
use crate::config::Config;
use crate::setup::{Failure, assets, folder_of, read_show};
use scene::{Command, Limits, Rejection, Show, ShowTime};
use std::process::ExitCode;

/// Checks a show file; prints what is wrong with line and field.
pub(crate) fn run(args: &ValidateArgs) -> ExitCode {
    match check(args) {
        Ok(summary) => {
            println!("{}: {summary}", args.show.display());
            ExitCode::SUCCESS
        }
        Err(errors) => {
            errors.iter().for_each(|error| eprintln!("{error}"));
            ExitCode::FAILURE
        }
    }
}

fn check(args: &ValidateArgs) -> Result<String, Vec<String>> {
    let one = |e: Failure| vec![e.to_string()];
    let file = read_show(&args.show).map_err(one)?;
    let text = std::fs::read_to_string(&args.show).map_err(|e| vec![e.to_string()])?;
    let located = |e: scene::FieldError| format!("{}:{}: {e}", args.show.display(), scene::line_of(&text, &e.field));
    let limits = Limits { layers: 500, ..Limits::default() };
    let mut show = Show::default();
    show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &limits).map_err(|e| match e {
        Rejection::Invalid(e) => vec![located(e)],
        other => vec![format!("{}: {other}", args.show.display())],
    })?;
    if !args.no_assets {
        let assets = assets(256, vec![folder_of(&args.show)]);
        // A configuration that is wrong is not the show's fault.
        let data = Config::load(None).map_or_else(|_| "data".into(), |config| config.data_dir);
        assets.keep_fonts_in(data.join("fonts"));
        // The file's order is not the show's: find each layer's place in the file by its id.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let place = |list: &str, id: &str, nth: usize| {
            let items = value.get(list).and_then(|l| l.as_array());
            let named = items.and_then(|l| l.iter().position(|item| item["id"] == id));
            format!("{list}[{}]", named.unwrap_or(nth))
        };
        let layers = show.layers().iter().enumerate().filter_map(|(i, layer)| {
            let error = assets.prepare_layer(&show, layer, (1920, 1080)).err()?;
            Some(located(error.under(&place("layers", layer.id().as_str(), i))))
        });
        let tracks = show.tracks().iter().enumerate().filter_map(|(i, track)| {
            let error = assets.prepare_track(track, ShowTime::ZERO).err()?;
            Some(located(error.under(&place("tracks", track.id.as_str(), i))))
        });
        let errors: Vec<String> = layers.chain(tracks).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
    }
    Ok(format!("valid: {} layers, {} tracks", show.layers().len(), show.tracks().len()))
}
