use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use daylight_extract::{KnownName, Lexicon};
use daylight_knowledge::{Knowledge, KnowledgeError};

/// What is known before any report is read: the facts that the program was built with, or those of
/// an update. It is made once and handed on; a copy costs nothing.
#[derive(Clone, Default)]
pub struct Known {
    updated: Option<Arc<Updated>>,
}

struct Updated {
    knowledge: Knowledge,
    lexicon: OnceLock<Lexicon>,
}

impl Known {
    /// The facts of an update, as [`daylight_knowledge::Update::to_bytes`] gave them.
    ///
    /// # Errors
    ///
    /// Where the bytes are damaged, or of a program with another layout.
    pub fn from_update(bytes: &[u8]) -> Result<Self, KnowledgeError> {
        let updated = Updated {
            knowledge: Knowledge::from_update(bytes)?,
            lexicon: OnceLock::new(),
        };
        Ok(Self {
            updated: Some(Arc::new(updated)),
        })
    }

    /// The facts.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        match &self.updated {
            Some(updated) => &updated.knowledge,
            None => Knowledge::embedded(),
        }
    }

    /// The names among them, as reading takes them; made once for all reports.
    pub(crate) fn lexicon(&self) -> &Lexicon {
        static EMBEDDED: LazyLock<Lexicon> = LazyLock::new(|| lexicon(Knowledge::embedded()));
        match &self.updated {
            Some(updated) => updated.lexicon.get_or_init(|| lexicon(&updated.knowledge)),
            None => &EMBEDDED,
        }
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = self.knowledge().sources().map(|(source, _)| source.cited());
        formatter.debug_list().entries(sources).finish()
    }
}

fn lexicon(knowledge: &Knowledge) -> Lexicon {
    Lexicon::new(knowledge.names().map(|name| KnownName {
        text: name.text.to_owned(),
        kind: name.kind,
        id: Some(name.id.to_owned()),
        canonical: name.canonical.to_owned(),
        ambiguous: name.ambiguous,
    }))
}
