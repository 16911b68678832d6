//! Progress in bytes, on a terminal only.

use std::time::Duration;

use daylight_pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error that follows a hunt.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar; hidden where standard error is no terminal, or where asked to be quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new(0)
        };
        set_style(&bar, "{spinner} reading reports and rules");
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// Shows how far the work has come.
    pub(crate) fn follow(&self, progress: Progress) {
        match progress {
            Progress::Total(bytes) => {
                set_style(
                    &self.0,
                    "{spinner} reading evidence {bytes}/{total_bytes} {wide_bar} {bytes_per_sec} {eta}",
                );
                self.0.set_length(bytes);
            }
            Progress::Done(bytes) => self.0.set_position(bytes),
            _ => {}
        }
    }
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
