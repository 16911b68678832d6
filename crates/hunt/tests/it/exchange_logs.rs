//! Logs of a small Exchange server of our own making, through the readers and the rules.

use std::fs;

use daylight_hunt::RuleSet;

use crate::recording::hunt;

/// Which rules fire on a log, by title, in order.
#[track_caller]
fn check(log: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log.replace('\n', "\r\n")).unwrap();
    let (findings, events) = hunt(&RuleSet::embedded(), &[folder.path().to_owned()]);
    let titles: Vec<&str> = findings.iter().map(|one| one.rule.title.as_str()).collect();
    assert_eq!(titles, expected, "{events} events\n{findings:#?}");
}

#[test]
fn http_proxy() {
    let log = r#"DateTime,RequestId,Protocol,UrlStem,AnchorMailbox,UserAgent,ClientIpAddress,HttpStatus,Method,GenericInfo
#Software: Microsoft Exchange Server
#Version: 15.01.2176.009
#Log-type: HttpProxy Logs
#Date: 2021-03-03T04:00:00.001Z
#Fields: DateTime,RequestId,Protocol,UrlStem,AnchorMailbox,UserAgent,ClientIpAddress,HttpStatus,Method,GenericInfo
2021-03-03T04:00:01.001Z,a1,Ecp,/ecp/default.aspx,SMTP:jane@corp.example,Mozilla/5.0,192.0.2.5,200,GET,"a,b;c=""d"""
2021-03-03T04:00:02.001Z,a2,Ecp,/ecp/y.js,ServerInfo~a]@mail01.corp.example:444/autodiscover/autodiscover.xml?#,ExchangeServicesClient/0.0.0.0,203.0.113.9,200,POST,
2021-03-03T04:00:03.001Z,a3,Ecp,/ecp/y.js,ServerInfo~a]@mail01.corp.example:444/mapi/emsmdb/?#,Mozilla/5.0,203.0.113.9,200,POST,
2021-03-03T04:00:04.001Z,a4,Ecp,/ecp/y.js,ServerInfo~a]@mail01.corp.example:444/ecp/proxyLogon.ecp?#,Mozilla/5.0,203.0.113.9,241,POST,
2021-03-03T04:00:04.501Z,a5,Ecp,/ecp/y.js,ServerInfo~a]@mail01.corp.example:444/ecp/x.aspx?#,python-requests/2.25.1,203.0.113.9,500,POST,
2021-03-03T04:00:05.001Z,a5,Ecp,/ecp/y.js,"ServerInfo~a]@mail01.corp.example:444/ecp/DDI/DDIService.svc/SetObject?schema=ResetOABVirtualDirectory#",Mozilla/5.0,203.0.113.9,200,POST,
"#;
    let refused = "Exchange request with a forged anchor mailbox refused or failed";
    check(
        log,
        &[
            "Exchange anchor mailbox with a path to Autodiscover or to localhost",
            "Exchange request rerouted by a forged anchor mailbox",
            "Exchange admin session taken through the forged anchor mailbox",
            refused,
            "Exchange virtual directory reset through the forged anchor mailbox",
        ],
    );
}

#[test]
fn ecp_server() {
    let log = r#"#Software: Microsoft Exchange Server
#Version: 15.0.0.0
#Log-type: ECP Server Log
#Date: 2021-03-03T04:00:00.001Z
#Fields: TimeStamp,ServerName,EventId,EventData
2021-03-03T04:00:01.001Z,EX01,ECP.Request,S:CMD=Get-OabVirtualDirectory;S:URL=/ecp/DDI/DDIService.svc/GetObject?schema=OABVirtualDirectory
2021-03-03T04:00:02.001Z,EX01,ECP.Request,"S:CMD=Set-OabVirtualDirectory.ExternalUrl='http://f/<script language=""JScript"" runat=""server"">function Page_Load(){}</script>'.Identity='b';S:URL=/ecp/DDI/DDIService.svc/SetObject?schema=OABVirtualDirectory"
2021-03-03T04:00:03.001Z,EX01,ECP.Request,"S:CMD=Set-OwaVirtualDirectory.ExternalUrl='https://mail.corp.example/owa'.Identity='c'"
"#;
    check(
        log,
        &["Script in the address of an Exchange virtual directory (ECP log)"],
    );
}

#[test]
fn iis() {
    let log = "#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2021-03-03 04:00:00
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
2021-03-03 04:00:01 10.0.0.5 GET /owa/auth/logon.aspx url=https%3a%2f%2fmail.corp.example%2fowa%2f 443 - 192.0.2.5 Mozilla/5.0+(Windows+NT+10.0) - 200 0 0 31
2021-03-03 04:00:01 10.0.0.5 GET /autodiscover/autodiscover.json Email=jane@corp.example&Protocol=ActiveSync 443 - 192.0.2.5 Outlook - 200 0 0 31
2021-03-03 04:00:02 10.0.0.5 POST /ecp/y.js &CorrelationID=<empty>; 443 - 203.0.113.9 python-requests/2.25.1 - 200 0 0 31
2021-03-03 04:00:03 10.0.0.5 POST /owa/auth/xyz.aspx - 443 - 203.0.113.9 Mozilla/5.0 - 200 0 0 31
2021-03-09 04:00:04 10.0.0.5 GET /aspnet_client/supp0rt.aspx - 443 - 198.51.100.9 Mozilla/5.0 - 404 0 2 31
2021-03-09 04:00:05 10.0.0.5 POST /_layouts/15/ToolPane.aspx DisplayMode=Edit&a=/ToolPane.aspx 443 - 198.51.100.9 Mozilla/5.0 /_layouts/SignOut.aspx 200 0 0 31
";
    check(
        log,
        &[
            "POST to a static file of the Exchange admin centre",
            "Exchange reached by a scripting client",
            "Unknown page in a public folder of Exchange answered",
            "Unknown page in a public folder of Exchange asked for and not found",
            "SharePoint's tool pane called with the sign-out page as its origin",
        ],
    );
}

#[test]
fn oab_generator() {
    let log = r"#Software: Microsoft Exchange Server
#Version: 15.01.2176.009
#Log-type: OABGeneratorLog
#Date: 2021-03-03T04:00:00.001Z
#Fields: Time,Event,Message
2021-03-03T04:00:01.001Z,Info,Download finished to 'C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\OAB\x.lzx'
2021-03-03T04:00:02.001Z,Error,Download failed and temporary file 'C:\Program Files\Microsoft\Exchange Server\V15\ClientAccess\OAB\Temp\x.tmp' needs to be removed
2021-03-03T04:00:03.001Z,Error,Download failed and temporary file 'C:\inetpub\wwwroot\aspnet_client\x.aspx' needs to be removed
";
    check(
        log,
        &["Offline address book downloaded to a path outside its folder"],
    );
}
