//! The dossier as Markdown: the same content, shorter.

use std::fmt::Write;

use crate::Case;
use crate::clean::escape_markdown as escaped;
use crate::outline::{Block, Cell, Item, Outline, Table, outline};

/// The dossier as Markdown.
///
/// Everything foreign is escaped, addresses included: no viewer makes a link or a picture of
/// what a report or a log says.
#[must_use]
pub fn markdown(case: &Case<'_>) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, &outline(case));
    page
}

fn write(page: &mut String, outline: &Outline) -> std::fmt::Result {
    write!(
        page,
        "# {}\n\n{}",
        escaped(&outline.title),
        escaped(&outline.made)
    )?;
    if let Some(label) = outline.marking {
        write!(page, " · **{label}**")?;
    }
    if let Some(held_back) = &outline.held_back {
        write!(page, "\n\n{}", escaped(held_back))?;
    }
    writeln!(
        page,
        "\n\n## The answer\n\n**{}**\n",
        escaped(&outline.answer)
    )?;
    for (name, line) in &outline.lines {
        writeln!(page, "- **{name}:** {}", escaped(line))?;
    }
    for section in &outline.sections {
        writeln!(page, "\n## {}", escaped(&section.title))?;
        for block in &section.blocks {
            write_block(page, block)?;
        }
    }
    Ok(())
}

fn write_block(page: &mut String, block: &Block) -> std::fmt::Result {
    match block {
        Block::Heading(text) => writeln!(page, "\n### {}", escaped(text)),
        Block::Paragraph(text) => writeln!(page, "\n{}", escaped(text)),
        Block::Warning(text) => writeln!(page, "\n> {}", escaped(text)),
        Block::Items(items) => {
            writeln!(page)?;
            items.iter().try_for_each(|item| write_item(page, item, ""))
        }
        Block::Table(table) => write_table(page, table),
        // The words that follow say the same.
        Block::Picture(_) => Ok(()),
    }
}

fn write_item(page: &mut String, item: &Item, indent: &str) -> std::fmt::Result {
    write!(page, "{indent}-")?;
    if !item.lead.is_empty() {
        write!(page, " **{}**", escaped(&item.lead))?;
    }
    if !item.text.is_empty() {
        write!(page, " {}", escaped(&item.text))?;
    }
    if !item.mark.is_empty() {
        write!(page, " (*{}*)", escaped(&item.mark))?;
    }
    writeln!(page)?;
    if !item.quote.is_empty() {
        writeln!(page, "{indent}  > {}", escaped(&item.quote))?;
    }
    let deeper = format!("{indent}  ");
    item.items
        .iter()
        .try_for_each(|item| write_item(page, item, &deeper))
}

fn write_table(page: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(page)?;
    for (name, _) in &table.head {
        write!(page, "| {name} ")?;
    }
    writeln!(page, "|\n{}|", "|---".repeat(table.head.len()))?;
    for row in &table.rows {
        for cell in row {
            write!(page, "| {} ", in_a_cell(cell))?;
        }
        writeln!(page, "|")?;
    }
    Ok(())
}

fn in_a_cell(cell: &Cell) -> String {
    let text = escaped(&cell.text);
    if cell.lead.is_empty() {
        return text;
    }
    format!("**{}** {text}", escaped(&cell.lead))
}
