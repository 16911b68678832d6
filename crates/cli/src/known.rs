//! Which background facts are used, and where an update of them is.

use std::path::PathBuf;
use std::sync::OnceLock;

use daylight_pipeline::Known;

use crate::store::data_folder;
use crate::terminal;

/// Where an update of background facts is kept.
pub(crate) fn update_path() -> anyhow::Result<PathBuf> {
    Ok(data_folder()?.join("daylight").join("knowledge.json.gz"))
}

/// Why an update that is there cannot be used.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

/// What is known: the update where there is one that can be used, else what came with the program.
pub(crate) fn load() -> (Known, Option<Unusable>) {
    let Ok(path) = update_path() else {
        return (Known::default(), None);
    };
    let loaded = match std::fs::read(&path) {
        Ok(bytes) => Known::from_update(&bytes).map_err(|error| error.to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Known::default()),
        Err(error) => Err(error.to_string()),
    };
    match loaded {
        Ok(known) => (known, None),
        Err(reason) => (Known::default(), Some(Unusable { path, reason })),
    }
}

/// The same for all that this program does, with a warning where an update cannot be used.
pub(crate) fn known() -> Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let loaded = KNOWN.get_or_init(|| {
        let (known, unusable) = load();
        if let Some(Unusable { path, reason }) = unusable {
            terminal::complain(&format!(
                "warning: the update of background facts in {} cannot be used ({reason}); those that \
                 came with the program are. `daylight knowledge update` makes another",
                path.display()
            ));
        }
        known
    });
    loaded.clone()
}
