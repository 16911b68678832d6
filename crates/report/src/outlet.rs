//! Names of outlets: from their addresses, and of news agencies from their credits.

/// Outlets whose name cannot be guessed from their domain.
const SPELLED: &[(&str, &str)] = &[
    ("abc.net.au", "ABC"),
    ("abcnews.go.com", "ABC News"),
    ("apnews.com", "Associated Press"),
    ("bbc.co.uk", "BBC"),
    ("bbc.com", "BBC"),
    ("bleepingcomputer.com", "BleepingComputer"),
    ("cbsnews.com", "CBS News"),
    ("cisa.gov", "CISA"),
    ("cnbc.com", "CNBC"),
    ("cnn.com", "CNN"),
    ("cyberscoop.com", "CyberScoop"),
    ("dw.com", "DW"),
    ("fbi.gov", "FBI"),
    ("ft.com", "Financial Times"),
    ("justice.gov", "US Department of Justice"),
    ("krebsonsecurity.com", "Krebs on Security"),
    ("latimes.com", "Los Angeles Times"),
    ("nbcnews.com", "NBC News"),
    ("ncsc.gov.uk", "NCSC"),
    ("npr.org", "NPR"),
    ("nytimes.com", "The New York Times"),
    ("scmp.com", "South China Morning Post"),
    ("smh.com.au", "The Sydney Morning Herald"),
    ("theguardian.com", "The Guardian"),
    ("thehackernews.com", "The Hacker News"),
    ("therecord.media", "The Record"),
    ("theregister.com", "The Register"),
    ("usatoday.com", "USA Today"),
    ("washingtonpost.com", "The Washington Post"),
    ("whitehouse.gov", "The White House"),
    ("wsj.com", "The Wall Street Journal"),
    ("zdnet.com", "ZDNet"),
];

/// Agencies whose credit marks a story as theirs: as credited, in full.
const AGENCIES: &[(&str, &str)] = &[
    ("reuters", "Reuters"),
    ("thomson reuters", "Reuters"),
    ("ap", "Associated Press"),
    ("associated press", "Associated Press"),
    ("the associated press", "Associated Press"),
    ("afp", "AFP"),
    ("agence france-presse", "AFP"),
    ("upi", "UPI"),
    ("dpa", "dpa"),
    ("efe", "EFE"),
    ("ansa", "ANSA"),
    ("kyodo", "Kyodo News"),
    ("kyodo news", "Kyodo News"),
    ("xinhua", "Xinhua"),
    ("tass", "TASS"),
    ("yonhap", "Yonhap"),
    ("pti", "PTI"),
    ("ians", "IANS"),
    ("ani", "ANI"),
    ("bloomberg", "Bloomberg"),
    ("bloomberg news", "Bloomberg"),
    ("the canadian press", "The Canadian Press"),
    ("canadian press", "The Canadian Press"),
    ("press association", "PA Media"),
    ("pa media", "PA Media"),
];

/// The agency's full name, where the credit is an agency's.
pub(crate) fn agency(credit: &str) -> Option<String> {
    let credit = credit.trim().to_lowercase();
    AGENCIES
        .iter()
        .find(|(known, _)| *known == credit)
        .map(|(_, name)| (*name).to_owned())
}

/// Whether a byline names an agency instead of a person.
pub(crate) fn is_agency(name: &str) -> bool {
    agency(name).is_some()
}

/// The host of an address, lower case.
pub(crate) fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_lowercase())
}

/// The registrable domain of an address: `example.co.uk` for `https://news.example.co.uk/x`.
pub(crate) fn site_of(address: &str) -> Option<String> {
    let host = host_of(address)?;
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Some(host);
    }
    Some(psl::domain_str(&host).unwrap_or(&host).to_owned())
}

/// A readable name for the outlet at an address.
pub(crate) fn name_of(address: &str) -> Option<String> {
    let host = host_of(address)?;
    let site = site_of(address)?;
    let spelled = SPELLED
        .iter()
        .find(|(domain, _)| *domain == site || host.ends_with(domain));
    if let Some((_, name)) = spelled {
        return Some((*name).to_owned());
    }
    if site == host && host.parse::<std::net::IpAddr>().is_ok() {
        return Some(host);
    }
    let label = site.split('.').next()?;
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    };
    Some(label.split('-').map(capital).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{name_of, site_of};

    fn check(address: &str, name: &str, site: &str) {
        assert_eq!(name_of(address).as_deref(), Some(name), "{address}");
        assert_eq!(site_of(address).as_deref(), Some(site), "{address}");
    }

    #[test]
    fn names_from_addresses() {
        check("https://www.example.com/a?b#c", "Example", "example.com");
        check(
            "https://amp.daily-planet.co.uk/x",
            "Daily Planet",
            "daily-planet.co.uk",
        );
        check("http://user@news.bbc.co.uk:80/1", "BBC", "bbc.co.uk");
        check("https://us-cert.cisa.gov/ncas", "CISA", "cisa.gov");
        check("https://planet.gov.au", "Planet", "planet.gov.au");
        check("http://192.0.2.1/x", "192.0.2.1", "192.0.2.1");
    }
}
