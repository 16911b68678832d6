//! Templates, compiled to a list of steps from values to fields.
//!
//! The names are those that rules use: an element's text goes by the name of the element, an
//! attribute by both (`Provider_Name`), `<Data Name="X">` by `X`. Namespaces are left out: they
//! say nothing about what happened. `<Event>` itself is no field.

use super::tree::{Attribute, Element, Node, Part};

/// What a field says about its event. The first of several with one role has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Channel,
    Provider,
    EventId,
    Computer,
    Time,
    Message,
    LowerMessage,
    /// Sysmon's own time.
    UtcTime,
    None,
}

impl Role {
    /// Those that say something.
    pub(super) const ALL: [Self; ROLES] = [
        Self::Channel,
        Self::Provider,
        Self::EventId,
        Self::Computer,
        Self::Time,
        Self::Message,
        Self::LowerMessage,
        Self::UtcTime,
    ];

    /// The name of a field with this role.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Channel => "Channel",
            Self::Provider => "Provider_Name",
            Self::EventId => "EventID",
            Self::Computer => "Computer",
            Self::Time => "TimeCreated_SystemTime",
            Self::Message => "Message",
            Self::LowerMessage => "message",
            Self::UtcTime => "UtcTime",
            Self::None => "",
        }
    }
}

/// Roles that say something, which come before [`Role::None`].
pub(super) const ROLES: usize = Role::None as usize;

#[derive(Debug)]
pub(super) struct Name {
    pub(super) text: Box<str>,
    pub(super) role: Role,
}

impl Name {
    fn new(text: String) -> Self {
        let mut roles = Role::ALL.into_iter();
        let role = roles.find(|role| role.name() == text);
        let role = role.unwrap_or(Role::None);
        Self {
            text: text.into(),
            role,
        }
    }
}

/// What stands for a value that holds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    /// No field.
    Absent,
    /// A field without a value.
    Null,
    /// A field of empty text.
    Text,
}

/// One step.
#[derive(Debug)]
pub(super) enum Step {
    /// A field of a value; of each value of an array; the fields of a stream.
    Slot { name: Name, slot: u16, empty: Empty },
    /// The same, but a stream gives nothing.
    Scalar { name: Name, slot: u16 },
    /// The fields of a stream; other values give nothing.
    Stream { slot: u16 },
    /// A field that is always the same.
    Constant { name: Name, value: Part },
    /// A field without a value.
    Nothing { name: Name, empty: Empty },
    /// A field of text put together.
    Joined { name: Name, parts: Box<[Part]> },
    /// Leaves out the next steps where the value is null.
    Depends { slot: u16, steps: usize },
    /// An element begins that may come to nothing.
    Open,
    /// It ends.
    Close { name: Name, empty: Empty },
    /// It ends, and the fields in it get a name that is itself a value, where that holds something.
    Rename { parts: Box<[Part]> },
}

/// A compiled template.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) steps: Vec<Step>,
    /// About how many bytes of memory it takes.
    pub(super) cost: usize,
}

impl Template {
    pub(super) fn compile(root: &Element) -> Self {
        let mut template = Self::default();
        if root.name == "Event" {
            template.children(&root.children, false);
        } else {
            // Values that are streams of `Data` stand in `EventData`.
            template.element(root, root.name == "Data");
        }
        template.steps.shrink_to_fit();
        template.cost += template.steps.len() * size_of::<Step>();
        template
    }

    fn name(&mut self, text: String) -> Name {
        self.cost += text.len();
        Name::new(text)
    }

    /// An element without regard to what it depends on. Depth is bounded by the tree's.
    fn element(&mut self, element: &Element, is_in_container: bool) {
        let name_of_data = (element.name == "Data")
            .then(|| attribute(element, "Name"))
            .flatten();
        match name_of_data {
            Some(name) => self.named_data(element, name, is_in_container),
            None if element.name == "Data" && is_in_container => {
                self.content(element, &element.name, Empty::Text);
            }
            None => self.plain(element),
        }
    }

    fn named_data(&mut self, element: &Element, name: &Attribute, is_in_container: bool) {
        let empty = if is_in_container {
            Empty::Text
        } else {
            Empty::Null
        };
        if let Some(name) = constant_text(&name.value) {
            return self.content(element, &name, empty);
        }
        self.steps.push(Step::Open);
        self.content(element, &element.name, empty);
        self.steps.push(Step::Rename {
            parts: name.value.as_slice().into(),
        });
    }

    /// An element with its attributes. One without text, children and attributes is a field
    /// without a value; attributes that come to nothing do not count.
    fn plain(&mut self, element: &Element) {
        let is_constant = |part: &Part| !matches!(part, Part::Slot(_));
        let holds_constant = element
            .attributes
            .iter()
            .any(|attribute| attribute.value.iter().any(is_constant));
        let has_attributes = element
            .attributes
            .iter()
            .any(|attribute| !attribute.value.is_empty());
        if !has_attributes {
            return self.content(element, &element.name, Empty::Null);
        }
        if holds_constant {
            self.attributes(element);
            return self.content(element, &element.name, Empty::Absent);
        }
        self.steps.push(Step::Open);
        self.attributes(element);
        self.content(element, &element.name, Empty::Absent);
        self.close(&element.name, Empty::Null);
    }

    fn close(&mut self, name: &str, empty: Empty) {
        let name = self.name(name.to_owned());
        self.steps.push(Step::Close { name, empty });
    }

    fn attributes(&mut self, element: &Element) {
        for attribute in &element.attributes {
            if !attribute.name.starts_with("xmlns") {
                let name = format!("{}_{}", element.name, attribute.name);
                self.text(name, &attribute.value, Empty::Absent);
            }
        }
    }

    /// What is between the tags.
    fn content(&mut self, element: &Element, name: &str, empty: Empty) {
        let parts = parts(&element.children);
        let has_elements = parts.len() < element.children.len();
        let slots = parts.iter().filter(|part| matches!(part, Part::Slot(_)));
        let is_simple = parts.len() < 2 || slots.count() == 0;
        if !has_elements && is_simple {
            return self.text(name.to_owned(), &parts, empty);
        }
        // An element that is always there makes sure that there is something.
        let is_certain = element
            .children
            .iter()
            .any(|node| matches!(node, Node::Element(element) if element.dependency.is_none()));
        let may_be_empty = !is_certain && empty != Empty::Absent;
        if may_be_empty {
            self.steps.push(Step::Open);
        }
        match parts.as_slice() {
            [Part::Slot(slot)] => {
                let name = self.name(name.to_owned());
                self.steps.push(Step::Scalar { name, slot: *slot });
            }
            _ => self.text(name.to_owned(), &parts, Empty::Absent),
        }
        let is_container = matches!(element.name.as_str(), "EventData" | "UserData");
        self.children(&element.children, is_container);
        if may_be_empty {
            self.close(name, empty);
        }
    }

    /// Elements, and values that may be streams of elements.
    fn children(&mut self, children: &[Node], is_container: bool) {
        for node in children {
            match node {
                Node::Element(element) => {
                    let guard = self.steps.len();
                    if let Some(slot) = element.dependency {
                        self.steps.push(Step::Depends { slot, steps: 0 });
                    }
                    self.element(element, is_container);
                    let inside = self.steps.len() - guard;
                    if let Some(Step::Depends { steps, .. }) = self.steps.get_mut(guard) {
                        *steps = inside - 1;
                    }
                }
                Node::Part(Part::Slot(slot)) => self.steps.push(Step::Stream { slot: *slot }),
                Node::Part(_) => {}
            }
        }
    }

    /// A field of all of the parts.
    fn text(&mut self, name: String, parts: &[Part], empty: Empty) {
        if parts.is_empty() && empty == Empty::Absent {
            return;
        }
        let name = self.name(name);
        let step = match parts {
            [] => Step::Nothing { name, empty },
            [Part::Slot(slot)] => Step::Slot {
                name,
                slot: *slot,
                empty,
            },
            parts => match constant_text(parts) {
                Some(text) => Step::Constant {
                    name,
                    value: Part::Text(text),
                },
                None => joined(name, parts),
            },
        };
        if let Step::Constant {
            value: Part::Text(text),
            ..
        } = &step
        {
            self.cost += text.len();
        }
        self.steps.push(step);
    }
}

fn joined(name: Name, parts: &[Part]) -> Step {
    match parts {
        [value] => Step::Constant {
            name,
            value: value.clone(),
        },
        parts => Step::Joined {
            name,
            parts: parts.into(),
        },
    }
}

fn parts(children: &[Node]) -> Vec<Part> {
    let parts = children.iter().filter_map(|node| match node {
        Node::Part(part) => Some(part.clone()),
        Node::Element(_) => None,
    });
    parts.collect()
}

/// The attribute of a name, where it holds something.
fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e Attribute> {
    let mut attributes = element.attributes.iter();
    attributes.find(|attribute| attribute.name == name && !attribute.value.is_empty())
}

/// The text of parts that are nothing but text.
fn constant_text(parts: &[Part]) -> Option<String> {
    let texts = parts.iter().map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, dependency: Option<u16>, children: Vec<Node>) -> Element {
        Element {
            name: name.to_owned(),
            dependency,
            attributes: Vec::new(),
            children,
        }
    }

    fn slot(number: u16) -> Node {
        Node::Part(Part::Slot(number))
    }

    /// Steps as words: kind, name and slot.
    fn check(root: &Element, expected: &[&str]) {
        let template = Template::compile(root);
        let word = |step: &Step| match step {
            Step::Slot { name, slot, empty } => format!("slot {} {slot} {empty:?}", name.text),
            Step::Scalar { name, slot } => format!("scalar {} {slot}", name.text),
            Step::Stream { slot } => format!("stream {slot}"),
            Step::Constant { name, value } => format!("constant {} {value:?}", name.text),
            Step::Nothing { name, empty } => format!("nothing {} {empty:?}", name.text),
            Step::Joined { name, parts } => format!("joined {} {}", name.text, parts.len()),
            Step::Depends { slot, steps } => format!("depends {slot} {steps}"),
            Step::Open => "open".to_owned(),
            Step::Close { name, empty } => format!("close {} {empty:?}", name.text),
            Step::Rename { parts } => format!("rename {}", parts.len()),
        };
        let steps: Vec<String> = template.steps.iter().map(word).collect();
        assert_eq!(steps, expected);
    }

    #[test]
    fn elements_to_steps() {
        let data = |name: Vec<Part>, number: u16| {
            let mut data = element("Data", Some(number), vec![slot(number)]);
            data.attributes.push(Attribute {
                name: "Name".to_owned(),
                value: name,
            });
            Node::Element(data)
        };
        let named = data(vec![Part::Text("X".to_owned())], 1);
        let dynamic = data(vec![Part::Slot(9)], 2);
        let unnamed = Node::Element(element("Data", None, vec![slot(3)]));
        check(
            &element("EventData", None, vec![named, dynamic, unnamed]),
            &[
                "depends 1 1",
                "slot X 1 Text",
                "depends 2 3",
                "open",
                "slot Data 2 Text",
                "rename 1",
                "slot Data 3 Text",
            ],
        );
        let mut id = element("EventID", None, vec![slot(3)]);
        id.attributes.push(Attribute {
            name: "Qualifiers".to_owned(),
            value: vec![Part::Slot(4)],
        });
        check(
            &id,
            &[
                "open",
                "slot EventID_Qualifiers 4 Absent",
                "slot EventID 3 Absent",
                "close EventID Null",
            ],
        );
        let system = Node::Element(element("System", None, Vec::new()));
        check(
            &element("Event", None, vec![system, slot(7)]),
            &["nothing System Null", "stream 7"],
        );
        let maybe = Node::Element(element("A", Some(0), vec![slot(0)]));
        check(
            &element("B", None, vec![maybe]),
            &["open", "depends 0 1", "slot A 0 Null", "close B Null"],
        );
    }
}
