//! What a correlation looks for, ready to run.

use std::collections::{BTreeSet, HashMap};

use super::Member;
use crate::sigma::condition::Condition;
use crate::sigma::correlation::{Kind, Logic, Measure, Operator, Wanted};

/// Orders of rules that one ordered correlation may ask for.
const ORDERS_MAX: usize = 64;

/// What is looked for in the matches of one group.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) gauge: GaugeKind,
    pub(crate) verdict: Verdict,
    /// Nanoseconds that matches may lie apart.
    pub(crate) span: i128,
    /// The fields whose values are measured.
    pub(crate) fields: Vec<String>,
    /// Whether more matches can only help, so that it can be said at a match that the search
    /// has found something. Else it is said of whole windows.
    pub(crate) rising: bool,
}

/// What is measured in a window.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GaugeKind {
    Count,
    Distinct,
    Value(Measure),
    /// How often each rule matches.
    Members,
    /// Chains of rules that match one after the other: the places of the members.
    Orders(Vec<Vec<usize>>),
}

/// What the measured number, or the rules that match, must be.
#[derive(Debug)]
pub(crate) enum Verdict {
    Bounds(Vec<(Operator, f64)>),
    Members(Needs),
}

/// Which members must match.
#[derive(Debug, Clone)]
pub(crate) enum Needs {
    All(Vec<Needs>),
    Any(Vec<Needs>),
    Not(Box<Needs>),
    Member(usize),
}

impl Needs {
    fn new(condition: &Condition, places: &HashMap<&str, usize>) -> Result<Self, String> {
        let each = |parts: &[Condition]| {
            let parts = parts.iter().map(|part| Self::new(part, places));
            parts.collect::<Result<Vec<_>, _>>()
        };
        Ok(match condition {
            Condition::All(parts) => Self::All(each(parts)?),
            Condition::Any(parts) => Self::Any(each(parts)?),
            Condition::Not(part) => Self::Not(Box::new(Self::new(part, places)?)),
            Condition::Name(name) => {
                let place = places.get(name.as_str()).copied();
                Self::Member(place.ok_or_else(|| format!("condition names `{name}`"))?)
            }
            Condition::Of(..) => return Err("`of` cannot stand here".to_owned()),
        })
    }

    pub(crate) fn hold(&self, matches: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.hold(matches)),
            Self::Any(parts) => parts.iter().any(|part| part.hold(matches)),
            Self::Not(part) => !part.hold(matches),
            Self::Member(member) => matches(*member),
        }
    }

    fn negates(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::negates),
            Self::Not(_) => true,
            Self::Member(_) => false,
        }
    }

    /// The sets of members of which one must match; `None` where there are too many.
    fn choices(&self) -> Option<BTreeSet<BTreeSet<usize>>> {
        let found = match self {
            Self::Member(member) => BTreeSet::from([BTreeSet::from([*member])]),
            Self::Any(parts) => {
                let mut all = BTreeSet::new();
                for part in parts {
                    all.extend(part.choices()?);
                }
                all
            }
            Self::All(parts) => {
                let mut all = BTreeSet::from([BTreeSet::new()]);
                for part in parts {
                    let more = part.choices()?;
                    if all.len() * more.len() > ORDERS_MAX * ORDERS_MAX {
                        return None;
                    }
                    let joined = |one: &BTreeSet<usize>| {
                        let one = one.clone();
                        more.iter().map(move |other| &one | other)
                    };
                    all = all.iter().flat_map(joined).collect();
                }
                all
            }
            Self::Not(_) => return None,
        };
        (found.len() <= ORDERS_MAX).then_some(found)
    }
}

impl Search {
    /// What the logic asks for, of these members.
    pub(crate) fn new(logic: &Logic, members: &[Member]) -> Result<Self, String> {
        let places = members.iter().enumerate();
        let places: HashMap<&str, usize> = places
            .map(|(place, member)| (member.name.as_str(), place))
            .collect();
        let needs = match &logic.condition {
            Wanted::Bounds(_) => None,
            Wanted::AllRules => Some(Needs::All((0..members.len()).map(Needs::Member).collect())),
            Wanted::Rules(condition) => Some(Needs::new(condition, &places)?),
        };
        let bounds = match &logic.condition {
            Wanted::Bounds(bounds) => bounds.clone(),
            _ => Vec::new(),
        };
        let lower = |(operator, _): &(Operator, f64)| {
            matches!(operator, Operator::Greater | Operator::GreaterOrEqual)
        };
        let ordered = logic.kind == Kind::Temporal { ordered: true };
        let gauge = match &logic.kind {
            Kind::EventCount => GaugeKind::Count,
            Kind::ValueCount(_) => GaugeKind::Distinct,
            Kind::Value(measure, _) => GaugeKind::Value(*measure),
            Kind::Temporal { ordered: false } => GaugeKind::Members,
            Kind::Temporal { ordered: true } => {
                GaugeKind::Orders(orders(needs.as_ref(), &bounds, members.len())?)
            }
        };
        Ok(Self {
            gauge,
            rising: ordered
                || match &needs {
                    Some(needs) => !needs.negates(),
                    None => bounds.iter().all(lower),
                },
            verdict: match needs {
                Some(needs) => Verdict::Members(needs),
                None => Verdict::Bounds(bounds),
            },
            span: logic
                .span
                .map_or(i128::MAX, |seconds| i128::from(seconds) * 1_000_000_000),
            fields: logic.kind.fields().to_vec(),
        })
    }

    /// Whether a measured number is what is looked for.
    pub(crate) fn wants(&self, number: f64) -> bool {
        match &self.verdict {
            Verdict::Bounds(bounds) => bounds
                .iter()
                .all(|(operator, b)| operator.holds(number, *b)),
            Verdict::Members(_) => false,
        }
    }
}

/// The chains of members, each in the order of `rules`, of which one must be met.
fn orders(
    needs: Option<&Needs>,
    bounds: &[(Operator, f64)],
    members: usize,
) -> Result<Vec<Vec<usize>>, String> {
    let too_many = || format!("the condition allows more than {ORDERS_MAX} orders of rules");
    if let Some(needs) = needs {
        if needs.negates() {
            return Err("`not` cannot stand in the condition of `temporal_ordered`".to_owned());
        }
        let choices = needs.choices().ok_or_else(too_many)?;
        return Ok(choices
            .into_iter()
            .map(|one| one.into_iter().collect())
            .collect());
    }
    let counts: Vec<usize> = (1..=members)
        .filter(|count| {
            #[expect(clippy::cast_precision_loss, reason = "a file names few rules")]
            let count = *count as f64;
            bounds
                .iter()
                .all(|(operator, bound)| operator.holds(count, *bound))
        })
        .collect();
    let upper = bounds.iter().any(|(operator, _)| {
        matches!(
            operator,
            Operator::Less | Operator::LessOrEqual | Operator::NotEqual
        )
    });
    let Some(count) = counts.first().copied().filter(|_| !upper) else {
        return Err(
            "`temporal_ordered` asks for a number of its rules by gte, gt or eq".to_owned(),
        );
    };
    let mut chains: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..count {
        let longer = |chain: &Vec<usize>| {
            let next = chain.last().map_or(0, |last| last + 1);
            let chain = chain.clone();
            (next..members).map(move |member| [chain.as_slice(), &[member]].concat())
        };
        chains = chains.iter().flat_map(longer).collect();
        if chains.len() > ORDERS_MAX * ORDERS_MAX {
            return Err(too_many());
        }
    }
    if chains.len() > ORDERS_MAX {
        return Err(too_many());
    }
    Ok(chains)
}
