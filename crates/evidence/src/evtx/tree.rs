//! BinXML tokens ([MS-EVEN6] 2.2.12) as a tree of elements, from which a template is compiled.
//!
//! Names are stored once a chunk: a token holds the offset of its name, and the name itself may
//! stand right behind it. Template definitions give each element a number of a value it depends
//! on; elements outside of definitions have no such number.

use super::cursor::{Cursor, Fault};
use super::value;

/// Elements inside elements; the schema of events knows six.
const DEPTH_MAX: usize = 64;
/// Units of one name; those of real events are below 100.
const NAME_UNITS_MAX: usize = 256;
/// The link to the next name and the hash of this one, before each name.
const NAME_LINK_BYTES: usize = 6;

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// The value without which the element is left out.
    pub(super) dependency: Option<u16>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Node>,
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Part(Part),
}

/// A piece of text or of an attribute's value.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    /// A value of the instance, by number.
    Slot(u16),
    /// A value of another type, as its type and bytes.
    Typed(u8, Box<[u8]>),
}

/// Where a body names something, and what.
#[derive(Debug)]
pub(super) struct NameReference {
    /// Where in the body the offset stands.
    pub(super) at: usize,
    /// Bytes of the name where it stands right behind, with what goes before and after it.
    pub(super) inline_bytes: usize,
    /// The name in UTF-16.
    pub(super) name: Box<[u8]>,
}

/// A definition taken apart.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) root: Element,
    pub(super) names: Vec<NameReference>,
}

/// An element that stands in a stream without a template.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) root: Element,
    /// Streams inside it, by start and size: its slots, in order.
    pub(super) streams: Vec<(usize, usize)>,
    pub(super) end: usize,
}

/// Takes the body of a template definition apart.
pub(super) fn definition(data: &[u8], start: usize, size: usize) -> Result<Definition, Fault> {
    let mut parser = Parser::new(data, start, start.saturating_add(size), true);
    while !parser.cursor.is_at_end() && parser.token()? {}
    let root = parser.root.take().filter(|_| parser.open.is_empty());
    let root = root.ok_or_else(|| parser.cursor.fault("a template has no whole element"))?;
    Ok(Definition {
        root,
        names: parser.names,
    })
}

/// Takes the element that begins at `start` apart.
pub(super) fn fragment(data: &[u8], start: usize, end: usize) -> Result<Fragment, Fault> {
    let mut parser = Parser::new(data, start, end, false);
    loop {
        let goes_on = parser.token()?;
        if let Some(root) = parser.root.take() {
            return Ok(Fragment {
                root,
                streams: parser.streams,
                end: parser.cursor.at(),
            });
        }
        if !goes_on {
            return Err(parser.cursor.fault("an element does not end"));
        }
    }
}

/// The name at an offset, in UTF-16.
pub(super) fn name_at(data: &[u8], offset: usize) -> Result<&[u8], Fault> {
    let start = offset.saturating_add(NAME_LINK_BYTES);
    let mut cursor = Cursor::new(data, start, data.len());
    let units = usize::from(cursor.u16()?);
    if units > NAME_UNITS_MAX {
        return Err(cursor.fault("a name is longer than names are"));
    }
    cursor.take(2 * units)
}

pub(super) fn decode(wide: &[u8]) -> String {
    daylight_model::Wide::new(value::until_nul(wide)).to_string()
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    data: &'a [u8],
    start: usize,
    is_definition: bool,
    /// An element whose attributes are being read.
    starting: Option<Element>,
    open: Vec<Element>,
    root: Option<Element>,
    names: Vec<NameReference>,
    streams: Vec<(usize, usize)>,
}

impl<'a> Parser<'a> {
    fn new(data: &'a [u8], start: usize, end: usize, is_definition: bool) -> Self {
        Self {
            cursor: Cursor::new(data, start, end),
            data,
            start,
            is_definition,
            starting: None,
            open: Vec::new(),
            root: None,
            names: Vec::new(),
            streams: Vec::new(),
        }
    }

    /// Reads a token; false at the one that ends the stream.
    fn token(&mut self) -> Result<bool, Fault> {
        match self.cursor.u8()? {
            0x00 => return Ok(false),
            token @ (0x01 | 0x41) => self.open_element(token == 0x41)?,
            0x02 => self.close_start()?,
            0x03 => {
                let element = self.take_starting()?;
                self.attach(element)?;
            }
            0x04 => self.close_element()?,
            0x05 | 0x45 => self.value()?,
            0x06 | 0x46 => self.attribute()?,
            0x07 | 0x47 => self.text()?,
            0x08 | 0x48 => {
                let unit = self.cursor.u16()?;
                self.part(Part::Text(String::from_utf16_lossy(&[unit])))?;
            }
            0x09 | 0x49 => {
                let name = self.name()?;
                self.part(Part::Text(entity(&name)))?;
            }
            // Processing instructions say nothing about what happened.
            0x0a => drop(self.name()?),
            0x0b => drop(self.units()?),
            0x0c => self.instance()?,
            0x0d | 0x0e => self.slot()?,
            0x0f => drop(self.cursor.take(3)?),
            _ => return Err(self.cursor.fault("an unknown token")),
        }
        Ok(true)
    }

    fn open_element(&mut self, has_attributes: bool) -> Result<(), Fault> {
        if self.starting.is_some() {
            return Err(self.cursor.fault("an element inside the start of another"));
        }
        let mut dependency = None;
        if self.is_definition {
            dependency = Some(self.cursor.u16()?).filter(|slot| *slot != 0xffff);
        }
        let _size = self.cursor.u32()?;
        let name = self.name()?;
        if has_attributes {
            let _attributes_size = self.cursor.u32()?;
        }
        self.starting = Some(Element {
            name,
            dependency,
            attributes: Vec::new(),
            children: Vec::new(),
        });
        Ok(())
    }

    fn take_starting(&mut self) -> Result<Element, Fault> {
        let missing = self.cursor.fault("the end of a start that was not begun");
        self.starting.take().ok_or(missing)
    }

    fn close_start(&mut self) -> Result<(), Fault> {
        let element = self.take_starting()?;
        if self.open.len() >= DEPTH_MAX {
            return Err(self.cursor.fault("elements are nested too deep"));
        }
        self.open.push(element);
        Ok(())
    }

    fn close_element(&mut self) -> Result<(), Fault> {
        let missing = self
            .cursor
            .fault("the end of an element that was not begun");
        let element = self.open.pop().ok_or(missing)?;
        self.attach(element)
    }

    fn attach(&mut self, element: Element) -> Result<(), Fault> {
        if let Some(parent) = self.open.last_mut() {
            parent.children.push(Node::Element(element));
        } else if self.root.is_none() {
            self.root = Some(element);
        } else {
            return Err(self.cursor.fault("a template has two elements"));
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<(), Fault> {
        let name = self.name()?;
        let missing = self
            .cursor
            .fault("an attribute outside the start of an element");
        let element = self.starting.as_mut().ok_or(missing)?;
        element.attributes.push(Attribute {
            name,
            value: Vec::new(),
        });
        Ok(())
    }

    fn part(&mut self, part: Part) -> Result<(), Fault> {
        if matches!(&part, Part::Text(text) if text.is_empty()) {
            return Ok(());
        }
        if let Some(element) = &mut self.starting {
            if let Some(attribute) = element.attributes.last_mut() {
                attribute.value.push(part);
            }
            return Ok(());
        }
        let missing = self.cursor.fault("text outside of an element");
        let parent = self.open.last_mut().ok_or(missing)?;
        parent.children.push(Node::Part(part));
        Ok(())
    }

    fn slot(&mut self) -> Result<(), Fault> {
        let slot = self.cursor.u16()?;
        let _type = self.cursor.u8()?;
        if !self.is_definition {
            return Err(self.cursor.fault("a substitution outside of a template"));
        }
        self.part(Part::Slot(slot))
    }

    fn text(&mut self) -> Result<(), Fault> {
        let text = decode(self.units()?);
        self.part(Part::Text(text))
    }

    /// Text after the count of its units.
    fn units(&mut self) -> Result<&'a [u8], Fault> {
        let units = usize::from(self.cursor.u16()?);
        self.cursor.take(2 * units)
    }

    fn value(&mut self) -> Result<(), Fault> {
        match self.cursor.u8()? {
            0x01 => self.text(),
            value::NULL => Ok(()),
            value::NESTED => {
                let size = usize::from(self.cursor.u16()?);
                let start = self.cursor.at();
                self.cursor.take(size)?;
                self.stream(start, size)
            }
            kind => {
                let size = value::size_of(kind);
                let size = size.ok_or_else(|| self.cursor.fault("a value of unknown size"))?;
                let bytes = self.cursor.take(size)?.into();
                self.part(Part::Typed(kind, bytes))
            }
        }
    }

    /// An instance of a template among elements.
    fn instance(&mut self) -> Result<(), Fault> {
        let start = self.cursor.at() - 1;
        super::instance::skip(&mut self.cursor)?;
        self.stream(start, self.cursor.at() - start)
    }

    /// A stream inside the element, which becomes a slot of its own.
    fn stream(&mut self, start: usize, size: usize) -> Result<(), Fault> {
        // Compiled templates outlive their chunk, and such a stream would point into it.
        if self.is_definition {
            return Err(self.cursor.fault("BinXML as a constant of a template"));
        }
        let too_many = self.cursor.fault("too many streams in an element");
        let slot = u16::try_from(self.streams.len()).map_err(|_| too_many)?;
        self.streams.push((start, size));
        self.part(Part::Slot(slot))
    }

    fn name(&mut self) -> Result<String, Fault> {
        let at = self.cursor.at();
        let offset = self.cursor.u32()? as usize;
        let name = name_at(self.data, offset)?;
        let mut inline_bytes = 0;
        if offset == self.cursor.at() {
            // The link, the count of units, the units and a zero.
            inline_bytes = NAME_LINK_BYTES + 2 + name.len() + 2;
            self.cursor.take(inline_bytes)?;
        }
        if self.is_definition {
            self.names.push(NameReference {
                at: at - self.start,
                inline_bytes,
                name: name.into(),
            });
        }
        Ok(decode(name))
    }
}

fn entity(name: &str) -> String {
    match name {
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        _ => format!("&{name};"),
    }
}
