//! The command line.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Runs a live show with nobody at the desk.
#[derive(Parser)]
#[command(version, about)]
pub(crate) struct Cli {
    /// A TOML file with settings; environment variables and `.env` win over it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Runs the show that the store holds, and goes on with it after any restart.
    Serve(ServeArgs),
    /// Draws a show off-line: one picture, or a clip.
    Render(RenderArgs),
    /// Measures the whole pipeline live.
    Bench(BenchArgs),
    /// Checks a show file, with line and field.
    Validate(ValidateArgs),
    /// Prints the effective configuration and where each value comes from.
    Config,
    /// Prints the JSON Schema of show files.
    Schema,
    /// Writes all that the store holds into one file, also while the service runs.
    Backup(BackupArgs),
    /// Fills an empty store with what `backup` has written.
    Restore(RestoreArgs),
}

#[derive(Args)]
pub(crate) struct BackupArgs {
    /// The file; it has to be a new one. It holds stream keys: only its owner can read it.
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct RestoreArgs {
    /// A file that `backup` has written.
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Fills an empty store with this show.
    #[arg(long, value_name = "FILE")]
    pub(crate) show: Option<PathBuf>,
    /// Puts on air what is edited in the show file, whenever it is saved.
    #[arg(long, requires = "show")]
    pub(crate) watch: bool,
    /// Fills an empty store with the demo show, and sets its clock.
    #[arg(long, conflicts_with = "show")]
    pub(crate) demo: bool,
    /// Runs the service in a process of its own, and starts it again whenever it dies.
    #[arg(long)]
    pub(crate) supervise: bool,
}

#[derive(Args)]
pub(crate) struct RenderArgs {
    /// A show file; its assets are looked for beside it.
    pub(crate) show: PathBuf,
    /// Draw the picture at this time, in seconds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "duration", default_value_t = 0.0)]
    pub(crate) at: f64,
    /// Make a clip of this length, in seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<f64>,
    /// The PNG, MP4 or MKV file to write.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Args)]
pub(crate) struct BenchArgs {
    /// `S1`, `still`, or a show file.
    #[arg(long, value_name = "SHOW", default_value = "S1")]
    pub(crate) show: String,
    /// Where the show's assets are; stand-ins of the same sizes are made where it is left out.
    #[arg(long, value_name = "DIR")]
    pub(crate) assets: Option<PathBuf>,
    /// Frames per second, 1 to 60; TARGET_FPS where left out.
    #[arg(long, value_name = "N")]
    pub(crate) fps: Option<u32>,
    /// How long to run.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) seconds: u64,
    /// x264's preset.
    #[arg(long, value_name = "P")]
    pub(crate) preset: Option<String>,
    /// `null`, `rtmp://host/app/key`, or `file:NAME.mp4`.
    #[arg(long, value_name = "URL", default_value = "null")]
    pub(crate) to: String,
    /// Give commands meanwhile, so many at a time, as fast as they are answered.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) commands: usize,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Measure nothing: write the show's frames, sound and assets to this folder (`frames.yuv` in
    /// I420, `sound.wav`, `assets/`), for others to be measured on.
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ValidateArgs {
    /// The show file.
    pub(crate) show: PathBuf,
    /// Only the file itself: do not look at its images, sounds and fonts.
    #[arg(long)]
    pub(crate) no_assets: bool,
}
