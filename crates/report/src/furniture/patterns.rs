//! What lines of furniture look like, class by class.

use std::sync::LazyLock;

use regex::Regex;

/// Why a block is set aside, how many bytes it may have, and what it looks like from end to end.
const PATTERNS: &[(&str, usize, &str)] = &[
    (
        "comment form",
        220,
        r"(?:leave|post|add|write) (?:a|your) (?:reply|comment)s?(?: cancel reply|\.{3})?|(?:\d+|no) (?:comments?|replies)(?: on this .*)?|comments? ?\(\d+\)|\d+ (?:comments?|responses?|thoughts?) (?:on|to) .+|(?:show|view|read|hide|load|see)(?: all| more)?(?: \d+)? (?:comment|replie)s?|join the (?:conversation|discussion)|comments are (?:now )?(?:closed|disabled|off)(?: for this \w+)?\.?|you must be logged in to (?:post a )?comment\.?|(?:log|sign) in(?: or (?:register|sign up))? to (?:leave a |post a |add a )?(?:comment|reply|join the conversation)\.?|be the first to comment\.?|cancel reply|(?:post|submit|report)(?: this)? comment|sort (?:comments )?by:? (?:newest|oldest|best|most \w+)(?: first)?",
    ),
    (
        "comment form",
        220,
        r"your email address will not be published\.?(?: required fields are marked.*)?|required fields are marked.*|save my name(?:,| and) e-?mail.* in this browser.*|notify me of (?:follow-up|new) (?:comments|posts) by e-?mail\.?|(?:name|e-?mail|website|comment)(?: address)? ?\*|(?:(?:your )?(?:name|e-?mail|website|comment)(?: address)?(?: ?\*| ?\((?:required|optional|will not be published)\))?[ ,|/]*){2,}",
    ),
    (
        "comment form",
        220,
        r"this site uses akismet.*|learn how your comment (?:data|information) is processed\.?",
    ),
    (
        "share bar",
        120,
        r"(?:share|tweet|post|pin|send) (?:this|on|via|to|by|with|the)(?: (?:this|article|story|post|page|news|report|link|a friend|your friends|on|via|to|with|by|and|&|or|facebook|twitter|x|linked-?in|reddit|whatsapp|telegram|pinterest|e-?mail|mail|print|threads|bluesky|mastodon|link|sms))*:?|click to (?:share|email|print)\b.*|(?:copy|copied) (?:the )?link(?: to clipboard)?|print this (?:page|article)|(?:follow|find|join|like) (?:us|me|along) (?:on|at|for|via) .+|follow [\w@.’' -]{1,40} on (?:twitter|x|facebook|instagram|linked-?in|mastodon|bluesky|telegram|youtube|threads)\b.{0,40}|connect with us\b.{0,60}|sharing is caring!?|this article is more than .+ old",
    ),
    (
        "newsletter",
        260,
        r"(?:subscribe|sign up|register|(?:get|receive|join|want|like)(?: (?:the|our|your|all|more|a|this|free)|,? [\w]+['’]s)\b|enjoy(?:ing|ed)|stay (?:informed|up to date|ahead|in the know|connected)|never miss|don['’]t miss|delivered)\b.*\b(?:newsletters?|in ?box|e-?mail (?:list|updates|alerts)|mailing list|(?:daily|morning|evening|weekly|news|security) (?:briefings?|digest|round-?up|e-?mails?|alerts)|(?:news|breaking|e-?mail) alerts|push notifications)\b.*|(?:subscribe|sign up)(?: now| today| here| for free| below)?[.!]?|(?:enter|type|add)(?: in)? your e-?mail\b.*|your e-?mail(?: address)?|(?:thank you|thanks) for (?:subscribing|signing up)[.!]?|already (?:a (?:subscriber|member)|subscribed|signed up)\?.*|(?:you can )?(?:unsubscribe|opt out) (?:here|at any time|from .+)\.?|unsubscribe|no spam\b.{0,40}|(?:view|read) (?:this )?(?:e-?mail|newsletter|message|it)? ?(?:in|on) (?:your|the|a) (?:web )?browser\.?|(?:was this|someone) (?:e-?mail )?forward(?:ed)? (?:to you|you this).*|forward (?:this )?(?:e-?mail )?to a friend|(?:manage|update|change) (?:your )?(?:e-?mail |subscription )?preferences\b.{0,60}|you (?:are receiving|(?:have )?received|get|are getting) this (?:e-?mail|message|newsletter)? ?because\b.*",
    ),
    (
        "cookie notice",
        600,
        r"(?:we(?: and our(?: \d+)? partners)? (?:use|store)|(?:this|our) (?:web)?sites? uses?|(?:this|our) pages? uses?) (?:essential |necessary )?cookies\b.*|we value your privacy\.?|(?:accept|reject|allow|manage)(?: all| necessary| essential| only)*(?: cookies| consent)?|your privacy choices|(?:cookie|privacy)(?: &| and)?(?: cookies?)? (?:policy|settings|preferences|notice|statement)|by (?:continuing to|using|browsing|clicking|signing up|subscribing)\b.*\b(?:cookies|terms|privacy (?:policy|notice)).*|(?:terms (?:of|and) (?:use|service|conditions)|privacy policy|do not sell (?:or share )?my (?:personal )?info(?:rmation)?)",
    ),
    (
        "related",
        200,
        r"(?:related|recommended|trending|popular|latest|recent|more|similar|other|top|featured)(?: (?:articles?|stories|story|posts?|news|content|reading|topics|coverage|headlines|links|for you|now))+:?|(?:you (?:may|might) also (?:like|be interested in)|(?:what to read|read) next|more (?:from|on|about|in|like this)\b[^.]{0,70}|most (?:read|popular|viewed|shared|commented)(?: (?:stories|articles|posts|today|this week|in [\w &]{1,30}))*|don['’]t miss|up next|editors?['’]? ?picks?|from (?:our partners|the archives?)|around the web|keep reading|continue reading|also on [\w .’'&-]{1,40})[:.]?",
    ),
    (
        "related",
        200,
        r"(?:(?:read|see) (?:more|also|next)|also (?:read|see)|related(?: (?:story|article|reading|coverage|video))?|recommended(?: reading)?|must read|watch|listen|more)\s*(?::|\||—|–|>|»).+[^.]|read more|learn more|read the full (?:story|article)|continue reading\b.*",
    ),
    (
        "breaking news label",
        160,
        r"(?:this is a )?(?:breaking|developing)(?: news)?(?: story| item)?(?:\b.*\b(?:will be|is being) updated\b.*|\.?|: .*more (?:to come|soon).*)|(?:please )?check back (?:later |soon )?for (?:more )?(?:updates|details|information)\.?|more (?:to (?:come|follow)|details soon)\.*|(?:exclusive|developing|live updates?|just in|opinion|news alert)|this (?:story|article|post) (?:has been|was|will be|is being) updated\b.*",
    ),
    (
        "advertisement",
        180,
        r"(?:- ?)?(?:advertise?ments?|ads?|sponsored(?: content| post)?|promoted|paid content|partner content)(?: ?-)?|(?:story|article|content) continues below(?: (?:this )?(?:ad|advertise?ment))?|advertise?ment ?[-–—:.(]* ?(?:(?:story|article|content) continues below|scroll (?:down )?to continue|continue reading(?: the main story)?|skip ad)\)?|(?:continue reading below|scroll (?:down )?to continue)(?: (?:with content|reading))?|(?:report|skip|remove) (?:this |all )?ads?|(?:today['’]s )?(?:e-?mail|newsletter|issue|post|article) (?:is )?(?:sponsored by|brought to you by|presented by) .+|support (?:our|independent) journalism\b.*|(?:click here to )?(?:donate|advertise) (?:now|today|with us)[.!]?",
    ),
    (
        "copyright",
        400,
        r"(?:©|\(c\) ?|copyright ?(?:©|\(c\)|\d{4})|(?:all content )?(?:©|copyright) ).*(?:\d{4}|reserved|inc|ltd|llc).*|© ?[^.]{1,80}|.*\ball rights reserved\b.*|this material may not be published, broadcast.*|powered by (?:wordpress|ghost|drupal|joomla|blogger|medium|substack|discourse|phpbb|vbulletin|xenforo|mailman|mailchimp).*|theme:? .+ by .+",
    ),
    (
        "photo credit",
        200,
        r"(?:photo|image|picture|photograph|illustration|screenshot|graphic|video|file photo|stock photo|featured image)s?(?: ?credits?| by| courtesy(?: of)?| source| via)?\s*[:/]\s*[^\\=]+|(?:photo|image|picture|photograph|illustration)s? (?:by|courtesy of|credit) .+[^.]|(?:credit|caption)\s*:\s*.+|[^.]*\b(?:getty images|shutterstock|istock|afp via getty|unsplash|ap photo)\b[^.]*|(?:hide|toggle|show) caption|enlarge(?: this)? image",
    ),
    (
        "photo caption",
        450,
        r".+\((?:ap photo|photo by|photo:|photo credit|image:|image credit|reuters/|getty|afp/|courtesy)[^)]{0,100}\)\.?|.+[.”] ?(?:reuters/[A-Z].+|(?:ap photo|afp/getty).*|getty images)",
    ),
    (
        "tags",
        200,
        r"(?:tags?|tagged|categories|topics|keywords|labels|more on this)\s*:\s*[\w#&’' ,|•·/-]+|(?:tagged (?:with|as|in)|filed (?:under|in)|posted in)\s*:?\s*[\w#&’' ,|•·/-]+|(?:#[\w-]+[ ,]*){2,}",
    ),
    (
        "navigation",
        120,
        r"page \d+(?: of \d+)?(?: ?\|.*)?|skip to (?:the )?(?:main |primary )?(?:content|navigation|search|footer)|(?:main |site |toggle |open |close )?(?:menu|navigation)|search(?: for:?| \.{3}| this site)?|(?:log|sign) ?(?:in|out|up)|register|my account|home|(?:back )?to (?:the )?top(?: of (?:the )?page)?|jump to(?: (?:content|comments|navigation|section|recipe))?:?|(?:next|previous|older|newer) (?:article|post|story|entry|page|message|thread|topic)s?(?:\s*[:»>›←→–-].*)?|load more(?: \w+)?|(?:home|news)(?: ?[>»›/] ?[\w&’' -]+)+|print(?: page)?|listen(?: now| to (?:this|the) (?:article|story|podcast|episode).*| ?\(?\d+ min.*)?|(?:approximately )?\d{1,2}[- ]min(?:ute)?s?(?: read)?|(?:estimated )?read(?:ing)? time\b.{0,8}\d.{0,20}|view (?:all|original|gallery|in browser)(?: \w+)?|download (?:the |as )?pdf\b.*|download this (?:article|report|document|page)|table of contents|(?:in|on) this (?:article|page):?|contact us|about us|accessibility|site ?map|rss(?: feed)?|loading\.*|close|advertise with us|send (?:us )?(?:a )?tips?(?: .*)?|(?:got|have) a (?:news )?(?:tip|story)\b.{0,60}\?.*",
    ),
    (
        "forum frame",
        120,
        r"(?:joined|member since|registered)\s*:? .*\d{4}|(?:posts|messages|likes|threads|reputation|karma|points|reaction score|views|replies)\s*: ?[\d,.k]+|(?:re)?quote|reply(?: (?:with quote|to (?:this )?(?:topic|thread|post)))?|report (?:this )?post|(?:post|thread) by .{1,60} [»>] .+|thread starter|original poster|last edited by .{1,100}|permalink|(?:new|junior|senior|active|well-known|full|site) member|(?:view|user) (?:profile|avatar)|who is online|users browsing this (?:forum|topic|thread).*|quick reply",
    ),
    (
        "list footer",
        200,
        r"sent from my .{1,40}|to (?:unsubscribe|subscribe or unsubscribe|post to this (?:list|group)|view this discussion|change your subscription)\b.*|.{0,60}\bmailing list(?:\s+-{1,2}\s+|\s+)(?:\S+@\S+|https?://\S+)(?: .*)?|[\w .-]{1,40} mailing list|-+ ?(?:begin|end) (?:pgp|forwarded|original) .*|-+ ?(?:forwarded|original) message ?-+",
    ),
    (
        "press release frame",
        120,
        r"(?:for immediate release|press release|news release|(?:media|press)(?: relations)? (?:contacts?|enquiries|inquiries)\b.*|contacts? for (?:the )?(?:media|press)\b.*|#{2,4}|# # #|- ?(?:30|ends) ?-|source:? .+/?prnewswire.*|view (?:original content|source version).*)",
    ),
    (
        "reporting credit",
        300,
        r"(?:additional |with )?(?:reporting|writing|editing|compiled|production)(?: and (?:writing|editing|reporting))? by [^.]+|.{1,120} contributed to this (?:report|story|article)\.?|our standards:.*|this story has not been edited by .+ staff\b.*|\(?with (?:inputs?|reporting) from .{1,60}[^.]",
    ),
    (
        "marking",
        60,
        r"(?:tlp ?: ?(?:clear|white|green|amber(?:\+strict)?|red))(?:[ |/-]+.*)?|unclassified(?://.*)?",
    ),
    (
        "dateline",
        60,
        r"(?:(?:published|posted|updated|last updated|modified|edited):? )?(?:about )?(?:\d{1,3}|an?|one|two|three) ?(?:seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|[mhdw]) ago",
    ),
    (
        "republication notice",
        400,
        r"(?:this (?:article|post|story|piece|report|item|content|press release)|the (?:article|post|story) above)\b.{0,60}\b(?:(?:originally|first|initially) (?:posted|published|appeared|ran|reported|written|produced|aired)|(?:republished|syndicated|reprinted|reposted|cross-?posted) (?:here|from|with|by|under|on|at|courtesy))\b.*|(?:originally|first) (?:posted|published|appeared|reported) (?:here|on|at|in|by|from)(?:\b.+|:)|(?:original (?:article|source|story|post|link)|(?:article |story )?source):|(?:original (?:article|source|story|post|link)|read the original(?: article| story| post| here)?|(?:article |story )?source)\s*[:–-]?\s*https?://\S+|the post .+ (?:appeared first on|first appeared on) .+|(?:read|see|view) (?:the )?(?:full |original |complete |rest of the )(?:article|story|post|report)(?:,? (?:here|at|on|in)\b.*)?|(?:republished|reprinted|reposted|cross-?posted|syndicated) (?:with permission )?from .+|(?:source|via)\s*:\s*[^.]{1,80}|via (?:the )?(?-i:\p{Lu})[\w’'&-]*(?: (?-i:\p{Lu})[\w’'&-]*){0,4}|via https?://\S+",
    ),
];

static COMPILED: LazyLock<Vec<(&'static str, usize, Regex)>> = LazyLock::new(|| {
    #[allow(clippy::unwrap_used)] // Constants, compiled in every test.
    let compile = |text: &str| Regex::new(&format!(r"(?is)^(?:{text})$")).unwrap();
    PATTERNS
        .iter()
        .map(|(reason, bytes_max, text)| (*reason, *bytes_max, compile(text)))
        .collect()
});

/// The class of furniture a whole line belongs to.
pub(super) fn class_of(line: &str) -> Option<&'static str> {
    COMPILED
        .iter()
        .find(|(_, bytes_max, pattern)| line.len() <= *bytes_max && pattern.is_match(line))
        .map(|(reason, _, _)| *reason)
}
