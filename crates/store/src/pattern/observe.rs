//! Whether observations are what a pattern asks for.

use std::collections::{BTreeSet, HashMap};

use daylight_model::Timestamp;
use serde_json::{Map, Value};

use super::constant::{Observed, Ready, time};
use super::{Comparison, Observation, Path, Pattern, Qualifier, Step};

/// Ways to fit observations together that are tried before giving up.
const TRIES_MAX: u64 = 5_000_000;

/// Observed data, ready to be matched.
#[derive(Debug, Clone, Default)]
pub struct Observations<'a> {
    all: Vec<Data<'a>>,
}

/// One `observed-data`: what it refers to or holds.
#[derive(Debug, Clone)]
struct Data<'a> {
    sdo: &'a Value,
    first: Timestamp,
    last: Timestamp,
    number: u64,
    roots: Vec<&'a Map<String, Value>>,
    /// By what others refer to them.
    named: HashMap<&'a str, &'a Map<String, Value>>,
}

impl<'a> Observations<'a> {
    /// Takes bundles and single objects: `observed-data` of STIX 2.0, which hold what was
    /// observed, and of STIX 2.1, which refer to it.
    ///
    /// # Errors
    /// What is wrong with an `observed-data`.
    pub fn of(values: &'a [Value]) -> Result<Self, String> {
        let mut objects: Vec<&Value> = Vec::new();
        for value in values {
            match value.get("objects").and_then(Value::as_array) {
                Some(inside) => objects.extend(inside),
                None => objects.push(value),
            }
        }
        let named: HashMap<&str, &Map<String, Value>> = objects
            .iter()
            .filter_map(|object| Some((object.get("id")?.as_str()?, object.as_object()?)))
            .collect();
        // By what it has: programs give observed data types of their own.
        let observed = objects
            .iter()
            .filter(|object| object.get("first_observed").is_some());
        let all = observed
            .map(|sdo| Data::of(sdo, &named))
            .collect::<Result<_, _>>()?;
        Ok(Self { all })
    }
}

impl<'a> Data<'a> {
    fn of(sdo: &'a Value, all: &HashMap<&str, &'a Map<String, Value>>) -> Result<Self, String> {
        let moment = |name: &str| {
            let text = sdo.get(name).and_then(Value::as_str);
            time(text.ok_or_else(|| format!("an observed-data has no `{name}`"))?)
        };
        let mut data = Self {
            sdo,
            first: moment("first_observed")?,
            last: moment("last_observed")?,
            number: sdo
                .get("number_observed")
                .and_then(Value::as_u64)
                .unwrap_or(1),
            roots: Vec::new(),
            named: HashMap::new(),
        };
        let mut add = |name: &'a str, object: &'a Map<String, Value>| {
            data.roots.push(object);
            data.named.insert(name, object);
        };
        match (sdo.get("object_refs"), sdo.get("objects")) {
            (Some(Value::Array(ids)), _) => {
                for id in ids.iter().filter_map(Value::as_str) {
                    if let Some(object) = all.get(id) {
                        add(id, object);
                    }
                }
            }
            (_, Some(Value::Object(inside))) => {
                for (name, object) in inside {
                    if let Some(object) = object.as_object() {
                        add(name, object);
                    }
                }
            }
            _ => return Err("an observed-data has neither `object_refs` nor `objects`".to_owned()),
        }
        Ok(data)
    }

    /// Which of the objects a comparison holds for, by their places.
    fn roots_of(&self, comparison: &Comparison) -> Result<BTreeSet<usize>, String> {
        Ok(match comparison {
            Comparison::And(all) => {
                let mut sets = all.iter().map(|one| self.roots_of(one));
                let first = sets.next().unwrap_or_else(|| Ok(BTreeSet::new()))?;
                sets.try_fold(first, |roots, set| Ok::<_, String>(&roots & &set?))?
            }
            Comparison::Or(any) => {
                let mut sets = any.iter().map(|one| self.roots_of(one));
                sets.try_fold(BTreeSet::new(), |roots, set| {
                    Ok::<_, String>(&roots | &set?)
                })?
            }
            Comparison::Exists(path, negated) => {
                let mut roots = BTreeSet::new();
                for root in self.of_kind(path) {
                    if self.values(root, path)?.is_empty() == *negated {
                        roots.insert(root);
                    }
                }
                roots
            }
            Comparison::Test(test) => {
                let ready = Ready::new(test)?;
                let mut roots = BTreeSet::new();
                for root in self.of_kind(&test.path) {
                    for value in self.values(root, &test.path)? {
                        if ready.holds(&value)? != test.negated {
                            roots.insert(root);
                        }
                    }
                }
                roots
            }
        })
    }

    fn of_kind(&self, path: &Path) -> impl Iterator<Item = usize> {
        let is_kind = |object: &&Map<String, Value>| {
            object
                .get("type")
                .is_some_and(|kind| kind == path.kind.as_str())
        };
        let places: Vec<usize> = (0..self.roots.len())
            .filter(|place| self.roots.get(*place).is_some_and(is_kind))
            .collect();
        places.into_iter()
    }

    /// The values a path leads to from an object.
    fn values(&self, root: usize, path: &Path) -> Result<Vec<Observed<'a>>, String> {
        let mut found: Vec<(&'a str, &'a Value)> = Vec::new();
        let mut steps = path.steps.iter();
        if let (Some(object), Some(Step::Name(name))) = (self.roots.get(root), steps.next()) {
            found.extend(
                object
                    .get_key_value(name.as_str())
                    .map(|(key, value)| (key.as_str(), value)),
            );
        }
        for step in steps {
            found = found
                .into_iter()
                .flat_map(|(key, value)| self.step(key, value, step))
                .collect();
        }
        found
            .into_iter()
            .map(|(key, value)| Observed::named(key, value))
            .collect()
    }

    fn step(&self, key: &'a str, value: &'a Value, step: &Step) -> Vec<(&'a str, &'a Value)> {
        match (step, value) {
            (Step::Name(name), Value::Object(object)) => member(object, name),
            // What is referred to takes the place of the reference.
            (Step::Name(name), Value::String(id))
                if key.ends_with("_ref") || key.ends_with("_refs") =>
            {
                self.named
                    .get(id.as_str())
                    .map(|object| member(object, name))
                    .unwrap_or_default()
            }
            (Step::Index(place), Value::Array(list)) => {
                let item = usize::try_from(*place)
                    .ok()
                    .and_then(|place| list.get(place));
                item.map(|value| (key, value)).into_iter().collect()
            }
            (Step::Any, Value::Array(list)) => list.iter().map(|value| (key, value)).collect(),
            (Step::Any, Value::Object(object)) => object
                .iter()
                .map(|(key, value)| (key.as_str(), value))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Vec<(&'a str, &'a Value)> {
    object
        .get_key_value(name)
        .map(|(key, value)| (key.as_str(), value))
        .into_iter()
        .collect()
}

impl Pattern {
    /// The `observed-data` that together are what the pattern asks for; `None` where they are
    /// not.
    ///
    /// # Errors
    /// Where the pattern cannot be asked of these observations: a regular expression that is
    /// none, a time that is none, or too many ways to fit them together.
    pub fn find<'a>(
        &self,
        observations: &Observations<'a>,
    ) -> Result<Option<Vec<&'a Value>>, String> {
        let most = size(&self.observation);
        let mut instances = Vec::new();
        for (place, data) in observations.all.iter().enumerate() {
            let times = data.number.min(most).max(1);
            instances.extend((0..times).map(|_| place));
        }
        let search = Search {
            all: &observations.all,
            instances,
            tries: std::cell::Cell::new(0),
        };
        let mut found: Option<Vec<usize>> = None;
        search.each(&self.observation, &mut |binding| {
            found = Some(binding.to_vec());
            Ok(false)
        })?;
        Ok(found.map(|binding| {
            let places: BTreeSet<usize> = binding
                .iter()
                .filter_map(|it| search.instances.get(*it).copied())
                .collect();
            places
                .iter()
                .filter_map(|place| Some(observations.all.get(*place)?.sdo))
                .collect()
        }))
    }
}

/// How many observations a pattern can need at most.
fn size(observation: &Observation) -> u64 {
    match observation {
        Observation::Test(_) => 1,
        Observation::And(one, other) | Observation::FollowedBy(one, other) => {
            size(one).saturating_add(size(other))
        }
        Observation::Or(one, other) => size(one).max(size(other)),
        Observation::Group(inside) => size(inside),
        Observation::Qualified(of, Qualifier::Repeats(times)) => size(of).saturating_mul(*times),
        Observation::Qualified(of, _) => size(of),
    }
    .min(10_000)
}

/// What is told of each way to fit; whether to go on.
type Tell<'t> = &'t mut dyn FnMut(&[usize]) -> Result<bool, String>;

/// Looks for ways to fit observations to a pattern. What was observed several times is there
/// several times.
struct Search<'s, 'a> {
    all: &'s [Data<'a>],
    instances: Vec<usize>,
    tries: std::cell::Cell<u64>,
}

impl Search<'_, '_> {
    /// Tells every way, until told to stop; whether to go on.
    fn each(&self, observation: &Observation, tell: Tell<'_>) -> Result<bool, String> {
        match observation {
            Observation::Test(comparison) => self.test(comparison, tell),
            Observation::Group(inside) => self.each(inside, tell),
            Observation::Or(one, other) => Ok(self.each(one, tell)? && self.each(other, tell)?),
            Observation::And(one, other) => self.pairs(one, other, &|_, _| true, tell),
            Observation::FollowedBy(one, other) => {
                let follows = |one: &[usize], other: &[usize]| self.begins(one) <= self.ends(other);
                self.pairs(one, other, &follows, tell)
            }
            Observation::Qualified(of, qualifier) => self.qualified(of, qualifier, tell),
        }
    }

    fn try_one(&self) -> Result<(), String> {
        self.tries.set(self.tries.get() + 1);
        if self.tries.get() > TRIES_MAX {
            return Err(format!(
                "more than {TRIES_MAX} ways to fit the observations to the pattern"
            ));
        }
        Ok(())
    }

    fn test(&self, comparison: &Comparison, tell: Tell<'_>) -> Result<bool, String> {
        let mut last: Option<(usize, bool)> = None;
        for (instance, place) in self.instances.iter().enumerate() {
            self.try_one()?;
            let holds = match last {
                Some((same, holds)) if same == *place => holds,
                _ => match self.all.get(*place) {
                    Some(data) => !data.roots_of(comparison)?.is_empty(),
                    None => false,
                },
            };
            last = Some((*place, holds));
            if holds && !tell(&[instance])? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn pairs(
        &self,
        one: &Observation,
        other: &Observation,
        fits: &dyn Fn(&[usize], &[usize]) -> bool,
        tell: Tell<'_>,
    ) -> Result<bool, String> {
        let others = self.ways(other)?;
        self.each(one, &mut |left| {
            for right in &others {
                self.try_one()?;
                let apart = left.iter().all(|instance| !right.contains(instance));
                if apart && fits(left, right) && !tell(&[left, right.as_slice()].concat())? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// All ways at once, for what is gone through again and again.
    fn ways(&self, observation: &Observation) -> Result<Vec<Vec<usize>>, String> {
        let mut ways = Vec::new();
        self.each(observation, &mut |way| {
            self.try_one()?;
            ways.push(way.to_vec());
            Ok(true)
        })?;
        Ok(ways)
    }

    fn qualified(
        &self,
        of: &Observation,
        qualifier: &Qualifier,
        tell: Tell<'_>,
    ) -> Result<bool, String> {
        match qualifier {
            Qualifier::Within(seconds) if *seconds <= 0.0 => {
                Err("WITHIN asks for more than 0 seconds".to_owned())
            }
            Qualifier::Within(seconds) => self.each(of, &mut |way| {
                let apart = self
                    .begins(way)
                    .zip(self.ends(way))
                    .map_or(0.0, |(begin, end)| begin.duration_since(end).as_secs_f64());
                if apart <= *seconds {
                    tell(way)
                } else {
                    Ok(true)
                }
            }),
            Qualifier::StartStop(start, stop) => {
                let (start, stop) = (time(start)?, time(stop)?);
                self.each(of, &mut |way| {
                    let inside = start < stop
                        && self
                            .of(way)
                            .all(|data| data.last >= start && data.first < stop);
                    if inside { tell(way) } else { Ok(true) }
                })
            }
            Qualifier::Repeats(times) => {
                let ways = self.ways(of)?;
                let times = usize::try_from(*times).unwrap_or(usize::MAX);
                self.repeated(&ways, 0, times, &mut Vec::new(), tell)
            }
        }
    }

    /// So many of the ways, none with an observation of another.
    fn repeated(
        &self,
        ways: &[Vec<usize>],
        from: usize,
        times: usize,
        taken: &mut Vec<usize>,
        tell: Tell<'_>,
    ) -> Result<bool, String> {
        if times == 0 {
            return tell(taken);
        }
        for place in from..ways.len() {
            // With too few left, nothing can follow.
            if ways.len() - place < times {
                return Ok(true);
            }
            self.try_one()?;
            let Some(way) = ways.get(place) else {
                return Ok(true);
            };
            if way.iter().any(|instance| taken.contains(instance)) {
                continue;
            }
            let before = taken.len();
            taken.extend(way);
            let go_on = self.repeated(ways, place + 1, times - 1, taken, tell)?;
            taken.truncate(before);
            if !go_on {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn of(&self, way: &[usize]) -> impl Iterator<Item = &Data<'_>> {
        way.iter()
            .filter_map(|it| self.all.get(*self.instances.get(*it)?))
    }

    /// When all of it can have begun at the earliest.
    fn begins(&self, way: &[usize]) -> Option<Timestamp> {
        self.of(way).map(|data| data.first).max()
    }

    /// When the first of it has ended at the latest.
    fn ends(&self, way: &[usize]) -> Option<Timestamp> {
        self.of(way).map(|data| data.last).min()
    }
}
