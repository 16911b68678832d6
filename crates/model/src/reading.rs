use serde::{Deserialize, Serialize};

use crate::{Claim, Document, Entity, Incident, Indicator, Quantity, Span, TimeExpression};

/// Everything that was read out of one document. All spans are into its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reading {
    /// The document itself.
    pub document: Document,
    /// Sentences of the content, in order.
    pub sentences: Vec<Span>,
    /// Who and what is spoken of.
    pub entities: Vec<Entity>,
    /// Who says what.
    pub claims: Vec<Claim>,
    /// Observables written in the text.
    pub indicators: Vec<Indicator>,
    /// ATT&CK techniques the text names.
    pub techniques: Vec<TechniqueMention>,
    /// ATT&CK techniques the text describes without naming them.
    #[serde(default)]
    pub described: Vec<DescribedTechnique>,
    /// Words about time.
    pub times: Vec<TimeExpression>,
    /// Amounts.
    pub quantities: Vec<Quantity>,
    /// What is said to have happened.
    #[serde(default)]
    pub incidents: Vec<Incident>,
}

/// A place where the text names a technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TechniqueMention {
    /// ATT&CK id as ATT&CK writes it, `T1505.003`.
    pub id: String,
    /// The words that name it.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// What was mended to get from the words to the id, where anything was.
    pub repaired: Option<String>,
    /// The id it bears today, where ATT&CK has numbered it anew since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
}

impl TechniqueMention {
    /// The id it bears today.
    #[must_use]
    pub fn today(&self) -> &str {
        self.now.as_deref().unwrap_or(&self.id)
    }
}

/// A sentence that describes a technique without naming it: what a model learnt from annotated
/// reports makes of it, not a statement of the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DescribedTechnique {
    /// ATT&CK id as ATT&CK writes it, `T1053.005`.
    pub id: String,
    /// The sentence.
    pub sentence: Span,
    /// The words that weighed most, in the order of the text.
    pub words: Vec<String>,
    /// How often such a sentence describes the technique, of 1.
    pub probability: f32,
    /// The id it bore when the model learnt it, where ATT&CK has numbered it anew since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt_as: Option<String>,
}
