//! What stands in the place of YARA in a build without it: nothing, and a word where it is asked for.

use std::marker::PhantomData;
use std::sync::Arc;

use daylight_hunt::RuleProblem;
use daylight_model::{Event, Finding, Rule};

use crate::{Error, HuntOptions};

/// The YARA rules that the options ask for, and what of them cannot be used.
///
/// # Errors
///
/// Where they cannot be read or compiled, and always where this build has no YARA.
pub fn yara_rules(options: &HuntOptions) -> Result<(Vec<Arc<Rule>>, Vec<RuleProblem>), Error> {
    Yara::load(options).map(|_| (Vec::new(), Vec::new()))
}

pub(crate) struct Yara;

impl Yara {
    pub(crate) fn load(options: &HuntOptions) -> Result<Self, Error> {
        if options.yara_paths.is_empty() {
            Ok(Self)
        } else {
            Err(Error::WithoutYara)
        }
    }

    pub(crate) fn rules(&self) -> &[Arc<Rule>] {
        &[]
    }

    pub(crate) fn problems(&self) -> Vec<RuleProblem> {
        Vec::new()
    }

    pub(crate) fn fingerprint(&self) -> u64 {
        0
    }

    pub(crate) fn contents(&self) -> Contents<'_> {
        Contents(PhantomData)
    }
}

pub(crate) struct Contents<'r>(PhantomData<&'r Yara>);

impl Contents<'_> {
    pub(crate) fn bytes_max(&self, _kind: &str) -> usize {
        0
    }

    pub(crate) fn look(
        &mut self,
        _listing: &Event<'_>,
        _kind: &str,
        _bytes: Vec<u8>,
        _found: &mut Vec<Finding>,
    ) -> Vec<String> {
        Vec::new()
    }
}
