//! Models of text: linear ones, a tagger of words and a classifier of texts, and a small network
//! over words; how they are trained, and the word clusters that all stand on.
//!
//! A model is a table from features to weights. A feature is a number, the [`hash`] of what it
//! says; the words it was made of are not kept. Most features say something of one word alone,
//! whatever stands around it, and words repeat: the weights of all features of one form are
//! summed up once ([`FormRows`]), and reading a text adds up rows.
//!
//! ```
//! use daylight_learn::train::{FtrlSettings, Sequence, train_tagger};
//! use daylight_learn::{Tagger, hash};
//!
//! let word = |word: &str| vec![hash(word.as_bytes())];
//! let sentences = [Sequence {
//!     features: ["the", "group", "APT1"].map(word).to_vec(),
//!     labels: vec![0, 0, 1],
//! }];
//! let settings = FtrlSettings { epochs: 20, ..FtrlSettings::default() };
//! let bytes = train_tagger(&sentences, &["O", "B-actor"], &settings);
//! let tagger = Tagger::parse(&bytes)?;
//! let mut scores = vec![0.0; 2 * tagger.labels().len()];
//! for (row, one) in scores.chunks_mut(2).zip(["the", "APT1"]) {
//!     tagger.weights().add(hash(one.as_bytes()), row);
//! }
//! let tagged = tagger.decode(&scores);
//! assert_eq!(tagged.iter().map(|tag| tag.label).collect::<Vec<_>>(), [0, 1]);
//! # Ok::<(), daylight_learn::ModelError>(())
//! ```

mod chain;
mod classifier;
mod cut;
mod forms;
mod hash;
mod network;
mod part;
mod tagger;
pub mod train;
mod vocabulary;
mod weights;

pub use chain::Stretch;
pub use classifier::Classifier;
pub use cut::cut;
pub use forms::{Form, FormFacts, FormRows, Forms};
pub use hash::{hash, mix};
pub use network::{Network, NetworkRows, Shape};
pub use part::Part;
pub use tagger::{Tag, Tagger};
pub use vocabulary::{Vocabulary, Word};
pub use weights::{ModelError, Weights};
