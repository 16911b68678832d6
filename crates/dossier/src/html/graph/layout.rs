//! Where each party stands: a column by its part in the claims, a row near its neighbours.

use daylight_model::{Claim, EntityKind, Force, Party, Reading, Relation};

use crate::{clean, views, words};

pub(super) const NODE_WIDTH: f64 = 176.0;
pub(super) const LINE_HEIGHT: f64 = 17.0;
const COLUMN_GAP: f64 = 104.0;
const ROW_GAP: f64 = 26.0;
const TOP: f64 = 34.0;
const MARGIN: f64 = 8.0;
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
    /// SVG path data.
    pub(super) path: String,
    /// Where the number stands.
    pub(super) label: (f64, f64),
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
            if let (Some(object), Some(columns)) =
                (&said.claim.object, columns(said.claim.relation))
            {
                drawing.add(said.reading, said.claim, object, columns);
            }
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
        let from = self.node(from_name, column_of(reading, &claim.subject, columns.0));
        let to = self.node(to_name, column_of(reading, object, columns.1));
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
                path: String::new(),
                label: (0.0, 0.0),
            }),
        }
    }

    fn find(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        self.nodes
            .iter()
            .position(|node| node.name.to_lowercase() == lower)
    }

    fn node(&mut self, name: String, column: usize) -> usize {
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
            *vote += 1;
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
        let mut labels: Vec<(f64, f64)> = Vec::new();
        for index in 0..self.edges.len() {
            let Some(curve) = self.curve(index) else {
                continue;
            };
            let label = self.free_spot(&curve, &labels);
            labels.push(label);
            if let Some(edge) = self.edges.get_mut(index) {
                edge.label = label;
                edge.path = curve.path();
            }
        }
    }

    /// The line of an edge: from side to side, or swinging out beside a column.
    fn curve(&self, edge: usize) -> Option<Curve> {
        let edge_ref = self.edges.get(edge)?;
        let (from, to) = (self.nodes.get(edge_ref.from)?, self.nodes.get(edge_ref.to)?);
        let port = |node: usize| {
            // Lines that meet at one box arrive one below the other.
            let all: Vec<usize> = (0..self.edges.len())
                .filter(|other| {
                    self.edges
                        .get(*other)
                        .is_some_and(|it| it.from == node || it.to == node)
                })
                .collect();
            let place = all.iter().position(|other| *other == edge).unwrap_or(0);
            (place as f64 + 1.0) / (all.len() as f64 + 1.0)
        };
        let y1 = from.y + from.height * port(edge_ref.from);
        let y2 = to.y + to.height * port(edge_ref.to);
        let (x1, x2, pull1, pull2) = if from.column == to.column {
            (
                from.x + NODE_WIDTH,
                to.x + NODE_WIDTH,
                COLUMN_GAP * 0.8,
                COLUMN_GAP * 0.8,
            )
        } else if from.x < to.x {
            (
                from.x + NODE_WIDTH,
                to.x,
                COLUMN_GAP * 0.6,
                -COLUMN_GAP * 0.6,
            )
        } else {
            (
                from.x,
                to.x + NODE_WIDTH,
                -COLUMN_GAP * 0.6,
                COLUMN_GAP * 0.6,
            )
        };
        Some(Curve([
            (x1, y1),
            (x1 + pull1, y1),
            (x2 + pull2, y2),
            (x2, y2),
        ]))
    }

    /// A place on the line where the number covers neither a box nor another number.
    fn free_spot(&self, curve: &Curve, labels: &[(f64, f64)]) -> (f64, f64) {
        let clear = |(x, y): (f64, f64)| {
            let off_labels = labels.iter().all(|(lx, ly)| (lx - x).hypot(ly - y) > 22.0);
            let off_nodes = self.nodes.iter().all(|node| {
                x < node.x - 11.0
                    || x > node.x + NODE_WIDTH + 11.0
                    || y < node.y - 11.0
                    || y > node.y + node.height + 11.0
            });
            off_labels && off_nodes
        };
        let places = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
        places
            .into_iter()
            .map(|t| curve.at(t))
            .find(|spot| clear(*spot))
            .unwrap_or_else(|| curve.at(0.5))
    }
}

/// A cubic Bézier curve.
struct Curve([(f64, f64); 4]);

impl Curve {
    fn at(&self, t: f64) -> (f64, f64) {
        let [a, b, c, d] = self.0;
        let s = 1.0 - t;
        let mix = |a: f64, b: f64, c: f64, d: f64| {
            a * s * s * s + 3.0 * b * s * s * t + 3.0 * c * s * t * t + d * t * t * t
        };
        (mix(a.0, b.0, c.0, d.0), mix(a.1, b.1, c.1, d.1))
    }

    fn path(&self) -> String {
        let [a, b, c, d] = self.0;
        format!(
            "M{:.1},{:.1} C{:.1},{:.1} {:.1},{:.1} {:.1},{:.1}",
            a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1
        )
    }
}

/// The columns of subject and object; `None` for relations that are not about the deed.
const fn columns(relation: Relation) -> Option<(usize, usize)> {
    match relation {
        Relation::AttributedTo | Relation::SponsoredBy => Some((1, 0)),
        Relation::WorksWith | Relation::Employs => Some((0, 1)),
        Relation::Conducts | Relation::Uses | Relation::Exploits => Some((1, 2)),
        Relation::Targets | Relation::Compromised | Relation::CausedLoss | Relation::Demanded => {
            Some((1, 3))
        }
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
