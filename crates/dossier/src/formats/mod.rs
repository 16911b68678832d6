//! What other tools of the field take in: ATT&CK Navigator, Timesketch, MISP, and whatever
//! reads SARIF.

mod misp;
mod navigator;
mod sarif;
mod timesketch;

pub use misp::misp_event;
pub use navigator::navigator_layer;
pub use sarif::sarif;
pub use timesketch::timesketch_jsonl;
