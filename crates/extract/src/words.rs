//! What kinds of words there are: closed classes, verbs with their forms, and the nouns that
//! relations hang on. Plain lists, so that a reader can see and mend what the reading knows.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// Regular verbs of the field and of newswriting, by their base form.
const REGULAR_VERBS: &str = "
    abuse accelerate accept access accuse achieve acknowledge acquire act activate add address admit advance
    advise affect affiliate aim alert align allege allow amass analyse analyze announce appear apply arrest
    ask assert assess assign assist associate assume attach attack attempt attempt attribute authenticate
    authorise authorize automate avoid back backdoor base believe belong benefit blackmail blame block boast
    breach bribe brute-force bypass calculate call cancel cause challenge change characterise characterize
    charge check claim cloak clone close coerce collaborate collect command commit communicate compile
    complain complete compromise conceal concern conclude condemn conduct configure confirm connect consider
    conspire contact contain continue contract contribute control convict convince cooperate coordinate copy
    correspond corrupt counter crack craft create cripple criticise criticize damage deceive decide declare
    declassify decline decrypt deface defend defraud deliver demand demonstrate deny deploy describe design
    destroy detail detain detect determine develop devise direct disable disclose discover discuss disguise
    dismantle dismiss dispatch display dispute disrupt distribute divert download drop dub dump earn elevate
    embed employ enable encode encrypt end enforce engage engineer enlist ensnare ensure enter entice
    enumerate equip erase escalate escape establish estimate evade evaluate examine execute exfiltrate expand
    expect expel experience explain explode exploit expose extend extort extract extradite face facilitate fail fake fall-back
    file finance fine fix flag flood focus follow force forge form fund funnel gain garner gather
    generate govern grab guard hack halt hamper happen harass harbor harbour harm harvest help highlight hijack
    hire host hunt identify impact impersonate implant implement implicate impose include increase indicate
    indict infect infiltrate inflict influence inform infringe inject insert install instruct intend intercept
    interfere introduce invade invest investigate involve isolate issue jail join justify kidnap kill label
    lack laundry launch launder learn leverage limit link list load locate lock log lure maintain manage
    manipulate manufacture map market mask masquerade mention migrate mine mitigate modify monetise monetize
    monitor mount move name need negotiate neutralise neutralize note notify obfuscate obtain occur offer
    open operate orchestrate order organise organize originate outline overload overlap overwhelm own paralyse
    paralyze participate partner patch penetrate perform permit perpetrate persist phish pilfer pinpoint place
    plan plant plead plunder point pose post praise predict prepare present press pressure prevent probe
    process procure profit prohibit prompt propose prosecute protect prove promise pledge provide publish pull purchase pursue push
    query question raid raise ransack reach react realise realize rebuke receive recommend reconnoiter recover
    recruit redirect reduce refer refuse refute register reiterate reject relate relay release rely remain
    remediate remind remove rename render rent repeat replace reply report represent require research resemble
    resolve respond restore schedule restrict result retaliate retire retrieve return reuse reveal review route sabotage
    sanction save scan scrape seed seem select serve share shift shutter sign single siphon slam smuggle solicit
    source spear-phish specialise specialize sponsor spoof stage stalk start state store stress struggle submit
    succeed suffer suggest summon supervise supply support suppose surface surveil suspect suspend switch target
    task tamper tail team threaten tie tolerate touch trace track trade train transfer transmit trick trigger
    try uncover unleash unmask unseal unveil update upgrade upload urge use utilise utilize vandalise vandalize
    verify view violate visit voice vow wage walk warn watch weaponise weaponize welcome work worry wipe wreak
    arm blacklist bombard designate dox espouse freeze-out recall seize summarise summarize turn pin entail
    carry victimize collude ally levy adopt ascribe incur reside arraign ship emanate originate strike-out spy apologise apologize
    observe headquarter sever sue insist testify remark argue contend concede emphasize imply tweet evict
    disagree differ wonder appeal seep reach inspect torch brief plug brand burn burrow delete knock meddle sit slap tap wield rob loot double lease rent encourage doubt
    caution total
    favor favour lodge coauthor co-author comprise account capitalise capitalize capture fetch double-extort extort flee-out lead-on rank pilot pivot
";

/// Irregular verbs: base, past, participle.
const IRREGULAR_VERBS: &str = "
    be was been; become became become; begin began begun; break broke broken; bring brought brought; build
    built built; buy bought bought; catch caught caught; choose chose chosen; come came come; cost cost cost;
    cut cut cut; deal dealt dealt; do did done; draw drew drawn; drive drove driven; fall fell fallen; feel
    felt felt; fight fought fought; find found found; flee fled fled; forbid forbade forbidden; freeze froze
    frozen; get got gotten; give gave given; go went gone; grow grew grown; have had had; hear heard heard;
    hide hid hidden; hit hit hit; hold held held; keep kept kept; know knew known; lead led led; leak leaked
    leaked; leave left left; lend lent lent; let let let; lie lied lied; lose lost lost; make made made; mean
    meant meant; meet met met; overcome overcame overcome; oversee oversaw overseen; pay paid paid; put put
    put; read read read; run ran run; say said said; see saw seen; seek sought sought; sell sold sold; send
    sent sent; set set set; show showed shown; shut shut shut; sink sank sunk; speak spoke spoken; spend spent
    spent; spread spread spread; stand stood stood; steal stole stolen; stick stuck stuck; strike struck
    struck; take took taken; teach taught taught; tell told told; think thought thought; throw threw thrown;
    understand understood understood; undertake undertook undertaken; win won won; withdraw withdrew
    withdrawn; withhold withheld withheld; write wrote written; wreak wrought wrought; lay laid laid; rewrite rewrote
    rewritten; overwrite overwrote overwritten; foresee foresaw foreseen; arise arose arisen; swear swore
    sworn; hurt hurt hurt; plead pleaded pleaded; exploit exploited exploited
";

/// Verbs whose base or third-person form is as often a noun; context decides.
const NOUN_VERBS: &str = "
    freeze abuse access account act address advance aim alert attack attempt benefit blame block boast breach cause
    challenge change charge check claim command commit compromise concern conduct contact contract control copy
    cost counter crack cut damage deal demand design detail display dispute document download drop dump end
    engineer escape exploit export face fall fight file fine fix flag flood focus force form fund gain grab
    guard hack halt harm help hijack hit host hunt impact implant import increase influence install issue
    label lack launch lead leak leverage lie limit link list load lock log lure map market mask master mine
    monitor mount move name need note offer order partner patch pay phish pilot place plan plant point pose
    post press pressure probe process profit prompt query question raid ransom reach record release report
    request research result return review reward risk route run sabotage sanction scan seed share shift show
    sign source sponsor spoof spread stage start state store stress strike supply support surface suspect
    switch tail target task tie touch trace track trade train transfer trick trigger turn update upgrade
    upload use view visit voice vow watch work worry wreak group team tamper pin rank host hold set say doubt register
";

const AUXILIARIES: &str =
    "is are was were be been being am 's 're 've has have had having do does did";
const MODALS: &str = "'ll 'd will would can could may might must shall should cannot ca wo";
const DETERMINERS: &str = "the a an this that these those some any each every all both no another such either neither several many most more other certain";
const POSSESSIVES: &str = "its his her their our my your whose";
const PRONOUNS: &str = "it they he she we i you them him us me itself themselves himself herself someone anyone others one everyone nobody";
const PREPOSITIONS: &str = "
    of in on at by with from for against to into onto upon over under through throughout across via within
    without among amongst between during before after since until about around near behind beyond despite
    toward towards off out like unlike per inside outside along alongside amid including following regarding
    concerning involving besides except than
";
const CONJUNCTIONS: &str = "and or but nor yet & plus";
const SUBORDINATORS: &str = "that because although though while whereas whether if unless when where as so once how why albeit";
const RELATIVES: &str = "who which whom whose what";
const NEGATIONS: &str = "not n't never no neither nor without";
const ADVERBS: &str = "
    also already again then now still just even only ever often always sometimes once twice soon later today
    yesterday tomorrow here there abroad worldwide overseas together indeed however moreover meanwhile thus
    therefore instead perhaps almost nearly very too quite rather well long previously earlier first further
 down back away ahead collectively jointly reportedly allegedly ago
";
const ADJECTIVES: &str = "
    new old other last next early late recent large small big major minor several many few multiple various
    similar different same own malicious criminal private public foreign domestic global international
    national local federal military civilian economic political financial commercial strategic cyber digital
    online offline remote unknown unauthorised unauthorized illegal illicit legitimate vulnerable exposed
    sensitive critical high low medium severe active former current alleged suspected irresponsible
    destabilizing unsanctioned hostile state-sponsored state-backed government-backed so-called top senior
    wide widespread massive sophisticated advanced persistent additional possible potential likely unlikely
    responsible aware able unable secret classified stolen leaked possible initial open free safe secure
    anonymous powerful dangerous important significant key main whole entire full total joint common
    general behind-the-scenes front familiar hard personal corporate subordinate loyal answerable self-styled self-proclaimed neighbouring neighboring rival
";

/// Nouns for attackers and people, where no name is given.
const PEOPLE: &str = "
    hacker hackers actor actors operator operators operative operatives gang gangs group groups criminal
    criminals cybercriminal cybercriminals national nationals officer officers contractor contractors attacker
    attackers spy spies affiliate affiliates adversary adversaries intruder intruders crew crews syndicate
    syndicates cartel mercenary mercenaries proxy proxies collective citizen citizens man men woman women
    conspirator conspirators defendant defendants member members individual individuals extortionist
    extortionists fraudster fraudsters thief thieves scammer scammers hacktivist hacktivists insider insiders
    employee employees militia agent agents developer developers newcomer newcomers teenager teenagers
    suspect suspects engineer engineers freelancer freelancers perpetrator perpetrators saboteur saboteurs crook crooks mule mules accomplice accomplices robber robbers burglar burglars
";

/// Nouns for what attackers do.
const ATTACKS: &str = "
    attack attacks cyberattack cyberattacks cyber-attack cyber-attacks hack hacks hacking hackings breach
    breaches intrusion intrusions operation operations campaign campaigns espionage cyberespionage
    cyber-espionage theft thefts extortion exploitation compromise compromises sabotage spree activity
    activities assault assaults incident incidents heist heists raid raids infiltration disruption
    disruptions interference cybercrime cybercrimes arson vandalism damage offensive strike strikes ransomware cyberoperation cyberoperations crypto-jacking
    cryptojacking infection infections fraud scheme schemes outage outages leak leaks
";

/// Nouns for what attackers use.
const MEANS: &str = "
    malware ransomware backdoor backdoors trojan trojans worm worms wiper wipers rootkit rootkits implant
    implants tool tools toolkit toolkits loader loaders dropper droppers botnet botnets spyware stealer
    stealers keylogger keyloggers phishing spearphishing spear-phishing email emails e-mails lure lures
    document documents attachment attachments link links webshell webshells shell shells script scripts
    credential credentials password passwords account accounts infrastructure server servers domain domains
    proxy proxies vps vpn technique techniques tactic tactics utility utilities software payload payloads
    spraying stuffing malvertising smishing vishing typosquatting keylogging
    exploit exploits beacon beacons certificate certificates macro macros app apps code command commands
    website websites powershell bootkit bootkits program programs wiretap
";

/// Nouns for flaws.
const FLAWS: &str = "
    vulnerability vulnerabilities flaw flaws bug bugs zero-day zero-days zeroday hole holes weakness
    weaknesses zero-day exploit exploits misconfiguration misconfigurations cve
";

/// Nouns for what somebody gets into: computers, networks, accounts.
const SYSTEMS: &str = "
    network networks system systems server servers computer computers mailbox mailboxes account accounts
    database databases device devices router routers laptop laptops phone phones website websites data
    environment environments site sites host hosts mail inbox inboxes cloud machine machines
";

/// Nouns for those who speak, and for what they speak through.
const SPEAKERS: &str = "
    official officials analyst analysts expert experts spokesperson authority authorities agency agencies ministry
    ministries department bureau office service services police company companies firm firms government governments
    team teams centre center lab laboratory institute university bank hospital trust council commission committee
    panel court jury embassy president secretary chief executive executives head mayor source sources people person
    witness witnesses media press outlet newspaper newspapers magazine report reports study statement advisory notice
    alert bulletin post blog letter filing filings complaint indictment documents affidavit memo paper papers
    assessment analysis investigation inquiry audit survey administration state states country countries alliance
    union parliament lawmakers politicians diplomats prosecutor prosecutors judge judges attorney attorneys lawyer
    lawyers expert association community organisation organization party school institution utility
    vendor startup consultancy nonprofit charity church airline insurer exchange city town district province
";

/// People who are more often done to than doing, or just use things.
const BYSTANDERS: &str = "
    user users customer customers member members employee employees citizen citizens individual individuals
    developer developers consumer consumers reader readers
";

/// Means that act by themselves.
const ACTING: &str = "
    malware ransomware backdoor backdoors trojan trojans worm worms wiper wipers rootkit rootkits implant implants
    botnet botnets spyware stealer stealers keylogger keyloggers loader loaders dropper droppers payload payloads
    bootkit bootkits program programs tool tools software exploit exploits
";

/// Nouns for stretches and points of time.
const TIMES: &str = "
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december week month year day night morning evening weekend quarter spring summer
    autumn fall winter decade today yesterday hours days weeks months years
";

/// Nouns for what belongs to a patron: "an arm of the ministry".
const ARMS: &str =
    "arm unit front branch wing proxy division subsidiary department part directorate";

/// Words that the tagger treats one by one, beside the closed classes.
const SPECIAL: &str = "out off up down any some many most several all none both few more so far likely outside that to which who whom no";

const NUMBERS: &str = "
    one two three four five six seven eight nine ten eleven twelve dozen dozens twenty thirty forty fifty
    hundred hundreds thousand thousands tens million millions billion billions half
";

/// Words that open the phrase of a number: "more than", "at least", "nearly".
const NUMBER_LEADS: &str =
    "more less fewer at up as over nearly about around almost roughly approximately under";

/// Whether a short list holds a word. Most words differ in length or in their first letter.
pub(crate) fn among(list: &[&str], word: &str) -> bool {
    let first = word.as_bytes().first();
    list.iter().any(|listed| {
        listed.len() == word.len() && listed.as_bytes().first() == first && *listed == word
    })
}

/// The words of a list: one bit of what is [`known`] of a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(u64);

impl Words {
    /// Whether a word in lower case is one of them.
    pub(crate) fn contains(self, word: &str) -> bool {
        known(word).is(self)
    }

    /// The words of both.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What the lists say of one word.
#[derive(Debug, Default)]
pub(crate) struct Known {
    classes: u64,
    /// The base form and the form, where it can be a verb.
    pub(crate) verb: Option<(&'static str, Form)>,
    /// Its base form can be a noun as well.
    pub(crate) noun_too: bool,
}

impl Known {
    /// Whether it stands in a list.
    pub(crate) const fn is(&self, words: Words) -> bool {
        self.classes & words.0 != 0
    }
}

/// What the lists say of a word in lower case.
pub(crate) fn known(word: &str) -> &'static Known {
    static UNKNOWN: Known = Known {
        classes: 0,
        verb: None,
        noun_too: false,
    };
    KNOWN.get(word).unwrap_or(&UNKNOWN)
}

static KNOWN: LazyLock<HashMap<&'static str, Known, WordHash>> = LazyLock::new(|| {
    let mut known: HashMap<&'static str, Known, WordHash> = HashMap::default();
    for (words, list) in LISTS {
        for word in list.split_whitespace() {
            known.entry(word).or_default().classes |= words.0;
        }
    }
    for (word, &verb) in VERB_FORMS.iter() {
        let noun_too = known
            .get(verb.0)
            .is_some_and(|base| base.is(IS_NOUN_OR_VERB));
        let entry = known.entry(word).or_default();
        entry.verb = Some(verb);
        entry.noun_too = noun_too;
    }
    known
});

/// Hashes short words fast. The tables are constant, so nobody can choose their keys.
pub(crate) type WordHash = BuildHasherDefault<WordHasher>;

/// Takes eight bytes at a time.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            for (to, &from) in eight.iter_mut().zip(chunk) {
                *to = from;
            }
            let mixed = (self.0 ^ u64::from_le_bytes(eight)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 = mixed ^ (mixed >> 29);
        }
    }

    // What ends a string tells no two words apart.
    fn write_u8(&mut self, _: u8) {}
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $list:expr;)*) => {
        #[allow(non_camel_case_types, reason = "only numbers the lists")]
        enum Number { $($name),* }
        $($(#[$doc])* pub(crate) const $name: Words = Words(1 << Number::$name as u64);)*
        const LISTS: &[(Words, &str)] = &[$(($name, $list)),*];
    };
}

words! {
    IS_AUXILIARY = AUXILIARIES;
    IS_MODAL = MODALS;
    IS_DETERMINER = DETERMINERS;
    IS_POSSESSIVE = POSSESSIVES;
    IS_PRONOUN = PRONOUNS;
    IS_PREPOSITION = PREPOSITIONS;
    IS_CONJUNCTION = CONJUNCTIONS;
    IS_SUBORDINATOR = SUBORDINATORS;
    IS_RELATIVE = RELATIVES;
    IS_NEGATION = NEGATIONS;
    IS_ADVERB = ADVERBS;
    IS_ADJECTIVE = ADJECTIVES;
    IS_NOUN_OR_VERB = NOUN_VERBS;
    IS_PERSON_NOUN = PEOPLE;
    IS_ATTACK_NOUN = ATTACKS;
    IS_MEANS_NOUN = MEANS;
    IS_FLAW_NOUN = FLAWS;
    IS_SYSTEM_NOUN = SYSTEMS;
    IS_ARM_NOUN = ARMS;
    IS_TIME_NOUN = TIMES;
    IS_SPEAKER_NOUN = SPEAKERS;
    IS_BYSTANDER = BYSTANDERS;
    IS_ACTING_MEANS = ACTING;
    IS_SPECIAL = SPECIAL;
    IS_NUMBER = NUMBERS;
    LEADS_NUMBER = NUMBER_LEADS;
}

/// Words that a closed class may hold; no other word is in one.
pub(crate) const MAY_BE_CLOSED: Words = IS_AUXILIARY
    .or(IS_MODAL)
    .or(IS_DETERMINER)
    .or(IS_POSSESSIVE)
    .or(IS_PRONOUN)
    .or(IS_PREPOSITION)
    .or(IS_CONJUNCTION)
    .or(IS_SUBORDINATOR)
    .or(IS_RELATIVE)
    .or(IS_NEGATION)
    .or(IS_ADVERB)
    .or(IS_SPECIAL);

/// A form of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// Base form: "break".
    Base,
    /// Third person: "breaks".
    Third,
    /// Past, and for regular verbs the participle too: "broke", "hacked".
    Past,
    /// Participle of irregular verbs where it differs: "broken".
    Participle,
    /// "breaking".
    Ing,
}

/// Every form of every verb, with its base form.
pub(crate) static VERB_FORMS: LazyLock<HashMap<String, (&'static str, Form), WordHash>> =
    LazyLock::new(|| {
        let mut forms = HashMap::default();
        for base in REGULAR_VERBS.split_whitespace() {
            let past = past_of(base);
            add_forms(&mut forms, base, &past, &past);
        }
        for entry in IRREGULAR_VERBS.split(';') {
            let mut words = entry.split_whitespace();
            if let (Some(base), Some(past), Some(participle)) =
                (words.next(), words.next(), words.next())
            {
                add_forms(&mut forms, base, past, participle);
            }
        }
        forms
    });

fn add_forms(
    forms: &mut HashMap<String, (&'static str, Form), WordHash>,
    base: &'static str,
    past: &str,
    participle: &str,
) {
    let mut add = |word: String, form| {
        forms.entry(word).or_insert((base, form));
    };
    add(past.to_owned(), Form::Past);
    add(participle.to_owned(), Form::Participle);
    add(base.to_owned(), Form::Base);
    add(third_of(base), Form::Third);
    add(ing_of(base), Form::Ing);
}

fn ends_consonant_y(base: &str) -> bool {
    let bytes = base.as_bytes();
    matches!(bytes, [.., before, b'y'] if !b"aeiou".contains(before))
}

/// Whether the last consonant doubles before "-ed": "ship", "pin", "admit".
fn doubles(base: &str) -> bool {
    const SECOND_SYLLABLE: &[&str] = &[
        "admit", "commit", "submit", "permit", "refer", "transfer", "compel", "expel", "control",
        "occur", "transmit",
    ];
    let bytes = base.as_bytes();
    let short = matches!(bytes, [.., a, b, c]
        if !b"aeiou".contains(a) && b"aeiou".contains(b) && !b"aeiouwxy".contains(c))
        && bytes.iter().filter(|byte| b"aeiou".contains(byte)).count() == 1;
    short || SECOND_SYLLABLE.contains(&base)
}

fn past_of(base: &str) -> String {
    match base.as_bytes() {
        [.., b'e'] => format!("{base}d"),
        _ if ends_consonant_y(base) => format!("{}ied", &base[..base.len() - 1]),
        [.., last] if doubles(base) => format!("{base}{}ed", char::from(*last)),
        _ => format!("{base}ed"),
    }
}

fn third_of(base: &str) -> String {
    if ends_consonant_y(base) {
        return format!("{}ies", &base[..base.len() - 1]);
    }
    let sibilant = ["s", "x", "z", "ch", "sh", "o"]
        .iter()
        .any(|end| base.ends_with(end));
    format!("{base}{}", if sibilant { "es" } else { "s" })
}

fn ing_of(base: &str) -> String {
    match base.as_bytes() {
        [.., b'i', b'e'] => format!("{}ying", &base[..base.len() - 2]),
        [.., before, b'e'] if *before != b'e' && base != "be" => {
            format!("{}ing", &base[..base.len() - 1])
        }
        [.., last]
            if doubles(base)
                || matches!(
                    base,
                    "run" | "get" | "set" | "put" | "cut" | "hit" | "begin" | "win" | "shut"
                ) =>
        {
            format!("{base}{}ing", char::from(*last))
        }
        _ => format!("{base}ing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, base: &str, form: Form) {
        assert_eq!(VERB_FORMS.get(word), Some(&(base, form)), "{word}");
    }

    #[test]
    fn forms_of_verbs() {
        check("accused", "accuse", Form::Past);
        check("denied", "deny", Form::Past);
        check("denies", "deny", Form::Third);
        check("broken", "break", Form::Participle);
        check("broke", "break", Form::Past);
        check("running", "run", Form::Ing);
        check("planned", "plan", Form::Past);
        check("targeted", "target", Form::Past);
        check("targeting", "target", Form::Ing);
        check("committed", "commit", Form::Past);
        check("breaches", "breach", Form::Third);
        check("using", "use", Form::Ing);
        check("tying", "tie", Form::Ing);
        assert!(!VERB_FORMS.contains_key("windows"));
    }
}
