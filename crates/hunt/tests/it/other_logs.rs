//! Logs of servers, sensors and services through the readers, and rules of Sigma's log sources for
//! them.

use std::fs;

use daylight_hunt::RuleSet;
use daylight_model::Limits;

use crate::recording::hunt;

/// Hunts in a log with one rule; says how many findings there are.
#[track_caller]
fn check(source: &str, selection: &str, log: &str, expected: usize) {
    let text = format!(
        "title: t\nlogsource: {{ {source} }}\ndetection:\n  s:\n    {selection}\n  condition: s"
    );
    let mut rules = RuleSet::empty();
    rules.add_text(&text, "test.yml", "test", &Limits::default());
    assert_eq!(rules.problems(), [], "{text}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), log).unwrap();
    let (findings, events) = hunt(&rules, &[folder.path().to_owned()]);
    assert_eq!(
        findings.len(),
        expected,
        "{source} {selection}: {events} events"
    );
}

#[test]
fn web_servers_and_what_sees_their_traffic() {
    let access = "203.0.113.9 - - [03/Mar/2021:06:30:11 +0000] \"GET /x?a=../../etc/passwd HTTP/1.1\" 200 5 \"-\" \"sqlmap/1.5\"\n";
    let web = "category: webserver";
    check(web, "cs-uri-query|contains: ../etc/passwd", access, 1);
    check(
        web,
        "cs-user-agent|startswith: sqlmap\n    sc-status: 200",
        access,
        1,
    );
    check(web, "cs-method: POST", access, 0);
    check("product: iis", "cs-method: GET", access, 0);
    let zeek = r#"{"ts":1614752411.5,"uid":"C1","id.orig_h":"10.0.0.5","method":"GET","host":"evil.example","uri":"/x","user_agent":"curl","status_code":200}
{"ts":1614752411.5,"uid":"C2","id.orig_h":"10.0.0.5","query":"evil.example","qtype_name":"TXT"}
{"ts":1614752411.5,"uid":"C3","id.orig_h":"10.0.0.5","id.resp_p":4444,"conn_state":"SF"}
"#;
    check(
        "category: proxy",
        "c-useragent: curl\n    cs-host: evil.example",
        zeek,
        1,
    );
    check(
        "category: dns",
        "query: evil.example\n    record_type: TXT",
        zeek,
        1,
    );
    check("category: firewall", "dst_port: 4444", zeek, 1);
    check(
        "product: zeek, service: dns",
        "query|endswith: .example",
        zeek,
        1,
    );
    check(
        "product: zeek, service: http",
        "query|endswith: .example",
        zeek,
        0,
    );
}

#[test]
fn linux() {
    let syslog = "2021-03-03T06:30:11Z web01 sshd[1]: Accepted password for root from 203.0.113.9 port 2 ssh2\n2021-03-03T06:30:11Z web01 sudo: jane : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/bash\n";
    check(
        "product: linux, service: sshd",
        "src_ip|cidr: 203.0.113.0/24",
        syslog,
        1,
    );
    check(
        "product: linux, service: sudo",
        "CommandLine|endswith: bash",
        syslog,
        1,
    );
    check("product: linux, service: auth", "User: jane", syslog, 1);
    check("product: linux", "message|contains: password", syslog, 1);
    check("product: linux, service: cron", "User: jane", syslog, 0);
    let audit = "type=EXECVE msg=audit(1614752411.123:1): argc=2 a0=\"/usr/bin/wget\" a1=\"http://evil.example\"\ntype=SYSCALL msg=audit(1614752411.123:1): arch=c000003e syscall=101 exe=\"/usr/bin/gdb\"\n";
    check(
        "product: linux, service: auditd",
        "type: SYSCALL\n    syscall: ptrace",
        audit,
        1,
    );
    check(
        "product: linux, service: auditd",
        "type: EXECVE\n    a0|endswith: wget",
        audit,
        1,
    );
    let start = "product: linux, category: process_creation";
    check(
        start,
        "Image|endswith: /wget\n    CommandLine|contains: evil",
        audit,
        1,
    );
    let sysmon = "2021-03-03T06:30:12Z web01 sysmon: <Event><System><Provider Name=\"Linux-Sysmon\"/><EventID>1</EventID><Computer>web01</Computer></System><EventData><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"ParentImage\">/usr/sbin/nginx</Data></EventData></Event>\n";
    check(start, "ParentImage|endswith: /nginx", sysmon, 1);
    check(
        "product: windows, category: process_creation",
        "ParentImage|endswith: /nginx",
        sysmon,
        0,
    );
}

#[test]
fn clouds_and_windows_servers() {
    let trail = r#"{"Records":[{"eventTime":"2021-03-03T06:30:11Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","requestParameters":{"userName":"heron"}}]}"#;
    check(
        "product: aws, service: cloudtrail",
        "eventName: CreateUser\n    requestParameters.userName: heron",
        trail,
        1,
    );
    let audit = r#"{"CreationTime":"2021-03-03T06:30:11","Operation":"New-InboxRule","Workload":"Exchange","Parameters":[{"Name":"DeleteMessage","Value":"True"}]}"#;
    check(
        "product: m365, service: audit",
        "Operation: New-InboxRule\n    DeleteMessage: 'True'",
        audit,
        1,
    );
    let firewall = "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Fields: date time action protocol src-ip dst-ip src-port dst-port\n2021-03-03 06:30:11 ALLOW TCP 10.0.0.5 198.51.100.7 50022 4444\n";
    check(
        "category: firewall",
        "dst_port: 4444\n    action: allow",
        firewall,
        1,
    );
    let transcript = "**********************\nWindows PowerShell transcript start\nStart time: 20210303063011\n**********************\nPS C:\\> Get-Mailbox | Set-Thing\n";
    check(
        "product: windows, category: ps_script",
        "ScriptBlockText|contains: Get-Mailbox",
        transcript,
        1,
    );
}
