// Pages that let whoever calls them run things on the server. What makes one is that words of the
// request are run, in one step or several; no rule goes by a name, a password or a style.

private rule daylight_asp_page
{
  strings:
    $block = "<%" ascii wide
    $script = /<script[^>]{0,200}runat\s{0,4}=\s{0,4}["']?server/ nocase ascii wide
  condition:
    any of them
}

rule daylight_asp_request_evaluated
{
  meta:
    title = "Page that runs what a request says (ASP, ASP.NET)"
    description = "The page hands a part of the request to eval or execute: whoever calls it runs code of their own on the server. Web shells of one line are built so"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    reference_advisory = "https://www.cisa.gov/news-events/cybersecurity-advisories/aa21-062a"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003"
    false_positive = "Texts that show such a page, and tests of scanners"
  strings:
    $direct = /[^.\w](eval|execute|executeglobal)[\s(]{1,16}([a-z]{1,20}\.){0,4}request(\.(item|form|querystring|params|cookies|headers|servervariables))?\s{0,8}[(\[]/ nocase ascii wide
    $decoded = /[^.\w](eval|execute|executeglobal)[\s(]{1,16}[^;%]{1,200}\brequest(\.(item|form|querystring|params|cookies|headers|servervariables))?\s{0,8}[(\[]\s{0,8}["'0-9]/ nocase ascii wide
  condition:
    filesize < 1MB and daylight_asp_page and any of ($direct, $decoded)
}

rule daylight_asp_commands
{
  meta:
    title = "Page that starts commands (ASP, ASP.NET)"
    description = "The page starts a command interpreter and takes what it is to do from whoever calls it"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    level = "high"
    tactic = "persistence"
    technique = "T1505.003"
    technique_execution = "T1059.003"
    false_positive = "Pages of administrators that start tools by design"
  strings:
    $start_net = /\bProcessStartInfo\b|\bProcess\s{0,8}\.\s{0,8}Start\s{0,8}\(/ ascii wide
    $start_asp = /createobject\s{0,8}\(\s{0,8}["'](wscript\.shell|shell\.application)/ nocase ascii wide
    $shell = /\b(cmd|powershell|pwsh)(\.exe)?["'\s]|%comspec%/ nocase ascii wide
    $asked_request = /\brequest(\.(item|form|querystring|params|cookies|headers))?\s{0,8}[(\[]\s{0,8}["']/ nocase ascii wide
    $asked_box = /<asp:textbox\b/ nocase ascii wide
  condition:
    filesize < 256KB and daylight_asp_page and any of ($start_*) and $shell and any of ($asked_*)
}

rule daylight_asp_assembly_loaded
{
  meta:
    title = "Page that loads a program out of a request (ASP.NET)"
    description = "The page decodes or decrypts what a request brings, loads it as an assembly and runs it. Nothing of what it does stands on the disk"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    reference_loading = "https://attack.mitre.org/techniques/T1620/"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003"
    technique_loading = "T1620"
    false_positive = "Texts that show such a page, and tests of scanners"
  strings:
    $load = /\bAssembly\b[^;]{0,120}\bLoad\b/ ascii wide
    $run = /\b(CreateInstance|InvokeMember|\.\s{0,4}Invoke)\s{0,8}\(/ ascii wide
    $input = /\bRequest\s{0,4}(\.\s{0,4}(BinaryRead|InputStream|Item|Form|QueryString|Params|Cookies|Headers)\b|\[)/ ascii wide
    $unpacked = /\b(FromBase64String|CreateDecryptor|GZipStream|DeflateStream|BinaryRead)\b/ ascii wide
  condition:
    filesize < 256KB and daylight_asp_page and all of them
}

rule daylight_asp_file_written
{
  meta:
    title = "Page that writes files where a request says (ASP.NET)"
    description = "The page writes a file whose place comes from the request: a way to bring further pages and tools onto the server"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    reference_transfer = "https://attack.mitre.org/techniques/T1105/"
    level = "high"
    tactic = "persistence"
    technique = "T1505.003"
    technique_transfer = "T1105"
    false_positive = "File managers, and pages that take uploads carelessly"
  strings:
    $written = /\bFile\s{0,4}\.\s{0,4}(WriteAllText|WriteAllBytes|AppendAllText|Create|CreateText|OpenWrite)\s{0,8}\(\s{0,8}(@?"[^"]{0,80}"\s{0,4}\+\s{0,4}|Server\.MapPath\s{0,4}\(\s{0,4})?Request(\.(Item|Form|QueryString|Params|Cookies|Headers))?\s{0,4}[(\[]/ ascii wide
    $saved = /\.\s{0,4}SaveAs\s{0,8}\(\s{0,8}(@?"[^"]{0,80}"\s{0,4}\+\s{0,4}|Server\.MapPath\s{0,4}\(\s{0,4})?Request(\.(Item|Form|QueryString|Params|Cookies|Headers))?\s{0,4}[(\[]/ ascii wide
  condition:
    filesize < 256KB and daylight_asp_page and any of ($written, $saved)
}

rule daylight_asp_machine_keys
{
  meta:
    title = "Page that prints the machine keys (ASP.NET)"
    description = "The page reads the keys by which the server signs what it hands out, and writes them into its answer. With them an attacker comes back after every update"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2025-53770"
    reference_technique = "https://attack.mitre.org/techniques/T1552/004/"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003, T1552.004"
    false_positive = "Tools of administrators that show the keys of a farm"
  strings:
    $section = "MachineKeySection" ascii wide
    $key = /\.\s{0,4}(ValidationKey|DecryptionKey)\b/ ascii wide
    $answer = /\bResponse\s{0,4}\.\s{0,4}Write\s{0,4}\(/ ascii wide
  condition:
    filesize < 256KB and daylight_asp_page and all of them
}

rule daylight_php_request_run
{
  meta:
    title = "Page that runs what a request says (PHP)"
    description = "The page hands a part of the request to something that runs code or commands, perhaps decoded on the way"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003"
    false_positive = "Texts that show such a page, and pages with a flaw that amounts to the same"
  strings:
    $page = /<\?(php|=|\s)/ nocase
    $run = /[^>:\w$](eval|assert|system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|create_function)\s{0,8}\(\s{0,8}(["']{2}\s{0,4},\s{0,4})?(@?\s{0,4}(base64_decode|gzinflate|gzuncompress|gzdecode|str_rot13|strrev|hex2bin|urldecode|rawurldecode|stripslashes|trim)\s{0,4}\(\s{0,4}){0,4}@?\s{0,4}\$(_(GET|POST|REQUEST|COOKIE)\b|HTTP_RAW_POST_DATA\b|_SERVER\s{0,4}\[\s{0,4}["']HTTP_)/
    $input = /[^>:\w$](eval|assert)\s{0,8}\(\s{0,8}(@?\s{0,4}[a-z0-9_]{1,30}\s{0,4}\(\s{0,4}){0,4}@?\s{0,4}file_get_contents\s{0,4}\(\s{0,4}["']php:\/\/input/
    $called = /\$_(GET|POST|REQUEST|COOKIE)\s{0,4}\[[^\]]{1,60}\]\s{0,8}\(\s{0,8}@?\s{0,4}\$_(GET|POST|REQUEST|COOKIE)\b/
    $ticks = /`[^`\r\n]{0,40}\$_(GET|POST|REQUEST|COOKIE)\b/
  condition:
    filesize < 1MB and $page and any of ($run, $input, $called, $ticks)
}

rule daylight_php_file_written
{
  meta:
    title = "Page that writes files where a request says (PHP)"
    description = "The page writes a file whose place comes from the request: a way to bring further pages and tools onto the server"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    reference_transfer = "https://attack.mitre.org/techniques/T1105/"
    level = "high"
    tactic = "persistence"
    technique = "T1505.003"
    technique_transfer = "T1105"
    false_positive = "File managers, and pages that take uploads carelessly"
  strings:
    $page = /<\?(php|=|\s)/ nocase
    $put = /\bfile_put_contents\s{0,4}\(\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)\b/
    $moved = /\b(move_uploaded_file|copy)\s{0,4}\(\s{0,4}@?\$_FILES\b[^;]{0,80},\s{0,4}@?\$_(GET|POST|REQUEST|COOKIE)\b/
  condition:
    filesize < 256KB and $page and any of ($put, $moved)
}

rule daylight_jsp_commands
{
  meta:
    title = "Page that runs what a request says (JSP)"
    description = "The page starts a command and takes it from the request"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    level = "high"
    tactic = "persistence"
    technique = "T1505.003"
    false_positive = "Pages of administrators that start tools by design"
  strings:
    $page = /<%[@!=\s]|<jsp:scriptlet/
    $asked = /\brequest\s{0,4}\.\s{0,4}(getParameter|getHeader|getQueryString|getReader|getInputStream|getCookies)\s{0,4}\(/
    $start_1 = /\bgetRuntime\s{0,4}\(\s{0,4}\)\s{0,4}\.\s{0,4}exec\s{0,4}\(/
    $start_2 = /\bnew\s{1,4}(java\.lang\.)?ProcessBuilder\s{0,4}\(/
  condition:
    filesize < 256KB and $page and $asked and any of ($start_*)
}

rule daylight_jsp_class_loaded
{
  meta:
    title = "Page that loads a program out of a request (JSP)"
    description = "The page makes a class out of what a request brings and runs it. Nothing of what it does stands on the disk"
    author = "Daylight"
    date = "2026-11-28"
    reference = "https://attack.mitre.org/techniques/T1505/003/"
    reference_loading = "https://attack.mitre.org/techniques/T1620/"
    level = "critical"
    tactic = "persistence"
    technique = "T1505.003"
    technique_loading = "T1620"
    false_positive = "Texts that show such a page, and tests of scanners"
  strings:
    $page = /<%[@!=\s]|<jsp:(scriptlet|declaration)/
    $asked = /\brequest\s{0,4}\.\s{0,4}(getParameter|getHeader|getReader|getInputStream|getCookies)\s{0,4}\(/
    $loader = /\bextends\s{1,4}(java\.lang\.)?ClassLoader\b|\bURLClassLoader\b|["']defineClass["']/
    $made = /\bdefineClass\b/
    $run = /\bnewInstance\s{0,4}\(/
  condition:
    filesize < 256KB and all of them
}
