//! `stream-manager serve`.

use crate::cli::ServeArgs;
use crate::config::Config;
use crate::reload::Reload;
use crate::setup::{Failure, assets, callers_runtime, engine_settings, folder_of, runtime};
use crate::stores::{self, Opened};
use crate::supervise::{StartedAgain, supervised};
use crate::watch_show::ShowSource;
use crate::{demo, reports, systemd, watch_show};
use api::{Access, Addresses};
use engine::{Engine, Happening, Resources};
use media::Uploads;
use output::WorkerBinary;
use scene::{Command, Destination, ShowFile};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::{EnvFilter, reload};

/// Runs the service until it is asked to end.
pub(crate) fn run(config: &Config, file: Option<&Path>, args: &ServeArgs) -> Result<(), Failure> {
    let levels = log_to_stderr(config);
    log_panics();
    let again = supervised().filter(|again| again.times > 0);
    let (runtime, callers) = (runtime()?, callers_runtime()?);
    let result = runtime.block_on(serve(config, file, args, again, &levels, callers.handle()));
    // What may still be loading is not waited for.
    callers.shutdown_background();
    runtime.shutdown_timeout(std::time::Duration::from_millis(300));
    result
}

async fn serve(
    config: &Config,
    file: Option<&Path>,
    args: &ServeArgs,
    again: Option<StartedAgain>,
    levels: &Levels,
    callers: &Handle,
) -> Result<(), Failure> {
    // Listened for first: a signal during the start is not lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hangup = signal(SignalKind::hangup())?;
    let addresses = Addresses {
        ip: config.bind,
        port: config.port,
        ws_port: config.ws_port,
        metrics_port: config.metrics_port,
        health_port: config.health_port,
    };
    // Before the store is taken over from a service that may be at work here.
    addresses.are_free()?;
    let Opened { store, was_corrupt } = tokio::task::block_in_place(|| stores::open(config))?;
    let own_assets = config.data_dir.join("assets");
    let mut roots: Vec<_> = config.assets_dir.iter().cloned().collect();
    roots.extend(args.show.as_deref().map(folder_of));
    if args.demo {
        demo::write_assets(&own_assets)?;
    }
    roots.push(own_assets);
    let media = config.data_dir.join("media");
    let uploads = Uploads::new(media.clone(), u64::from(config.uploads_budget_mib) << 20)?;
    roots.push(media);
    let assets = assets(config.memory_budget_mib, roots);
    assets.keep_fonts_in(config.data_dir.join("fonts"));
    // A wrong file is told before anything goes on air; one that is watched may be wrong for a while.
    let mut source = args.show.as_deref().map(ShowSource::read);
    let first_show = match &mut source {
        Some(source) if args.watch => source.read.as_ref().ok().cloned(),
        Some(source) => Some(std::mem::replace(&mut source.read, Ok(ShowFile::default()))?),
        None if args.demo => Some(demo::show()?),
        None => None,
    };
    let resources = Resources { store, assets, worker: WorkerBinary::beside_this()?, uploads };
    let engine = Arc::new(Engine::start(&engine_settings(config), resources)?);
    let (reports, told) = watch::channel(config.reports.clone());
    reports::tell(engine.notices(), &told);
    if was_corrupt {
        engine.notices().tell(Happening::StoreWasCorrupt);
    }
    if let Some(StartedAgain { times, reason }) = again {
        engine.notices().tell(Happening::ServiceRestarted { times, reason });
    }
    let control = engine.control();
    if let Some(show) = first_show {
        if control.state().show.is_empty() {
            control.submit(Command::LoadShow { show }).await?;
            if args.demo {
                control.submit(Command::StartStream {}).await?;
            }
        } else {
            tracing::info!("the store holds a show already: going on with that one");
        }
    }
    let watched = source.filter(|_| args.watch);
    if let Some(ShowSource { read: Err(e), .. }) = &watched
        && control.state().show.is_empty()
    {
        return Err(Failure::Show(e.to_string()));
    }
    if let Publish::New = publish_as_configured(config, &engine).await? {
        control.submit(Command::StartStream {}).await?;
    }
    if args.demo {
        tokio::spawn(demo::drive(engine.clone()));
    }
    let access = Access::new(config.api_token.clone(), config.port, config.rate_limit)?;
    let servers = callers.spawn(api::serve(engine.clone(), addresses, access.clone()));
    let servers = servers.await.map_err(|e| Failure::Other(e.to_string()))??;
    tracing::info!("on air: control room and API at http://{}:{}", config.bind, config.port);
    systemd::ready();
    let reload = Reload { file, levels, access, engine: &engine, reports, asked: hangup };
    let edits = async {
        match watched {
            Some(source) => watch_show::watch(source, &config.data_dir, &engine).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = reload.run(config) => {}
        () = edits => {}
        () = systemd::feed_watchdog(&engine) => {}
    }
    tracing::info!("shutting down");
    systemd::stopping();
    engine.shut_down().await;
    servers.stop();
    Ok(())
}

/// What has become of the configured ingest.
pub(crate) enum Publish {
    /// It is a destination now, and was none before.
    New,
    /// It is one.
    Known,
}

/// Makes the configured ingest a destination. Its first appearance starts the stream; from then on
/// the store says whether it is on, and a change of URL or key replaces it.
pub(crate) async fn publish_as_configured(config: &Config, engine: &Engine) -> Result<Publish, Failure> {
    let Some(destination) = config.destination.clone() else { return Ok(Publish::Known) };
    let Some(id) = destination.id.clone() else { return Ok(Publish::Known) };
    // Checked with the configuration.
    let wanted = Destination::new(destination.clone(), id.clone()).map_err(|e| Failure::Other(e.to_string()))?;
    let control = engine.control();
    let known = control.state().show.destinations().iter().find(|d| d.id == id).cloned();
    let same = |known: &Destination| known.url == wanted.url && known.stream_key == wanted.stream_key;
    if known.as_deref().is_some_and(same) {
        return Ok(Publish::Known);
    }
    let create = Command::CreateDestination { destination };
    if known.is_none() {
        control.submit(create).await?;
        return Ok(Publish::New);
    }
    // Both or neither: the one that there is goes when the other comes.
    control.submit(Command::Batch { commands: vec![Command::DeleteDestination { id }, create] }).await?;
    Ok(Publish::Known)
}

/// What panics says so in the log, as all else does.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or_default().to_owned();
        tracing::error!(%place, %thread, "a fault of the service: {}", output::message(panic.payload()));
    }));
}

/// How much is logged: may change while the service runs.
pub(crate) struct Levels(Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>);

impl Levels {
    pub(crate) fn set(&self, level: &str) {
        if let Err(e) = (self.0)(EnvFilter::new(level)) {
            tracing::error!("LOG_LEVEL stays as it is: {e}");
        }
    }
}

pub(crate) fn log_to_stderr(config: &Config) -> Levels {
    let filter = EnvFilter::new(&config.log_level);
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal);
    if config.log_json {
        let builder = builder.json().with_filter_reloading();
        let handle = builder.reload_handle();
        builder.init();
        Levels(Box::new(move |filter| handle.reload(filter)))
    } else {
        let builder = builder.with_target(false).with_filter_reloading();
        let handle = builder.reload_handle();
        builder.init();
        Levels(Box::new(move |filter| handle.reload(filter)))
    }
}
