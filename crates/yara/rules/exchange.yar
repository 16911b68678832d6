// What attacks on Exchange leave in files of the server itself.

rule daylight_virtual_directory_with_script
{
  meta:
    title = "Settings of a virtual directory written out with script in an address"
    description = "The settings of one of Exchange's virtual directories stand in this file, and one of its addresses holds a server-side script. Resetting the directory writes its settings to a file of the attacker's choice (CVE-2021-27065): as a page, the file runs what the script says"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2021-27065"
    reference_technique = "https://attack.mitre.org/techniques/T1505/003/"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003"
    cve = "CVE-2021-27065"
    false_positive = "The settings of such a server, written down by those who cleaned it up"
  strings:
    $address = /(External|Internal)Url[ \t]{0,60}:[^\r\n]{0,200}<(script|%)/ nocase ascii wide
    $setting_1 = "PollInterval" nocase ascii wide
    $setting_2 = "OfflineAddressBooks" nocase ascii wide
    $setting_3 = "MetabasePath" nocase ascii wide
    $setting_4 = "BasicAuthentication" nocase ascii wide
    $setting_5 = "ExtendedProtection" nocase ascii wide
    $setting_6 = "AdminDisplayVersion" nocase ascii wide
  condition:
    filesize < 1MB and $address and 2 of ($setting_*)
}

rule daylight_unknown_front_end_page_compiled
{
  meta:
    title = "Trace of a page compiled in a public folder of Exchange"
    description = "ASP.NET leaves such a file when it first serves a page. This page lies in a folder of Exchange's front end, or of the default web site, that anyone can reach, and it is not one that Exchange brings along: it was there, and somebody called it"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
    reference_technique = "https://attack.mitre.org/techniques/T1505/003/"
    level = "high"
    tactic = "persistence"
    technique = "T1505.003"
    false_positive = "Pages of a version of Exchange that this rule does not know, and pages that administrators added"
  strings:
    $kept = "<preserve " ascii wide
    $page = /virtualPath="\/(owa\/auth|ecp\/auth|aspnet_client)\/[^"]{1,200}\.(aspx|ashx|asmx)"/ nocase ascii wide
    $stock = /virtualPath="\/(owa|ecp)\/auth\/(error|errorFE|ExpiredPassword|frowny|logoff|logon|OutlookCN|RedirSuiteServiceProxy|signout|SvmFeedback|TimeoutLogout)\.aspx"/ nocase ascii wide
  condition:
    filesize < 64KB and $kept and $page and not $stock
}
