//! The store that the configuration names.

use crate::config::Config;
use std::path::Path;
use std::time::{Duration, Instant};
use store::{Held, Journaled, RedisAddress, RedisStore, SqliteStore, Store, StoreError};

/// A Redis that starts beside the service may take so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// An open store.
pub(crate) struct Opened {
    pub(crate) store: Box<dyn Store>,
    /// What came after its last snapshot is lost.
    pub(crate) was_corrupt: bool,
}

/// Opens the store.
pub(crate) fn open(config: &Config) -> Result<Opened, StoreError> {
    let Some(address) = &config.redis else {
        let store = SqliteStore::open(&config.data_dir)?.keeping(config.commands_kept);
        let was_corrupt = store.was_corrupt();
        return Ok(Opened { store: Box::new(store), was_corrupt });
    };
    let far = wait_for(address)?.keeping(config.commands_kept);
    tracing::info!("the show is kept in {address}");
    let mut was_corrupt = false;
    let store: Box<dyn Store> = if config.store_journal {
        let name = format!("{address} {}", address.prefix());
        let store = Journaled::new(far, name, &config.data_dir.join("journal"))?;
        was_corrupt = store.was_corrupt();
        Box::new(store)
    } else {
        Box::new(far)
    };
    Ok(Opened { store, was_corrupt })
}

fn wait_for(address: &RedisAddress) -> Result<RedisStore, StoreError> {
    let began = Instant::now();
    loop {
        match RedisStore::open(address.clone()) {
            Err(e @ StoreError::Away { .. }) if began.elapsed() < PATIENCE => {
                tracing::warn!("{e}; trying again");
                std::thread::sleep(PAUSE);
            }
            opened => return opened,
        }
    }
}

/// Puts what a backup holds where there is no show.
pub(crate) fn restore(config: &Config, file: &Path) -> Result<(), StoreError> {
    match &config.redis {
        Some(address) => RedisStore::restore(address.clone(), &SqliteStore::read_backup(file)?),
        None => SqliteStore::restore(file, &config.data_dir),
    }
}

/// All that a Redis holds, be a service at work with it or not.
pub(crate) fn read(address: &RedisAddress) -> Result<Held, StoreError> {
    RedisStore::read_all(address.clone())
}
