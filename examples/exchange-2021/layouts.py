"""How IIS, Exchange and Windows lay out their logs: what generate.py writes with."""

import csv
import hashlib
import io
from dataclasses import dataclass

SYSTEM_USER = r"NT AUTHORITY\SYSTEM"
EXCHANGE = r"C:\Program Files\Microsoft\Exchange Server\V15"

AGENTS = {
    "phone": "Apple-iPhone12C1/1804.17",
    "outlook": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.10371; Pro)",
    "browser": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
               "Chrome/88.0.4324.190 Safari/537.36",
    "shell": "Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0",
    "probe": "AMProbe/Local/ClientAccess",
    "scanner": "Mozilla/5.0 zgrab/0.x",
}

IIS_HEADER = """\
#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: {date}
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
cs(Referer) sc-status sc-substatus sc-win32-status time-taken
"""

COLUMNS = """\
DateTime RequestId MajorVersion MinorVersion BuildVersion RevisionVersion ClientRequestId Protocol
UrlHost UrlStem ProtocolAction AuthenticationType IsAuthenticated AuthenticatedUser Organization
AnchorMailbox UserAgent ClientIpAddress ServerHostName HttpStatus BackEndStatus ErrorCode Method
ProxyAction TargetServer TargetServerVersion RoutingType RoutingHint BackEndCookie
ServerLocatorHost ServerLocatorLatency RequestBytes ResponseBytes TargetOutstandingRequests
AuthModulePerfContext HttpPipelineLatency CalculateTargetBackEndLatency GlsLatencyBreakup
TotalGlsLatency AccountForestLatencyBreakup TotalAccountForestLatency
ResourceForestLatencyBreakup TotalResourceForestLatency ADLatency SharedCacheLatencyBreakup
TotalSharedCacheLatency ActivityContextLifeTime ModuleToHandlerSwitchingLatency
ClientReqStreamLatency BackendReqInitLatency BackendReqStreamLatency BackendProcessingLatency
BackendRespInitLatency BackendRespStreamLatency ClientRespStreamLatency
KerberosAuthHeaderLatency HandlerCompletionLatency RequestHandlerLatency
HandlerToModuleSwitchingLatency ProxyTime CoreLatency RoutingLatency HttpProxyOverhead
TotalRequestTime RouteRefresherLatency UrlQuery BackEndGenericInfo GenericInfo GenericErrors
EdgeTraceId DatabaseGuid UserADObjectGuid PartitionEndpointLookupLatency RoutingStatus
""".split()

HTTPPROXY_HEADER = f"""\
{",".join(COLUMNS)}
#Software: Microsoft Exchange Server
#Version: 15.01.2106.002
#Log-type: HttpProxy Logs
#Date: {{date}}
#Fields: {",".join(COLUMNS)}
"""

ECP_HEADER = """\
#Software: Microsoft Exchange Server
#Version: 15.01.2106.002
#Log-type: ECP Server Log
#Date: {date}
#Fields: TimeStamp,ServerName,EventId,EventData
"""


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"


def guid(*parts):
    """A made-up identifier, the same for the same parts."""
    text = hashlib.md5("|".join(map(str, parts)).encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def request_id(one):
    return guid("request", one["time"], one["client"], one["stem"])


# ---- IIS and Exchange -------------------------------------------------------------------


def iis_line(server, one, port):
    query = one["query"]
    if port == 443 and one["status"] != 404 and not one["stem"].startswith("/owa/auth/"):
        query = ("" if query == "-" else query) + f"&CorrelationID=<empty>;&cafeReqId={request_id(one)};"
    cells = [one["time"].strftime("%Y-%m-%d %H:%M:%S"), "127.0.0.1" if one["client"] == "127.0.0.1" else server.address,
             one["method"], one["stem"], query, port, one["user"], one["client"], one["agent"].replace(" ", "+"), "-",
             one["status"], 1 if one["status"] == 401 else 0, 2148074254 if one["status"] == 401 else 0, one["taken"]]
    return " ".join(map(str, cells)) + "\n"


def httpproxy_row(server, rng, protocol, one, target):
    """A row by column name. `target` is the anchor mailbox of a request that names a server."""
    user = "" if one["user"] == "-" else one["user"]
    if target:
        anchor, host = target, target.removeprefix("ServerInfo~").split("/")[0].removesuffix(":444")
    elif user:
        anchor, host = f"Sid~S-1-5-21-1004336348-1177238915-682003330-{1100 + int(user[-2:] or 0)}", server.fqdn
    else:
        anchor, host = "", ""
    taken, proxied = one["taken"], bool(anchor)
    begin = stamp(one["time"])
    info = (f"BeginRequest={begin};CorrelationID=<empty>;ProxyState-Run=None;"
            + (f"ServerLocator=0,1;BeginGetResponse={begin};ProxyState-Complete=ProxyResponseData;" if proxied else "")
            + f"EndRequest={begin};I32:ADS.C[DC01]={rng.randint(0, 2)};F:ADS.AL[DC01]={rng.uniform(0.8, 3):.4f}")
    row = {
        "DateTime": begin, "RequestId": request_id(one), "MajorVersion": "15", "MinorVersion": "1",
        "BuildVersion": "2106", "RevisionVersion": "2", "Protocol": protocol, "UrlHost": server.mail,
        "UrlStem": one["stem"], "AuthenticationType": "FBA" if user else "", "IsAuthenticated": str(bool(user)),
        "AuthenticatedUser": user, "AnchorMailbox": anchor, "UserAgent": "" if one["agent"] == "-" else one["agent"],
        "ClientIpAddress": one["client"], "ServerHostName": server.name, "HttpStatus": one["status"],
        "BackEndStatus": one["status"] if proxied else "", "Method": one["method"],
        "ProxyAction": "Proxy" if proxied else "", "TargetServer": host,
        "TargetServerVersion": "Version 15.1 (Build 2106.2)" if proxied else "", "RequestBytes": rng.randint(0, 2400),
        "ResponseBytes": rng.randint(200, 9000), "HttpPipelineLatency": 1, "TotalRequestTime": taken,
        "ProxyTime": taken - 2 if proxied else "", "CoreLatency": 2, "UrlQuery": "" if one["query"] == "-" else "?" + one["query"],
        "RoutingType": "ServerInfo" if target else ("Sid" if user else ""), "GenericInfo": info,
    }
    if target:
        row["BackEndCookie"] = "ServerInfo~" + host
    if one["status"] == 500:
        row["ErrorCode"] = "ServerNotFound"
        row["GenericErrors"] = 'Message=The back end said "Object reference not set", twice;'
    return row


def ecp_line(server, time, command, action, schema, user, canary=None):
    """A command of the control panel. The canary is the session's; by default a made-up one."""
    canary = canary or guid("canary", user).replace("-", "")[:24] + "."
    url = f"/ecp/DDI/DDIService.svc/{action}?msExchEcpCanary={canary}&schema={schema}"
    data = (f"S:TIME={80 + len(command) % 300};S:SID={guid('session', user)};S:CMD={command};S:REQID=;S:URL={url}:{user};"
            f"S:EX=;S:ACTID={guid('activity', time)};S:RS=0;S:BLD=15.1.2106.2;S:TNAME={user.split(chr(92))[1]}")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([stamp(time), server.name, "ECP.Request", data])
    return out.getvalue()


# ---- Windows ----------------------------------------------------------------------------


def event(server, time, channel, provider, event_id, title, **fields):
    """One record as a log shipper flattens it: the fields beside the message."""
    message = title + "\r\n" + "\r\n".join(f"{name}: {value}" for name, value in fields.items())
    return {"SourceName": provider, "Channel": channel, "Hostname": server.fqdn, "EventID": event_id,
            "TimeCreated": stamp(time), "@timestamp": stamp(time), "Message": message.strip(), **fields}


def sysmon(server, time, event_id, **fields):
    title = {1: "Process Create:", 3: "Network connection detected:", 11: "File created:"}[event_id]
    when = time.strftime("%Y-%m-%d %H:%M:%S.") + f"{time.microsecond // 1000:03}"
    return event(server, time, "Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", event_id, title,
                 RuleName="-", UtcTime=when, **fields)


def security(server, time, event_id, **fields):
    title = {4624: "An account was successfully logged on.", 4688: "A new process has been created.",
             5145: "A network share object was checked to see whether client can be granted desired access."}[event_id]
    return event(server, time, "Security", "Microsoft-Windows-Security-Auditing", event_id, title, **fields)


def system(server, time, event_id, title, **fields):
    return event(server, time, "System", "Service Control Manager", event_id, title, **fields)


def control_panel(server, time, event_id, message):
    return event(server, time, "Application", "MSExchange Control Panel", event_id, message)


def management(server, time, command, parameters):
    """Exchange itself writes "suceeded"."""
    return event(server, time, "MSExchange Management", "MSExchange CmdletLogs", 1,
                 f"Cmdlet suceeded. Cmdlet {command}, parameters {parameters}.")


@dataclass(frozen=True)
class Process:
    image: str
    command: str
    process_id: int
    guid: str

    def as_image(self):
        return dict(ProcessGuid=self.guid, ProcessId=str(self.process_id), Image=self.image)


def known_process(image, command, process_id):
    return Process(image, command, process_id, "{" + guid("process", image, process_id).upper() + "}")


class Server:
    """A machine, its names, and the processes that run on it all the time."""

    def __init__(self, name, domain, netbios, mail, address):
        self.name, self.domain, self.netbios, self.mail, self.address = name, domain, netbios, mail, address
        self.fqdn = f"{name}.{domain}"
        self.account = f"{netbios}\\{name}$"
        worker = EXCHANGE + r"\Bin\MSExchangeHMWorker.exe"
        self.health_worker = known_process(worker, f'"{worker}" -pipe:3208 -workerListening', 7416)
        self.was = known_process(r"C:\Windows\System32\svchost.exe", r"C:\Windows\system32\svchost.exe -k iissvcs", 2084)
        pool = r"c:\windows\system32\inetsrv\w3wp.exe"
        self.owa_worker = known_process(r"C:\Windows\System32\inetsrv\w3wp.exe", f'{pool} -ap "MSExchangeOWAAppPool" -v "v4.0" '
                                        r'-c "C:\Program Files\Microsoft\Exchange Server\V15\bin\GenericAppPoolConfig'
                                        r'WithGCServerEnabledFalse.config" -a \\.\pipe\iisipm3f1c -t 20 -s 0', 9120)

    def user(self, number):
        return f"{self.netbios}\\user{number:02}"

    def process(self, *arguments, **options):
        """What is written when a process starts."""
        return self.start(*arguments, **options)[1]

    def start(self, rng, time, image, command, parent, user=SYSTEM_USER):
        """A process starts: the process, and what Sysmon and Security say of it."""
        is_system = user == SYSTEM_USER
        logon, integrity, label = ("0x3e7", "System", "16384") if is_system else ("0x51a2c", "High", "12288")
        process_id = rng.randrange(1000, 16000, 4)
        new = Process(image, command, process_id, "{" + guid("process", time, image, process_id).upper() + "}")
        made_up = hashlib.sha256(("example:" + image).encode()).hexdigest().upper()
        return new, [
            sysmon(self, time, 1, **new.as_image(), CommandLine=command, CurrentDirectory="C:\\Windows\\system32\\",
                   User=user, LogonId=logon, IntegrityLevel=integrity, Hashes="SHA256=" + made_up,
                   ParentProcessGuid=parent.guid, ParentProcessId=str(parent.process_id), ParentImage=parent.image,
                   ParentCommandLine=parent.command),
            security(self, time, 4688, SubjectUserName=f"{self.name}$" if is_system else user.split("\\")[1],
                     SubjectDomainName=self.netbios, SubjectLogonId=logon, NewProcessId=hex(process_id),
                     NewProcessName=image, TokenElevationType="%%1936", ProcessId=hex(parent.process_id),
                     CommandLine=command, ParentProcessName=parent.image, MandatoryLabel=f"S-1-16-{label}"),
        ]
