//! Where each party stands: a column by its part in the claims, a row near its neighbours.

use daylight_model::{Claim, EntityKind, Force, Party, Quantity, QuantityKind, Reading, Relation};

use super::{Form, Point};
use crate::{clean, views, words};

pub(super) const NODE_WIDTH: f64 = 176.0;
pub(super) const LINE_HEIGHT: f64 = 17.0;
const COLUMN_GAP: f64 = 104.0;
const ROW_GAP: f64 = 26.0;
const TOP: f64 = 34.0;
const MARGIN: f64 = 8.0;
const ARROW_LENGTH: f64 = 11.0;
const LINE_CHARACTERS_MAX: usize = 23;
const LINES_MAX: usize = 3;
const NODES_MAX: usize = 24;
const EDGES_MAX: usize = 30;
const COLUMNS: [&str; 4] = [
    "Said to be behind it",
    "Said to do it",
    "Operation and means",
    "Said to be hit",
];

/// One party.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) height: f64,
    votes: [u32; COLUMNS.len()],
    column: usize,
}

/// One relation that somebody claims.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) relation: Relation,
    pub(super) force: Force,
    pub(super) negated: bool,
    pub(super) speakers: Vec<String>,
    /// What is said to have been demanded by the way.
    pub(super) demanded: Vec<String>,
    pub(super) line: Line,
    /// Where the number stands.
    pub(super) label: Point,
}

/// A drawing ready to be written out.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) headings: Vec<(f64, &'static str)>,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) left_out: usize,
}

impl Drawing {
    pub(super) fn of(readings: &[Reading]) -> Self {
        let mut drawing = Self::default();
        for said in readings.iter().flat_map(views::claims) {
            if is_money(said.claim) {
                continue;
            }
            if let (Some(object), Some(columns)) =
                (&said.claim.object, columns(said.claim.relation))
            {
                drawing.add(said.reading, said.claim, object, columns);
            }
        }
        for claim in readings
            .iter()
            .flat_map(|it| &it.claims)
            .filter(|it| is_money(it))
        {
            drawing.label(readings, claim);
        }
        drawing.place_nodes();
        drawing.draw_edges();
        drawing
    }

    fn add(&mut self, reading: &Reading, claim: &Claim, object: &Party, columns: (usize, usize)) {
        let speaker = words::speaker_chain(claim);
        let negated = claim.negated;
        let (from_name, to_name) = (
            clean::value(&claim.subject.name),
            clean::value(&object.name),
        );
        if from_name.is_empty() || to_name.is_empty() || from_name == to_name {
            return;
        }
        let new = [&from_name, &to_name]
            .iter()
            .filter(|name| self.find(name).is_none())
            .count();
        if self.nodes.len() + new > NODES_MAX || self.edges.len() >= EDGES_MAX {
            self.left_out += 1;
            return;
        }
        // That something is attributed says more about what it is than that it did something.
        let weight = if claim.relation == Relation::AttributedTo {
            2
        } else {
            1
        };
        let from = self.node(
            from_name,
            column_of(reading, &claim.subject, columns.0),
            weight,
        );
        let to = self.node(to_name, column_of(reading, object, columns.1), 1);
        let same = self.edges.iter_mut().find(|edge| {
            edge.from == from
                && edge.to == to
                && edge.relation == claim.relation
                && edge.force == claim.force
                && edge.negated == negated
        });
        match same {
            Some(edge) if edge.speakers.contains(&speaker) => {}
            Some(edge) => edge.speakers.push(speaker),
            None => self.edges.push(Edge {
                from,
                to,
                relation: claim.relation,
                force: claim.force,
                negated,
                speakers: vec![speaker],
                demanded: Vec::new(),
                line: Line::default(),
                label: (0.0, 0.0),
            }),
        }
    }

    /// Money is no party: a sum demanded is told beside what the same sentence says that the
    /// one who demands does to others.
    fn label(&mut self, readings: &[Reading], demand: &Claim) {
        let same_sentence = |claim: &&Claim| {
            let to_others = matches!(relation_rank(claim.relation), Some(0 | 1));
            claim.span == demand.span && claim.subject.name == demand.subject.name && to_others
        };
        let mut acts: Vec<&Claim> = readings
            .iter()
            .flat_map(|reading| &reading.claims)
            .filter(same_sentence)
            .collect();
        acts.sort_by_key(|claim| relation_rank(claim.relation));
        let place = acts.iter().find_map(|claim| {
            let from = self.find(&clean::value(&claim.subject.name))?;
            let to = self.find(&clean::value(&claim.object.as_ref()?.name))?;
            let fits =
                |edge: &Edge| edge.from == from && edge.to == to && edge.relation == claim.relation;
            self.edges.iter().position(fits)
        });
        let amount = money_of(demand).map(|amount| clean::value(&amount.text));
        match (place.and_then(|place| self.edges.get_mut(place)), amount) {
            (Some(edge), Some(amount)) if !edge.demanded.contains(&amount) => {
                edge.demanded.push(amount);
            }
            (Some(_), _) => {}
            (None, _) => self.left_out += 1,
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        self.nodes
            .iter()
            .position(|node| node.name.to_lowercase() == lower)
    }

    fn node(&mut self, name: String, column: usize, weight: u32) -> usize {
        let index = self.find(&name).unwrap_or_else(|| {
            let lines = wrap(&name);
            let height = LINE_HEIGHT * lines.len() as f64 + 13.0;
            self.nodes.push(Node {
                name,
                lines,
                x: 0.0,
                y: 0.0,
                height,
                votes: [0; 4],
                column: 0,
            });
            self.nodes.len() - 1
        });
        if let Some(vote) = self
            .nodes
            .get_mut(index)
            .and_then(|node| node.votes.get_mut(column))
        {
            *vote += weight;
        }
        index
    }

    fn place_nodes(&mut self) {
        for node in &mut self.nodes {
            let most = node.votes.iter().copied().max().unwrap_or(0);
            node.column = node
                .votes
                .iter()
                .position(|votes| *votes == most)
                .unwrap_or(0);
        }
        let used: Vec<usize> = (0..COLUMNS.len())
            .filter(|column| self.nodes.iter().any(|node| node.column == *column))
            .collect();
        for (place, column) in used.iter().enumerate() {
            let x = MARGIN + (NODE_WIDTH + COLUMN_GAP) * place as f64;
            self.headings.push((
                x + NODE_WIDTH / 2.0,
                COLUMNS.get(*column).copied().unwrap_or_default(),
            ));
            self.width = x + NODE_WIDTH + MARGIN;
            for node in self.nodes.iter_mut().filter(|node| node.column == *column) {
                node.x = x;
            }
        }
        // Lines in one column swing out on its right.
        if self
            .edges
            .iter()
            .any(|edge| self.column(edge.from) == self.column(edge.to))
        {
            self.width += COLUMN_GAP / 2.0;
        }
        self.stack(&used);
        // A few rounds bring neighbours near each other; more change nothing anyone sees.
        for _ in 0..4 {
            for column in &used {
                self.order_by_neighbours(*column);
            }
            self.stack(&used);
        }
    }

    fn column(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(0, |node| node.column)
    }

    fn middle(&self, node: usize) -> f64 {
        self.nodes
            .get(node)
            .map_or(0.0, |node| node.y + node.height / 2.0)
    }

    /// Stacks the nodes of each column in the order of their `y`, centred.
    fn stack(&mut self, used: &[usize]) {
        let height_of = |nodes: &[Node], column: usize| -> f64 {
            nodes
                .iter()
                .filter(|node| node.column == column)
                .map(|node| node.height + ROW_GAP)
                .sum()
        };
        let tallest = used
            .iter()
            .map(|column| height_of(&self.nodes, *column))
            .fold(0.0, f64::max);
        self.height = TOP + tallest + MARGIN;
        for column in used {
            let mut y = TOP + (tallest - height_of(&self.nodes, *column)) / 2.0 + ROW_GAP / 2.0;
            let mut order: Vec<usize> = (0..self.nodes.len())
                .filter(|index| self.column(*index) == *column)
                .collect();
            let y_of = |index: &usize| self.nodes.get(*index).map_or(0.0, |node| node.y);
            order.sort_by(|a, b| y_of(a).total_cmp(&y_of(b)));
            for index in order {
                if let Some(node) = self.nodes.get_mut(index) {
                    node.y = y;
                    y += node.height + ROW_GAP;
                }
            }
        }
    }

    fn order_by_neighbours(&mut self, column: usize) {
        let mut wanted: Vec<(usize, f64)> = Vec::new();
        for index in 0..self.nodes.len() {
            let others: Vec<f64> = self
                .edges
                .iter()
                .filter_map(|edge| match index {
                    _ if edge.from == index => Some(edge.to),
                    _ if edge.to == index => Some(edge.from),
                    _ => None,
                })
                .filter(|other| self.column(*other) != column)
                .map(|other| self.middle(other))
                .collect();
            if self.column(index) == column && !others.is_empty() {
                wanted.push((index, others.iter().sum::<f64>() / others.len() as f64));
            }
        }
        for (index, y) in wanted {
            if let Some(node) = self.nodes.get_mut(index) {
                node.y = y;
            }
        }
    }

    fn draw_edges(&mut self) {
        let mut labels: Vec<Point> = Vec::new();
        let mut lanes: Vec<(usize, f64)> = Vec::new();
        for index in 0..self.edges.len() {
            let Some(line) = self.route(index, &mut lanes) else {
                continue;
            };
            let label = self.free_spot(&line, &labels);
            labels.push(label);
            if let Some(edge) = self.edges.get_mut(index) {
                edge.label = label;
                edge.line = line;
            }
        }
    }

    /// The line of an edge: from side to side, through the gaps of the columns between, or
    /// swinging out beside a column.
    fn route(&self, edge: usize, lanes: &mut Vec<(usize, f64)>) -> Option<Line> {
        let ends = self.edges.get(edge)?;
        let (from, to) = (self.nodes.get(ends.from)?, self.nodes.get(ends.to)?);
        let start_y = from.y + from.height * self.port(ends.from, edge);
        let end_y = to.y + to.height * self.port(ends.to, edge);
        if from.column == to.column {
            let x = from.x + NODE_WIDTH;
            return Some(Line(vec![Curve::between(
                (x, start_y),
                (x, end_y),
                COLUMN_GAP * 0.8,
                COLUMN_GAP * 0.8,
            )]));
        }
        let rightwards = from.x < to.x;
        let (near, far) = if rightwards {
            (NODE_WIDTH, 0.0)
        } else {
            (0.0, NODE_WIDTH)
        };
        let pull = if rightwards {
            COLUMN_GAP * 0.6
        } else {
            -COLUMN_GAP * 0.6
        };
        let mut here = (from.x + near, start_y);
        let mut curves = Vec::new();
        for x in self.columns_between(from.x, to.x, rightwards) {
            let y = self.gap_near(x, (here.1 + end_y) / 2.0, lanes);
            curves.push(Curve::between(here, (x + far, y), pull, -pull));
            curves.push(Curve::between((x + far, y), (x + near, y), 0.0, 0.0));
            here = (x + near, y);
        }
        curves.push(Curve::between(here, (to.x + far, end_y), pull, -pull));
        Some(Line(curves))
    }

    /// How far down a box's side a line ends: lines that meet there come one below the other,
    /// in the order of where they come from.
    fn port(&self, node: usize, edge: usize) -> f64 {
        let mut all: Vec<(usize, f64)> = self
            .edges
            .iter()
            .enumerate()
            .filter(|(_, it)| it.from == node || it.to == node)
            .map(|(index, it)| {
                (
                    index,
                    self.middle(if it.from == node { it.to } else { it.from }),
                )
            })
            .collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        let place = all
            .iter()
            .position(|(other, _)| *other == edge)
            .unwrap_or(0);
        (place as f64 + 1.0) / (all.len() as f64 + 1.0)
    }

    /// Where the columns between two others stand, in the direction of the line.
    fn columns_between(&self, from: f64, to: f64, rightwards: bool) -> Vec<f64> {
        let (left, right) = (from.min(to), from.max(to));
        let mut columns: Vec<f64> = self
            .headings
            .iter()
            .map(|(middle, _)| middle - NODE_WIDTH / 2.0)
            .filter(|x| *x > left + 1.0 && *x < right - 1.0)
            .collect();
        if !rightwards {
            columns.reverse();
        }
        columns
    }

    /// The free height nearest to `wanted` at which a line passes a column without touching a
    /// box or another line.
    fn gap_near(&self, column_x: f64, wanted: f64, lanes: &mut Vec<(usize, f64)>) -> f64 {
        let column = column_x as usize;
        let is_free = |y: f64| {
            let off_boxes = self
                .nodes
                .iter()
                .filter(|node| (node.x - column_x).abs() < 1.0)
                .all(|node| y < node.y - 5.0 || y > node.y + node.height + 5.0);
            off_boxes
                && lanes
                    .iter()
                    .all(|(taken, lane)| *taken != column || (lane - y).abs() > 6.0)
        };
        let steps = (0..200).flat_map(|step| {
            [
                wanted + f64::from(step) * 4.0,
                wanted - f64::from(step) * 4.0,
            ]
        });
        let inside = |y: &f64| *y > TOP - 8.0 && *y < self.height - 2.0;
        let y = steps.filter(inside).find(|y| is_free(*y)).unwrap_or(wanted);
        lanes.push((column, y));
        y
    }

    /// A place on the line where the number covers neither a box nor another number.
    fn free_spot(&self, line: &Line, labels: &[Point]) -> Point {
        let clear = |(x, y): Point| {
            let off_labels = labels.iter().all(|(lx, ly)| (lx - x).hypot(ly - y) > 22.0);
            let off_nodes = self.nodes.iter().all(|node| {
                let beside = x < node.x - 11.0 || x > node.x + NODE_WIDTH + 11.0;
                beside || y < node.y - 11.0 || y > node.y + node.height + 11.0
            });
            off_labels && off_nodes
        };
        let last = line.0.len().saturating_sub(1);
        let places = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
        let spots = [0, last, 1.min(last)]
            .into_iter()
            .filter_map(|index| line.0.get(index));
        spots
            .flat_map(|curve| places.map(|t| curve.at(t)))
            .find(|spot| clear(*spot))
            .unwrap_or_else(|| line.0.first().map_or((0.0, 0.0), |curve| curve.at(0.5)))
    }
}

/// Curves one after the other.
#[derive(Debug, Default)]
pub(super) struct Line(Vec<Curve>);

impl Line {
    pub(super) fn form(&self) -> Form {
        let from = self.0.first().map_or((0.0, 0.0), |curve| curve.0[0]);
        let curves = self.0.iter().map(|Curve([_, b, c, d])| [*b, *c, *d]);
        Form::Curves(from, curves.collect())
    }

    /// The head at its end, where every line arrives level.
    pub(super) fn arrow(&self) -> Vec<Point> {
        let Some(Curve([_, _, before, (x, y)])) = self.0.last() else {
            return Vec::new();
        };
        let back = if before.0 < *x {
            -ARROW_LENGTH
        } else {
            ARROW_LENGTH
        };
        let half = ARROW_LENGTH / 2.0;
        vec![(*x, *y), (x + back, y - half), (x + back, y + half)]
    }
}

/// A cubic Bézier curve.
#[derive(Debug)]
struct Curve([Point; 4]);

impl Curve {
    /// From one point to another, leaving and arriving level.
    const fn between(from: Point, to: Point, pull_from: f64, pull_to: f64) -> Self {
        Self([
            from,
            (from.0 + pull_from, from.1),
            (to.0 + pull_to, to.1),
            to,
        ])
    }

    fn at(&self, t: f64) -> Point {
        let [a, b, c, d] = self.0;
        let s = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            a * s * s * s + 3.0 * b * s * s * t + 3.0 * c * s * t * t + d * t * t * t
        };
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    }
}

/// Whether a claim is that money was demanded.
fn is_money(claim: &Claim) -> bool {
    claim.relation == Relation::Demanded && money_of(claim).is_some()
}

/// The sum that is the object of a claim.
fn money_of(claim: &Claim) -> Option<&Quantity> {
    let object = claim.object.as_ref()?;
    claim.quantities.iter().find(|amount| {
        let is_object = object.span.overlaps(amount.span) || object.text == amount.text;
        is_object && amount.kind == QuantityKind::Money
    })
}

/// To which act of a sentence a demand belongs first: the one against somebody.
const fn relation_rank(relation: Relation) -> Option<u8> {
    match relation {
        Relation::Targets | Relation::Compromised => Some(0),
        Relation::Conducts | Relation::Uses => Some(1),
        _ => None,
    }
}

/// The columns of subject and object; `None` for relations that are not about the deed.
const fn columns(relation: Relation) -> Option<(usize, usize)> {
    match relation {
        Relation::AttributedTo => Some((2, 0)),
        Relation::SponsoredBy => Some((1, 0)),
        Relation::WorksWith | Relation::Employs => Some((0, 1)),
        Relation::Conducts | Relation::Uses | Relation::Exploits | Relation::Demanded => {
            Some((1, 2))
        }
        Relation::Targets | Relation::Compromised | Relation::CausedLoss => Some((1, 3)),
        _ => None,
    }
}

/// What a party is can say more than the relation it stands in.
fn column_of(reading: &Reading, party: &Party, by_relation: usize) -> usize {
    let kind = party
        .entity
        .and_then(|index| reading.entities.get(index))
        .map(|entity| entity.kind);
    match kind {
        Some(
            EntityKind::Campaign
            | EntityKind::Malware
            | EntityKind::Tool
            | EntityKind::Vulnerability,
        ) => 2,
        Some(EntityKind::Sector) => 3,
        Some(EntityKind::Product) if by_relation != 0 => 3,
        Some(EntityKind::Country | EntityKind::GovernmentBody) if by_relation < 2 => 0,
        Some(EntityKind::Person | EntityKind::Group | EntityKind::IntrusionSet)
            if by_relation < 2 =>
        {
            1
        }
        _ => by_relation,
    }
}

/// A name on at most three lines.
fn wrap(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split(' ') {
        let word = clean::shorten_quietly(word, LINE_CHARACTERS_MAX);
        let full = lines.len() == LINES_MAX;
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + 1 + word.chars().count() <= LINE_CHARACTERS_MAX =>
            {
                line.push(' ');
                line.push_str(&word);
            }
            Some(last) if full => {
                last.push('…');
                return lines;
            }
            _ => lines.push(word),
        }
    }
    lines
}
