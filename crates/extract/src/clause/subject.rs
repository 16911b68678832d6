//! Whose deed a verb tells.

use super::{ChunkKind, Clauses, Mood, NAMING, OBJECT_CONTROL, VerbGroup};
use crate::tokens::Tag;
use crate::words;

impl Clauses<'_> {
    /// The noun phrase that does, or in the passive suffers, what the verb says.
    pub(crate) fn subject(&self, verb: usize) -> Option<usize> {
        self.subject_within(verb, self.chunks.len())
    }

    /// `fuel` bounds how many verbs are followed back, so that no sentence can loop.
    pub(super) fn subject_within(&self, verb: usize, fuel: usize) -> Option<usize> {
        let group = self.verb(verb)?;
        let fuel = fuel.checked_sub(1)?;
        let mut before = self.step_back(verb)?;
        if let Some(main) = self.resumed(verb) {
            return self.subject_within(main, fuel);
        }
        match group.mood {
            Mood::Infinitive => return self.controller(before, fuel),
            Mood::Participle => return self.subject_of_participle(verb, group, before, fuel),
            Mood::Finite => {}
        }
        loop {
            match (&self.chunks[before].kind, self.tag_at(before)) {
                // "The bureau last week attributed": when, not who.
                (ChunkKind::Noun, _)
                    if self.head(before).is(words::IS_TIME_NOUN)
                        && before.checked_sub(1).is_some_and(|at| self.is_noun(at)) =>
                {
                    before -= 1;
                    continue;
                }
                (ChunkKind::Noun, _) => {
                    let governed = before.checked_sub(1).filter(|&at| self.is_preposition(at));
                    match governed {
                        // "days after the bank was hit": a clause of its own.
                        Some(preposition) if self.opens_when(preposition, before) => {
                            return Some(before);
                        }
                        // "hackers in Russia": the phrase before the preposition.
                        Some(preposition) => match self.step_back(preposition) {
                            Some(next) => before = next,
                            None => return None,
                        },
                        None => match before.checked_sub(1).filter(|&at| {
                            self.verb(at)
                                .is_some_and(|group| group.mood != Mood::Finite)
                        }) {
                            // "unwillingness to address crime": crime is that verb's object.
                            Some(other) => match self.step_back(other) {
                                Some(next) => before = next,
                                None => return None,
                            },
                            // "The hackers who hit the bank used": the hackers.
                            None if let Some(told) = self.closes_relative(before) => {
                                return Some(told);
                            }
                            // "Officials in Norway and Latvia said": the officials.
                            None => match self.joined_place(before) {
                                Some(told) => before = told,
                                None => return Some(before),
                            },
                        },
                    }
                    continue;
                }
                (ChunkKind::Verb(other), _) => {
                    // "who prosecutors allege were working": what "who" stands for.
                    let speaker = (other.mood == Mood::Finite)
                        .then(|| self.subject_within(before, fuel))
                        .flatten();
                    let aside = speaker
                        .and_then(|noun| noun.checked_sub(1))
                        .filter(|&at| self.tag_at(at) == Some(Tag::Relative));
                    if let Some(relative) = aside {
                        return self.antecedent(relative);
                    }
                    // "a group it says works for": what "which" would stand for.
                    let contact = speaker.and_then(|noun| self.contact(noun));
                    if let Some(noun) = contact.filter(|_| before + 1 == verb) {
                        return Some(self.root(noun));
                    }
                    let relative =
                        before.checked_sub(1).and_then(|at| self.tag_at(at)) == Some(Tag::Relative);
                    if other.mood == Mood::Finite && !relative {
                        return self.subject_within(before, fuel);
                    }
                    if relative {
                        before -= 1;
                    }
                }
                (_, Some(Tag::Relative)) => return self.antecedent(before),
                (_, Some(Tag::Conjunction)) => return self.coordinated(before, fuel),
                (_, Some(Tag::Comma)) => match self.before_aside(before) {
                    Some(noun) => return Some(noun),
                    None => return self.coordinated(before, fuel),
                },
                (_, Some(Tag::Subordinator)) => return None,
                _ => {}
            }
            before = self.step_back(before)?;
        }
    }

    /// Whether "after", "before" and the like open a clause with this subject, and no phrase of
    /// time ("after the attack", "since May").
    fn opens_when(&self, preposition: usize, noun: usize) -> bool {
        let head = self.head(noun).lower.as_str();
        self.word(preposition).is_some_and(|token| {
            matches!(token.lower.as_str(), "after" | "before" | "since" | "until")
        }) && !words::IS_TIME_NOUN.contains(head)
            && !words::IS_ATTACK_NOUN.contains(head)
            && self.head(noun).tag != Tag::Number
    }

    /// "a group ‹it links› to": the noun before a pronoun that begins a clause on it.
    pub(crate) fn contact(&self, pronoun: usize) -> Option<usize> {
        let noun = pronoun.checked_sub(1).filter(|&at| self.is_noun(at))?;
        let governed = noun
            .checked_sub(1)
            .is_some_and(|at| self.is_preposition(at));
        let head = self.head(noun);
        (self.head(pronoun).tag == Tag::Pronoun
            && !governed
            && head.tag != Tag::Pronoun
            && !words::IS_TIME_NOUN.contains(head.lower.as_str()))
        .then_some(noun)
    }

    /// "hackers working for", "Acme, based in Lima,", "denied stealing", "by exploiting".
    fn subject_of_participle(
        &self,
        verb: usize,
        group: VerbGroup,
        before: usize,
        fuel: usize,
    ) -> Option<usize> {
        if self.is_noun(before) {
            return Some(self.user_of(verb, before, fuel).unwrap_or(before));
        }
        // "Acme, based in Lima,": what stands before the comma.
        if group.passive
            && self.tag_at(before) == Some(Tag::Comma)
            && let Some(noun) = self.step_back(before).filter(|&noun| self.is_noun(noun))
        {
            return Some(self.root(noun));
        }
        // "The hackers, working for the ministry, broke in": no verb stands before.
        if self.tag_at(before) == Some(Tag::Comma)
            && self.governing(before).is_none()
            && let Some(noun) = self.step_back(before).filter(|&noun| self.is_noun(noun))
        {
            return Some(self.root(noun));
        }
        // "denied stealing"
        if self
            .verb(before)
            .is_some_and(|other| other.mood == Mood::Finite)
        {
            return self.subject_within(before, fuel);
        }
        if self.is_preposition(before)
            || self.tag_at(before) == Some(Tag::Conjunction)
            || self.tag_at(before) == Some(Tag::Comma)
        {
            return self.controller(before, fuel);
        }
        None
    }

    /// "encrypted the disks using a tool": not the disks used it, but who encrypted them.
    pub(super) fn user_of(&self, verb: usize, noun: usize, fuel: usize) -> Option<usize> {
        let group = self.verb(verb).filter(|group| !group.passive)?;
        let by_means = matches!(self.lemma(group), "use" | "leverage" | "abuse" | "exploit");
        let people = self.head(noun).is(words::IS_PERSON_NOUN)
            || self.head(noun).tag == Tag::Pronoun && !self.head(noun).lower.ends_with("self");
        if !by_means || people {
            return None;
        }
        let before = (0..noun)
            .rev()
            .find(|&at| !self.is_noun(at) && !self.is_preposition(at))?;
        let governing = self.verb(before).filter(|other| !other.passive)?;
        (governing.mood != Mood::Participle || self.lemma(governing) != "be")
            .then(|| self.subject_within(before, fuel))
            .flatten()
    }

    /// What a relative pronoun stands for: the root of the noun phrase before it, so that in
    /// "a hack of the software that compromised" it is the hack.
    pub(crate) fn antecedent(&self, relative: usize) -> Option<usize> {
        let mut noun = self.step_back(relative)?;
        if self.tag_at(noun) == Some(Tag::Comma) {
            noun = self.step_back(noun)?;
        } else if let Some(told) = self.told_of_place(noun) {
            noun = told;
        }
        // "released an update on Monday that"
        if self.head(noun).is(words::IS_TIME_NOUN)
            && let Some(preposition) = noun.checked_sub(1).filter(|&at| self.is_preposition(at))
        {
            noun = self.step_back(preposition)?;
        }
        if !self.is_noun(noun) {
            return None;
        }
        Some(self.root(noun))
    }

    /// What a relative clause is about that ends with an object right before a finite verb.
    pub(super) fn closes_relative(&self, object: usize) -> Option<usize> {
        let verb = object.checked_sub(1)?;
        // "which says it took files": what follows is said.
        self.verb(verb).filter(|group| {
            let says = crate::speech::reporting_force(self.lemma(*group)).is_some();
            group.mood == Mood::Finite && !group.passive && !says
        })?;
        self.told_of(self.step_back(verb)?)
    }

    /// What a relative clause is about, where "that", "which" or "who" opens one.
    pub(crate) fn told_of(&self, relative: usize) -> Option<usize> {
        self.word(relative)
            .filter(|token| matches!(token.lower.as_str(), "that" | "which" | "who"))?;
        self.antecedent(relative)
    }

    /// The noun that a place behind "and" tells of.
    fn joined_place(&self, noun: usize) -> Option<usize> {
        let joined = noun
            .checked_sub(1)
            .is_some_and(|at| self.tag_at(at) == Some(Tag::Conjunction));
        joined.then(|| self.told_of_place(noun)).flatten()
    }

    /// "ministries in Belgium and Latvia ‹that were hit›": the ministries.
    fn told_of_place(&self, noun: usize) -> Option<usize> {
        let named = |at: usize| self.is_noun(at) && self.head(at).text.contains(char::is_uppercase);
        let mut place = noun;
        while named(place) {
            let before = place.checked_sub(1)?;
            if self
                .word(before)
                .is_some_and(|token| matches!(token.lower.as_str(), "in" | "across" | "from"))
            {
                return before.checked_sub(1).filter(|&at| self.is_noun(at));
            }
            let joined = matches!(self.tag_at(before), Some(Tag::Comma | Tag::Conjunction));
            place = before.checked_sub(1).filter(|_| joined)?;
            if self.tag_at(place) == Some(Tag::Comma) {
                place = place.checked_sub(1)?;
            }
        }
        None
    }

    /// The subject that an infinitive or a participle borrows from the verb before it.
    pub(super) fn controller(&self, from: usize, fuel: usize) -> Option<usize> {
        // "flaws known to be exploited": what is known.
        let known = self.verb(from).is_some_and(|group| {
            group.passive && group.mood == Mood::Participle && self.lemma(group) == "know"
        });
        if known {
            return self.subject_within(from, fuel);
        }
        let mut governing = self.governing(from)?;
        // "…, it said, using stolen keys"
        if self.is_inserted(governing) {
            governing = self.governing(governing.checked_sub(1)?)?;
        }
        let group = self.verb(governing)?;
        let direct = self.complements(governing).direct;
        let lemma = self.lemma(group);
        // "used hackers to steal", but "used a tool to steal".
        let people = direct.is_some_and(|noun| self.head(noun).is(words::IS_PERSON_NOUN));
        let takes_object = OBJECT_CONTROL.contains(&lemma) && (lemma != "use" || people)
            || matches!(
                lemma,
                "accuse" | "blame" | "charge" | "suspect" | "sanction" | "indict" | "condemn"
            );
        if takes_object && !group.passive && direct.is_some() {
            return direct;
        }
        // "was used by the bureau to spy": the bureau spies.
        if group.passive && matches!(lemma, "use" | "employ" | "deploy" | "exploit") {
            let user = self.complements(governing).after(&["by"]);
            return user.or_else(|| self.subject_within(governing, fuel));
        }
        self.subject_within(governing, fuel)
    }

    /// The verb that an infinitive or a participle hangs on: the one before, unless that only
    /// names something ("a tool called Slate").
    pub(crate) fn governing(&self, from: usize) -> Option<usize> {
        // Behind a comma, a participle inside the phrase before it governs nothing.
        let set_off = self.tag_at(from) == Some(Tag::Comma);
        (0..=from).rev().find(|&at| {
            self.verb(at).is_some_and(|group| {
                let names = group.passive && NAMING.contains(&self.lemma(group));
                let inside = set_off && group.mood == Mood::Participle;
                !names && !inside
            })
        })
    }

    /// The subject of a verb after "and" or a comma: that of the finite verb before, but not
    /// of one that only says who speaks ("It used X, the agency said, and broke into Y").
    pub(super) fn coordinated(&self, from: usize, fuel: usize) -> Option<usize> {
        let mut earlier = (0..from).rev().filter(|&at| {
            self.verb(at)
                .is_some_and(|group| group.mood == Mood::Finite)
        });
        let nearest = earlier.next()?;
        let verb = if self.is_inserted(nearest) {
            earlier.next().unwrap_or(nearest)
        } else {
            nearest
        };
        self.subject_within(verb, fuel)
    }

    /// "rejected claims that its hackers did it and blamed", "…, calling them baseless": the first
    /// act of speech of the sentence, whose subject this one has too.
    pub(crate) fn resumed(&self, verb: usize) -> Option<usize> {
        const SPEAKING: &[&str] = &[
            "say", "add", "warn", "note", "deny", "reject", "dismiss", "dispute", "refute",
            "blame", "accuse", "call", "condemn", "urge", "insist", "decline", "confirm", "allege",
        ];
        let speaks = |group: VerbGroup| !group.passive && SPEAKING.contains(&self.lemma(group));
        let group = self.verb(verb).filter(|&group| speaks(group))?;
        let joined = match self.tag_at(self.step_back(verb)?) {
            Some(Tag::Conjunction) => group.mood == Mood::Finite,
            Some(Tag::Comma) => group.mood == Mood::Participle,
            _ => false,
        };
        // "…, a spokesman said, calling it groundless"
        let said = self.step_back(verb)?.checked_sub(1).filter(|&at| {
            group.mood == Mood::Participle
                && self.is_inserted(at)
                && self
                    .verb(at)
                    .is_some_and(|other| other.mood == Mood::Finite && speaks(other))
        });
        if said.is_some() {
            return said;
        }
        let mut earlier = self
            .verbs()
            .take_while(|&(at, _)| at < verb)
            .filter(|(_, group)| group.mood == Mood::Finite);
        let (main, _) = earlier
            .next()
            .filter(|&(_, group)| joined && speaks(group))?;
        earlier.next().map(|_| main)
    }

    /// Whether a verb is that of ", the agency said,".
    pub(super) fn is_inserted(&self, verb: usize) -> bool {
        let closes = self.tag_at(verb + 1) == Some(Tag::Comma);
        let Some(before) = self.step_back(verb).filter(|&at| self.is_noun(at)) else {
            return false;
        };
        let opening = (0..before)
            .rev()
            .find(|&at| !self.is_noun(at) && !self.is_preposition(at));
        let opens =
            opening.is_some_and(|at| matches!(self.tag_at(at), Some(Tag::Comma | Tag::Quote)));
        let says = self
            .verb(verb)
            .is_some_and(|group| crate::speech::reporting_force(self.lemma(group)).is_some());
        closes && opens && says
    }

    /// Whether a relative clause begins: "which", "whose product".
    pub(crate) fn opens_relative(&self, chunk: usize) -> bool {
        self.chunks.get(chunk).is_some_and(|chunk| {
            let first = &self.tokens[chunk.first];
            first.tag == Tag::Relative || first.lower == "whose"
        })
    }

    /// "Hafnium, a group based in China, exploited": at the second comma, the phrase before
    /// the first.
    pub(super) fn before_aside(&self, comma: usize) -> Option<usize> {
        let opening = (0..comma)
            .rev()
            .find(|&at| self.tag_at(at) == Some(Tag::Comma))?;
        let noun = self.step_back(opening)?;
        // "Moscow, a spokesman said, had": an aside may hold a verb of its own if it is one of
        // saying right before the comma.
        let is_relative = self.opens_relative(opening + 1);
        let finite_inside = !is_relative
            && (opening..comma).any(|at| {
                let after_relative = at > 0 && self.tag_at(at - 1) == Some(Tag::Relative);
                let says = at + 1 == comma
                    && self.verb(at).is_some_and(|group| {
                        crate::speech::reporting_force(self.lemma(group)).is_some()
                    });
                // "the firm we hired,"
                let on_noun = at.checked_sub(1).is_some_and(|pronoun| {
                    self.is_noun(pronoun) && self.contact(pronoun).is_some()
                });
                self.verb(at)
                    .is_some_and(|group| group.mood == Mood::Finite)
                    && !after_relative
                    && !on_noun
                    && !says
            });
        if !self.is_noun(noun) || finite_inside {
            return None;
        }
        // "Spyware sold by Corvid, a firm in Riga, infected": the spyware.
        let root = self.root(noun);
        // "an engineer who worked on the response, and who asked, said": the engineer.
        let relative = root
            .checked_sub(3)
            .filter(|&at| self.is_preposition(at + 2) && self.verb(at + 1).is_some())
            .filter(|&at| self.tag_at(at) == Some(Tag::Relative));
        if let Some(relative) = relative {
            return self.antecedent(relative);
        }
        // "A clinic in Riga, Latvia, said"
        let told = root
            .checked_sub(2)
            .filter(|&at| self.is_noun(at) && self.head(root).tag == Tag::Proper)
            .filter(|_| self.word(root - 1).is_some_and(|token| token.lower == "in"));
        if let Some(told) = told {
            return Some(self.root(told));
        }
        let sold = root
            .checked_sub(2)
            .filter(|&at| self.is_preposition(at + 1))
            .filter(|&at| {
                self.verb(at)
                    .is_some_and(|group| group.passive && group.mood == Mood::Participle)
            })
            .and_then(|at| self.step_back(at))
            .filter(|&at| self.is_noun(at));
        Some(sold.map_or(root, |at| self.root(at)))
    }
}
