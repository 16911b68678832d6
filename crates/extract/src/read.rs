//! One document, from its blocks to its claims.

use daylight_model::{
    Block, BlockKind, Claim, Document, EntityKind, Force, Party, Reading, Relation, Span, Speaker,
    derived_id,
};

use crate::claims::{ClaimReader, Sentence};
use crate::clause::Clauses;
use crate::discourse::Discourse;
use crate::entities::Entities;
use crate::indicators::{IndicatorContext, indicators, rules};
use crate::lexicon::Lexicon;
use crate::quantities::quantities;
use crate::speech::{self, Frame, FrameSpeaker, Stance};
use crate::techniques::techniques;
use crate::times::times;
use crate::tokens::{Vocabulary, tokens};
use crate::{aliases, sentences};

/// Sentences longer than this are lists or tables that lost their line breaks; no claim is
/// read out of them. Bytes.
const SENTENCE_BYTES_MAX: usize = 2_000;

/// Reads a document. `is_technique` tells whether an ATT&CK id exists.
#[must_use]
pub fn read(document: Document, lexicon: &Lexicon, is_technique: &dyn Fn(&str) -> bool) -> Reading {
    let mut entities = Entities::read(&document, lexicon);
    let sentence_spans = sentences::sentences(&document);
    let own_hosts = own_hosts(&document);
    let context = IndicatorContext {
        own_hosts: &own_hosts,
    };
    let mut reading = Reading {
        sentences: sentence_spans,
        entities: Vec::new(),
        claims: Vec::new(),
        indicators: Vec::new(),
        techniques: Vec::new(),
        described: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        incidents: Vec::new(),
        document,
    };
    let document = &reading.document;
    for block in document.content() {
        reading
            .indicators
            .extend(indicators(&document.text, block.span, &context));
        reading
            .techniques
            .extend(techniques(&document.text, block.span, is_technique));
        reading
            .times
            .extend(times(&document.text, block.span, document.published));
        reading
            .quantities
            .extend(quantities(&document.text, block.span));
    }
    // Rules run over empty lines, and so over blocks.
    reading.indicators.extend(rules(&document.text));
    reading
        .indicators
        .sort_by_key(|indicator| indicator.span.start);
    reading.claims = claims(&reading, lexicon, &mut entities);
    reading.entities = entities.list;
    reading
}

/// Hosts of whoever published the text: links to them are no indicators.
fn own_hosts(document: &Document) -> Vec<String> {
    let addresses = document.url.iter().chain(
        document
            .originator
            .iter()
            .filter_map(|originator| originator.url.as_ref()),
    );
    addresses
        .filter_map(|address| {
            Some(
                address
                    .split_once("://")?
                    .1
                    .split(['/', ':', '?'])
                    .next()?
                    .to_lowercase(),
            )
        })
        .collect()
}

/// The claims of the running text.
fn claims(reading: &Reading, lexicon: &Lexicon, entities: &mut Entities) -> Vec<Claim> {
    let document = &reading.document;
    let mut vocabulary = Vocabulary::new(document.text.len());
    let outlet = outlet(reading, entities, &mut vocabulary);
    let reader = ClaimReader {
        document,
        lexicon,
        outlet: &outlet,
    };
    let mut discourse = Discourse::default();
    let mut claims = Vec::new();
    for block in document
        .content()
        .filter(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem))
    {
        let spans: Vec<Span> = inside(&reading.sentences, |span| *span, block.span)
            .iter()
            .filter(|span| span.len() <= SENTENCE_BYTES_MAX)
            .copied()
            .collect();
        let quotations = speech::quotations(&document.text, block.span);
        // What is quoted may be attributed behind it: then a block is parsed as a whole.
        let at_once = if quotations.is_empty() {
            1
        } else {
            spans.len().max(1)
        };
        for spans in spans.chunks(at_once) {
            let parsed: Vec<(Span, Clauses<'_>, Vec<Frame>)> = spans
                .iter()
                .map(|&span| {
                    let clauses = parse(document, span, entities, &mut vocabulary);
                    let frames = frames(span, &clauses, &quotations, block);
                    (span, clauses, frames)
                })
                .collect();
            announce(&reader, &parsed, &quotations, entities, &mut discourse);
            for (span, clauses, frames) in &parsed {
                let sentence = Sentence {
                    span: *span,
                    clauses,
                    frames,
                    times: inside(&reading.times, |time| time.span, *span),
                    quantities: inside(&reading.quantities, |amount| amount.span, *span),
                };
                claims.extend(reader.read(&sentence, entities, &mut discourse));
                claims.extend(alias_claims(document, *span, &outlet, entities));
            }
        }
    }
    claims.sort_by_key(|claim| (claim.span, claim.subject.span));
    claims.dedup_by(|one, other| one.id == other.id);
    claims
}

/// The items that lie inside a span, of a list in the order of the text.
fn inside<T>(items: &[T], span_of: impl Fn(&T) -> Span, within: Span) -> &[T] {
    let from = items.partition_point(|item| span_of(item).start < within.start);
    let to = items.partition_point(|item| span_of(item).end <= within.end);
    items.get(from..to.max(from)).unwrap_or_default()
}

/// Cuts a sentence into phrases, each known name one word.
fn parse<'t>(
    document: &'t Document,
    span: Span,
    entities: &Entities,
    vocabulary: &mut Vocabulary<'t>,
) -> Clauses<'t> {
    let names: Vec<Span> = entities
        .named_in(span)
        .iter()
        .filter(|named| !named.adjective)
        .map(|named| named.span)
        .collect();
    Clauses::new(tokens(&document.text, span, &names, vocabulary))
}

/// The frames of a sentence; where it quotes and nobody is named, whoever is quoted around it.
fn frames(span: Span, clauses: &Clauses<'_>, quotations: &[Span], block: &Block) -> Vec<Frame> {
    let mut frames = speech::frames(clauses, span);
    let quoted = speech::overlapping(quotations, span);
    let attributed = frames.iter().any(|frame| {
        quoted
            .iter()
            .any(|quotation| frame.scope.overlaps(*quotation))
    });
    // A word or two in quotation marks is a way of naming, not a quotation.
    let speaks = quoted.iter().any(|quotation| quotation.len() > 25) && block.span.contains(span);
    if speaks && !attributed {
        frames.insert(
            0,
            Frame {
                speaker: FrameSpeaker::Quoted,
                force: Force::Asserted,
                stance: Stance::Held,
                scope: span,
                verb: None,
            },
        );
    }
    frames
}

/// Tells the discourse who says a quotation that spans sentences and is attributed in one.
fn announce(
    reader: &ClaimReader<'_>,
    parsed: &[(Span, Clauses<'_>, Vec<Frame>)],
    quotations: &[Span],
    entities: &mut Entities,
    discourse: &mut Discourse,
) {
    for (span, clauses, frames) in parsed {
        for frame in frames {
            let FrameSpeaker::Chunk(chunk) = frame.speaker else {
                continue;
            };
            let Some(quotation) = speech::overlapping(quotations, frame.scope)
                .iter()
                .find(|quotation| !span.contains(**quotation))
            else {
                continue;
            };
            let sentence = Sentence {
                span: *span,
                clauses,
                frames: &[],
                times: &[],
                quantities: &[],
            };
            let speaker = reader.speaker(chunk, &sentence, entities, discourse);
            discourse.announce(*quotation, speaker);
        }
    }
}

/// Who speaks before anybody is quoted: those who say in the text that they wrote it, else
/// the outlet that wrote the story, else whoever published the page.
fn outlet<'t>(
    reading: &'t Reading,
    entities: &Entities,
    vocabulary: &mut Vocabulary<'t>,
) -> Vec<Speaker> {
    let document = &reading.document;
    if let Some(issuer) = issuer(reading, entities, vocabulary) {
        return vec![issuer];
    }
    let titled = document.title.as_deref().and_then(stated_by);
    let originator = document
        .originator
        .as_ref()
        .map(|originator| originator.name.clone());
    let name = titled
        .map(str::to_owned)
        .or(originator)
        .or_else(|| document.publisher.clone())
        .unwrap_or_else(|| "this report".to_owned());
    vec![Speaker {
        text: name.clone(),
        name,
        span: None,
        entity: None,
    }]
}

/// "Statement by the Government of Norway on": who makes it, by its title.
fn stated_by(title: &str) -> Option<&str> {
    const ENDS: &[&str] = &[
        " on ",
        " regarding ",
        " concerning ",
        " about ",
        " following ",
        " in response ",
        ": ",
    ];
    let (before, rest) = [" by ", " from ", " of the "].iter().find_map(|by| {
        let (before, rest) = title.split_once(by)?;
        before
            .to_lowercase()
            .ends_with("statement")
            .then_some((before, rest))
    })?;
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
    let name = rest.get(..end.unwrap_or(rest.len()))?.trim();
    let name = name.strip_prefix("the ").unwrap_or(name);
    let is_name = name.starts_with(char::is_uppercase) && before.split(' ').count() <= 3;
    is_name.then_some(name)
}

/// "This advisory was written by the FBI and CISA", "The FBI and CISA are releasing this".
fn issuer<'t>(
    reading: &'t Reading,
    entities: &Entities,
    vocabulary: &mut Vocabulary<'t>,
) -> Option<Speaker> {
    const ISSUED: &[&str] = &[
        "write", "author", "publish", "issue", "release", "produce", "prepare", "coauthor",
    ];
    const PAPERS: &[&str] = &[
        "advisory",
        "alert",
        "report",
        "bulletin",
        "csa",
        "guide",
        "statement",
        "publication",
        "factsheet",
    ];
    let text = &reading.document.text;
    for &span in reading
        .sentences
        .iter()
        .take(40)
        .filter(|span| span.len() <= SENTENCE_BYTES_MAX && says_this(span.of(text)))
    {
        let clauses = parse(&reading.document, span, entities, vocabulary);
        for (at, group) in clauses.verbs() {
            let lemma = clauses.lemma(group).to_owned();
            let Some(subject) = clauses.subject(at) else {
                continue;
            };
            let complements = clauses.complements(at);
            let is_this_paper = |chunk: usize| {
                let first = &clauses.tokens[clauses.chunks[chunk].first];
                first.lower == "this" && PAPERS.contains(&clauses.head(chunk).lower.as_str())
            };
            let phrase =
                if group.passive && ISSUED.contains(&lemma.as_str()) && is_this_paper(subject) {
                    complements
                        .after(&["by"])
                        .map(|by| clauses.object_phrase(by))
                } else if ISSUED.contains(&lemma.as_str())
                    && complements.direct.is_some_and(is_this_paper)
                {
                    Some(clauses.subject_phrase(subject))
                } else {
                    None
                };
            if let Some(phrase) = phrase.filter(|phrase| !entities.named_in(*phrase).is_empty()) {
                let words = phrase.of(text).to_owned();
                let name = crate::entities::without_article(&words).to_owned();
                return Some(Speaker {
                    name,
                    text: words,
                    span: Some(phrase),
                    entity: None,
                });
            }
        }
    }
    None
}

/// Who uses a name, as a speaker.
fn named_speaker(text: &str, span: Span, entities: &Entities) -> Speaker {
    let words = span.of(text).to_owned();
    let entity = entities.named_in(span).first().map(|named| named.entity);
    let name = entity.map_or_else(
        || words.clone(),
        |entity| entities.list[entity].name.clone(),
    );
    Speaker {
        name,
        text: words,
        span: Some(span),
        entity,
    }
}

/// Whether a sentence can speak of "this advisory"; a look that spares most sentences the parsing.
fn says_this(sentence: &str) -> bool {
    sentence
        .as_bytes()
        .windows(4)
        .any(|four| four.eq_ignore_ascii_case(b"this"))
}

/// Claims that one name stands for another.
fn alias_claims(
    document: &Document,
    sentence: Span,
    outlet: &[Speaker],
    entities: &mut Entities,
) -> Vec<Claim> {
    let text = &document.text;
    let named: Vec<_> = entities.named_in(sentence).to_vec();
    let mut claims = Vec::new();
    for name in named {
        let kind = entities.list[name.entity].kind;
        if name.adjective
            || !matches!(
                kind,
                EntityKind::IntrusionSet
                    | EntityKind::Malware
                    | EntityKind::Tool
                    | EntityKind::Campaign
                    | EntityKind::Vulnerability
            )
        {
            continue;
        }
        for found in aliases::after(text, name.span, sentence) {
            let span = found.name;
            let alias = span.of(text);
            let mut speakers = outlet.to_vec();
            speakers.extend(found.user.map(|user| named_speaker(text, user, entities)));
            entities.alias(name.entity, alias);
            let main = Party {
                name: name.span.of(text).to_owned(),
                text: name.span.of(text).to_owned(),
                span: name.span,
                entity: Some(name.entity),
            };
            claims.push(Claim {
                id: derived_id(
                    "relationship",
                    &[
                        &document.id,
                        &span.start.to_string(),
                        "alias-of",
                        alias,
                        &main.text,
                    ],
                ),
                speakers,
                subject: Party {
                    name: alias.to_owned(),
                    text: alias.to_owned(),
                    span,
                    entity: None,
                },
                relation: Relation::AliasOf,
                object: Some(main),
                force: Force::Asserted,
                negated: false,
                confidence: Vec::new(),
                scope: Vec::new(),
                time: None,
                place: None,
                quantities: Vec::new(),
                span: sentence,
                sentence: sentence.of(text).to_owned(),
            });
        }
    }
    claims
}
