//! `backup` and `restore`: all that the store holds, in one file.

use crate::config::Config;
use crate::setup::Failure;
use crate::stores;
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use store::{SqliteStore, StoreError};

/// How long a service may take for a backup.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the service has written.
#[derive(Deserialize)]
struct Made {
    name: String,
}

/// Writes the store into a new file. A service that runs is asked to do so, since it alone has the store.
pub(crate) fn back_up(config: &Config, file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::Other(format!("{} exists already: name a new file", file.display())));
    }
    if let Some(address) = &config.redis {
        SqliteStore::write_backup(file, &stores::read(address)?)?;
        println!("{}", file.display());
        return Ok(());
    }
    if !SqliteStore::is_in(&config.data_dir) {
        return Err(Failure::Other(format!("there is no store in {}", config.data_dir.display())));
    }
    match SqliteStore::open_as_it_is(&config.data_dir) {
        Ok(store) => store.back_up(file)?,
        Err(StoreError::InUse(_)) => {
            let name = ask_the_service(config)?;
            let made = config.data_dir.join("backups").join(name);
            move_file(&made, file).map_err(|e| Failure::Other(format!("{}: {e}", made.display())))?;
        }
        Err(e) => return Err(e.into()),
    }
    println!("{}", file.display());
    Ok(())
}

fn ask_the_service(config: &Config) -> Result<String, Failure> {
    let bind = match config.bind {
        any if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        other => other,
    };
    let service = SocketAddr::new(bind, config.port);
    let failed = |e: &dyn std::fmt::Display| {
        Failure::Other(format!("the store is in use, and the service at {service} does not help: {e}"))
    };
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut request = agent.post(format!("http://{service}/api/v1/backups"));
    if let Some(token) = &config.api_token {
        request = request.header("authorization", format!("Bearer {}", token.expose_secret()));
    }
    let mut answer = request.send_empty().map_err(|e| failed(&e))?;
    let body = answer.body_mut().read_to_string().map_err(|e| failed(&e))?;
    Ok(serde_json::from_str::<Made>(&body).map_err(|e| failed(&e))?.name)
}

/// Also to another file system.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    if std::fs::rename(from, to).is_ok() {
        return Ok(());
    }
    // With its permissions.
    std::fs::copy(from, to)?;
    std::fs::remove_file(from)
}

/// Puts a backup where there is no show.
pub(crate) fn restore(config: &Config, file: &Path) -> Result<(), Failure> {
    stores::restore(config, file)?;
    match &config.redis {
        Some(address) => println!("the store in {address} is as it was"),
        None => println!("the store in {} is as it was", config.data_dir.display()),
    }
    Ok(())
}
