use daylight_model::{Candidate, CandidateKind, Interval, Reason};

/// No sum of reasons makes a link certain, and none makes it vanish.
const SCORE_MAX: f64 = 0.98;
const SCORE_MIN: f64 = 0.01;

/// Reasons as they are found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    reasons: Vec<Reason>,
}

impl Tally {
    pub(crate) fn add(&mut self, weight: f64, text: String, source: Option<&str>) {
        self.reasons.push(Reason {
            text,
            weight,
            source: source.map(str::to_owned),
        });
    }

    pub(crate) fn score(&self) -> f64 {
        let sum: f64 = self.reasons.iter().map(|reason| reason.weight).sum();
        // Two places: what lies beyond is noise of adding, not a difference in meaning.
        (sum.clamp(SCORE_MIN, SCORE_MAX) * 100.0).round() / 100.0
    }

    pub(crate) fn candidate(mut self, kind: CandidateKind, id: &str, name: &str) -> Candidate {
        let score = self.score();
        self.reasons
            .sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        Candidate {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
            score,
            via: None,
            reasons: self.reasons,
            window: None::<Interval>,
            leads_to: Vec::new(),
        }
    }
}
