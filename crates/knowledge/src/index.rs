use daylight_model::EntityKind;

use crate::Knowledge;
use crate::names::collect;
use crate::phrases::{Phrases, Spelling};

/// Everything whose mention is looked for in text, made when the first text comes.
pub(crate) struct Index {
    /// Meaning: index of the product, times two, plus one where the name is a bare one.
    pub(crate) products: Phrases,
    /// Meaning: index of the product whose vendor is named.
    pub(crate) vendors: Phrases,
    /// Meaning: index of the operation.
    pub(crate) aliases: Phrases,
    /// Meaning: index of the operation.
    pub(crate) targets: Phrases,
    /// Meaning: index of the operation.
    pub(crate) effects: Phrases,
    /// Meaning: index into `bearers`.
    pub(crate) names: Phrases,
    /// Groups, malware, tools and ATT&CK campaigns, a row for each name.
    pub(crate) bearers: Vec<Bearer>,
}

/// One thing that bears a name.
pub(crate) struct Bearer {
    pub(crate) kind: EntityKind,
    pub(crate) id: String,
    pub(crate) canonical: String,
    /// Others bear it too, or it is an everyday word.
    pub(crate) ambiguous: bool,
    /// It is an everyday word.
    pub(crate) ordinary: bool,
    pub(crate) source: String,
}

impl Knowledge {
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self))
    }
}

impl Index {
    fn new(knowledge: &Knowledge) -> Self {
        let phrases = || Phrases::new(Spelling::AsWritten);
        let mut index = Self {
            products: phrases(),
            vendors: phrases(),
            aliases: phrases(),
            targets: phrases(),
            effects: phrases(),
            names: Phrases::new(Spelling::Name),
            bearers: Vec::new(),
        };
        for (at, product) in knowledge.curated.products.iter().enumerate() {
            product
                .names
                .iter()
                .for_each(|name| index.products.add(name, at * 2));
            product
                .bare
                .iter()
                .for_each(|name| index.products.add(name, at * 2 + 1));
            index.vendors.add(&product.vendor, at);
        }
        for (at, operation) in knowledge.operations.iter().enumerate() {
            operation
                .aliases
                .iter()
                .for_each(|alias| index.aliases.add(alias, at));
            operation
                .targets
                .iter()
                .for_each(|target| index.targets.add(target, at));
            operation
                .effects
                .iter()
                .for_each(|effect| index.effects.add(effect, at));
        }
        let named = [
            EntityKind::IntrusionSet,
            EntityKind::Malware,
            EntityKind::Tool,
            EntityKind::Campaign,
        ];
        for name in collect(knowledge)
            .iter()
            .filter(|name| named.contains(&name.kind))
        {
            index.names.add(name.text, index.bearers.len());
            index.bearers.push(Bearer {
                kind: name.kind,
                id: name.id.to_owned(),
                canonical: name.canonical.to_owned(),
                ambiguous: name.ambiguous,
                ordinary: knowledge.is_ordinary(&name.text.to_lowercase()),
                source: name.source.to_owned(),
            });
        }
        index
    }
}
