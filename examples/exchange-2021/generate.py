#!/usr/bin/env python3
"""Writes the logs of the two example servers: one attacked, one untouched.

    python3 examples/exchange-2021/generate.py

Everything is made up and the same on every run: the seed is fixed, nothing is read, no
network is used. Hosts are under example.org and example.net, addresses are from the blocks
kept for documentation (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24). The layouts are those
that IIS, Exchange 2016 and Windows write. The web shell's body is a comment: nothing here runs.

- `evidence/`         EXCH01: ordinary traffic of 2 and 3 March 2021 (UTC), and a break-in
- `../clean-server/`  EXCH02: ordinary traffic of January to March 2021 and nothing else
"""

import csv
import gzip
import hashlib
import io
import json
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

sys.dont_write_bytecode = True
from layouts import (AGENTS, COLUMNS, ECP_HEADER, EXCHANGE, HTTPPROXY_HEADER, IIS_HEADER, SYSTEM_USER, Server,
                     control_panel, ecp_line, httpproxy_row, iis_line, known_process, management, security,
                     sysmon, system)

HERE = Path(__file__).resolve().parent
ATTACKED = Server("EXCH01", "corp.example.org", "EXAMPLE", "mail.example.org", "192.0.2.10")
CLEAN = Server("EXCH02", "corp.example.net", "SAMPLE", "mail.example.net", "192.0.2.20")

ATTACKER = "203.0.113.77"
PROBER = "203.0.113.140"
SSRF = "/ecp/x9.js"
SHELL = "signinhelp.aspx"
SHELL_FOLDER = EXCHANGE + r"\FrontEnd\HttpProxy\owa\auth"
SCRIPT = ('http://f/<script language="JScript" runat="server">'
          "function Page_Load(){/* left empty in this example */}</script>")
CANARY = "xV3kq0ExampleCanary1mR7w."
OAB = "OAB (Default Web Site)"


def at(text):
    return datetime.fromisoformat("2021-" + text)


# ---- ordinary traffic -------------------------------------------------------------------


def request(time, client, agent, method, stem, query="-", user="-", status=200, taken=None, rng=None):
    taken = taken if taken is not None else (rng.randint(3, 240) if rng else 40)
    return dict(time=time, client=client, agent=agent, method=method, stem=stem, query=query,
                user=user, status=status, taken=taken)


def phone(rng, server, user, time):
    name, client = server.user(user), f"198.51.100.{20 + user}"
    query = f"User={name}&DeviceId=EXAMPLE{user:05d}&DeviceType=iPhone&Cmd=" + rng.choice(
        ["Ping", "Ping", "Ping", "Sync", "FolderSync"])
    taken = 540_000 if query.endswith("Ping") else rng.randint(40, 400)
    return [request(time, client, AGENTS["phone"], "POST", "/Microsoft-Server-ActiveSync/default.eas",
                    query, name, taken=taken)]


def outlook(rng, server, user, time):
    name, client = server.user(user), f"192.0.2.{100 + user}"
    mailbox = f"MailboxId={hashlib.md5(name.encode()).hexdigest()}@{server.domain}"
    calls = [("/mapi/emsmdb/", mailbox), ("/mapi/nspi/", mailbox), ("/EWS/Exchange.asmx", "-")]
    stem, query = rng.choice(calls)
    first = request(time, client, AGENTS["outlook"], "POST", stem, query, status=401, rng=rng)
    then = time + timedelta(milliseconds=180)
    return [first, request(then, client, AGENTS["outlook"], "POST", stem, query, name, rng=rng)]


def autodiscover(rng, server, user, time):
    name, client, stem = server.user(user), f"192.0.2.{100 + user}", "/autodiscover/autodiscover.xml"
    first = request(time, client, AGENTS["outlook"], "POST", stem, status=401, rng=rng)
    then = time + timedelta(milliseconds=240)
    return [first, request(then, client, AGENTS["outlook"], "POST", stem, user=name, rng=rng)]


def webmail(rng, server, user, time):
    name, client, agent = server.user(user), f"198.51.100.{80 + user}", AGENTS["browser"]
    steps = [("GET", "/owa/", "-", "-", 302), ("GET", "/owa/auth/logon.aspx", "replaceCurrent=1", "-", 200),
             ("POST", "/owa/auth.owa", "-", name, 302), ("GET", "/owa/", "-", name, 200),
             ("POST", "/owa/service.svc", "action=FindItem&EP=1&UA=0", name, 200),
             ("POST", "/owa/service.svc", "action=GetItem&EP=1&UA=0", name, 200)]
    if rng.random() < 0.2:
        steps.append(("POST", "/ecp/DDI/DDIService.svc/GetObject", "schema=UserOptions", name, 200))
    return [request(time + timedelta(seconds=2 * index), client, agent, method, stem, query, who, status, rng=rng)
            for index, (method, stem, query, who, status) in enumerate(steps)]


def probes(rng, server, time):
    """Managed availability asks the server itself, the load balancer asks from beside it."""
    found = [request(time, "127.0.0.1", AGENTS["probe"], "GET", f"/{name}/exhealth.check", rng=rng)
             for name in ("owa", "ecp", "autodiscover")]
    return found + [request(time, "192.0.2.4", "-", "GET", "/owa/healthcheck.htm", rng=rng)]


def scanner(rng, time):
    client = f"198.51.100.{rng.choice([222, 231, 247])}"
    paths = ["/", "/robots.txt", "/favicon.ico", "/.env", "/wp-login.php", "/owa/auth/logon.aspx"]
    stem = rng.choice(paths)
    status = {"/": 302, "/owa/auth/logon.aspx": 200}.get(stem, 404)
    return [request(time, client, AGENTS["scanner"], "GET", stem, status=status, rng=rng)]


def day_of_traffic(rng, server, day, visits, probe_hours):
    """`visits` requests of people spread over working hours, and probes every few hours."""
    found = []
    for _ in range(visits):
        hour = min(23.9, max(0.0, rng.gauss(12, 4.5)))
        time = day + timedelta(seconds=int(hour * 3600), milliseconds=rng.randint(0, 999))
        user = rng.randint(1, 40)
        kind = rng.choices([phone, outlook, autodiscover, webmail], [45, 30, 8, 12])[0]
        found += kind(rng, server, user, time)
    for minute in range(0, 24 * 60, int(60 * probe_hours)):
        found += probes(rng, server, day + timedelta(minutes=minute, seconds=rng.randint(0, 40)))
    for _ in range(visits // 60 + 1):
        found += scanner(rng, day + timedelta(seconds=rng.randint(0, 86_000)))
    return found


def early_hour(rng, server, start):
    """More of one hour, so that its HttpProxy logs hold more than the attack."""
    found = []
    for _ in range(24):
        time = start + timedelta(seconds=rng.randint(0, 3500), milliseconds=rng.randint(0, 999))
        found += rng.choice([webmail, autodiscover, phone])(rng, server, rng.randint(1, 40), time)
    for minute in range(0, 60, 5):
        found += probes(rng, server, start + timedelta(minutes=minute, seconds=7))
    return found


def ordinary_windows(rng, server, start, end, step_minutes):
    """What a quiet Exchange server writes to its event logs."""
    found, time, logon, turn = [], start, 0x4E0000, 0
    while time < end:
        logon += rng.randint(40, 900)
        name = rng.choice([server.user(rng.randint(1, 40)).split("\\")[1], "HealthMailbox28c41aa", "svc-backup"])
        address = "127.0.0.1" if name.startswith("Health") else f"192.0.2.{rng.randint(101, 140)}"
        found.append(security(server, time, 4624, TargetUserName=name, TargetDomainName=server.netbios,
                              TargetLogonId=hex(logon), LogonType="3", AuthenticationPackageName="Kerberos",
                              LogonProcessName="Kerberos", IpAddress=address, IpPort=str(rng.randint(49152, 65000))))
        kind, turn = turn % 5, turn + 1
        later = time + timedelta(seconds=rng.randint(5, 50))
        if kind == 0:
            found += server.process(rng, later, r"C:\Windows\System32\netsh.exe",
                                    '"netsh" interface tcp show global', server.health_worker)
        elif kind == 1:
            found.append(sysmon(server, later, 3, **server.health_worker.as_image(), User=SYSTEM_USER, Protocol="tcp",
                                Initiated="true", SourceIp="127.0.0.1", SourcePort=str(rng.randint(20000, 60000)),
                                DestinationIp="127.0.0.1", DestinationPort="443"))
        elif kind == 2:
            for state in ("running", "stopped"):
                found.append(system(server, later, 7036, f"The WMI Performance Adapter service entered the {state} state.",
                                    param1="WMI Performance Adapter", param2=state))
                later += timedelta(seconds=2)
        elif kind == 3:
            found.append(sysmon(server, later, 11, **server.was.as_image(),
                                TargetFilename=rf"C:\inetpub\temp\appPools\APC{rng.randrange(0x1000, 0xFFFF):X}.tmp"))
        else:
            found.append(security(server, later, 5145, SubjectUserName="svc-backup", SubjectDomainName=server.netbios,
                                  IpAddress="192.0.2.30", IpPort="50122", ShareName=r"\\*\Backup$",
                                  ShareLocalPath=r"\??\D:\Backup", RelativeTargetName=r"daily\mailbox-db1.log",
                                  AccessMask="0x120089", AccessList="%%4416"))
        time += timedelta(minutes=step_minutes * rng.uniform(0.6, 1.4))
    return found


def setting_up(server, day):
    """A backup agent is installed and an administrator sets the address book's real address."""
    return [
        system(server, day + timedelta(hours=9, minutes=12), 7045, "A service was installed in the system.",
               ServiceName="Example Backup Agent", ImagePath=r'"C:\Program Files\Example Backup\agent.exe" -service',
               ServiceType="user mode service", StartType="auto start", AccountName="LocalSystem"),
        management(server, day + timedelta(hours=10, minutes=3), "Set-OabVirtualDirectory",
                   f'-ExternalUrl "https://{server.mail}/oab" -Identity "{server.name}\\{OAB}"'),
    ]


def look_alikes(rng, server, day):
    """Honest work that resembles an attack: pages compiled after a restart, an archive, a shell."""
    framework = r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319"
    pages = framework + r"\Temporary ASP.NET Files\owa\8c14d0aa\51b2f7e9"
    found = server.process(rng, day + timedelta(hours=2, minutes=1), framework + r"\cvtres.exe",
                           framework + r'\cvtres.exe /NOLOGO /READONLY /MACHINE:IX86 "/OUT:C:\Windows\TEMP\RES2F10.tmp" '
                           r'"C:\Windows\TEMP\RES2F0F.tmp"', server.owa_worker)
    for name in ("logon.aspx.3c1d09e2", "errorfe.aspx.90b7a4f1"):
        found.append(sysmon(server, day + timedelta(hours=2, minutes=1, seconds=2), 11, **server.owa_worker.as_image(),
                            TargetFilename=rf"{pages}\{name}.compiled"))
    agent = known_process(r"C:\Program Files\Example Backup\agent.exe", r'"C:\Program Files\Example Backup\agent.exe" -service', 3316)
    zipper, records = server.start(rng, day + timedelta(hours=1, minutes=30), r"C:\Program Files\7-Zip\7z.exe",
                                   r'"C:\Program Files\7-Zip\7z.exe" a D:\Backup\weekly\iis-logs.7z C:\inetpub\logs\LogFiles\*', agent)
    found += records + [sysmon(server, day + timedelta(hours=1, minutes=30, seconds=9), 11, **zipper.as_image(),
                               TargetFilename=r"D:\Backup\weekly\iis-logs.7z")]
    desktop = known_process(r"C:\Windows\explorer.exe", r"C:\Windows\Explorer.EXE", 5180)
    powershell = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
    return found + server.process(rng, day + timedelta(hours=14, minutes=5), powershell,
                                  f'"{powershell}" -noexit -command ". \'{EXCHANGE}\\bin\\RemoteExchange.ps1\'; '
                                  'Connect-ExchangeServer -auto -ClientApplication:ManagementShell "', desktop,
                                  user=f"{server.netbios}\\admin1")


# ---- the break-in -----------------------------------------------------------------------

# When, the target behind the front end, status, milliseconds.
STEPS = [
    ("03-03T04:12:09.118", "POST", "autodiscover/autodiscover.xml?", 200, 1310),
    ("03-03T04:12:11.402", "POST", "mapi/emsmdb/?", 200, 655),
    ("03-03T04:12:13.077", "POST", "ecp/proxyLogon.ecp?", 241, 812),
    ("03-03T04:12:14.650", "GET", "ecp/about.aspx?a=", 500, 498),
    ("03-03T04:12:16.211", "POST", f"ecp/DDI/DDIService.svc/GetObject?msExchEcpCanary={CANARY}&schema=OABVirtualDirectory", 200, 930),
    ("03-03T04:12:18.034", "POST", f"ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary={CANARY}&schema=OABVirtualDirectory", 200, 1204),
    ("03-03T04:12:20.587", "POST", f"ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary={CANARY}&schema=ResetOABVirtualDirectory", 200, 3877),
    ("03-03T04:12:26.903", "POST", f"ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary={CANARY}&schema=OABVirtualDirectory", 200, 1011),
]
# What is left of the front end's own address where the forged part does not end in `#`.
LEFT_OVER = f"]:444{SSRF}"
TOOL = "ExchangeServicesClient/0.0.0.0"


def front_end_attack():
    """What IIS sees in front: one script name, whatever is asked of the back end."""
    found = [request(at("03-02T22:51:18.440"), ATTACKER, TOOL, "GET", "/owa/auth/logon.aspx", taken=31),
             request(at("03-02T11:42:06.015"), "203.0.113.61", "python-requests/2.25.1", "POST", "/ecp/y.js",
                     status=500, taken=77)]
    for time, method, _, status, taken in STEPS:
        step = request(at(time), ATTACKER, TOOL, method, SSRF, status=status, taken=taken)
        found.append(step)
    shell = f"/owa/auth/{SHELL}"
    for time, taken in [("04:12:33.210", 3312), ("04:13:05.733", 140), ("04:31:40.090", 2204),
                        ("04:38:11.516", 1873), ("04:41:27.300", 64120), ("04:44:02.118", 96)]:
        found.append(request(at(f"03-03T{time}"), ATTACKER, AGENTS["shell"], "POST", shell, taken=taken))
    for time, user in [("08:02:11.150", "user07"), ("08:41:55.870", "user23"), ("13:17:40.790", "admin1")]:
        found.append(request(at(f"03-03T{time}"), "192.0.2.61", AGENTS["browser"], "POST", "/ecp/DDI/DDIService.svc/GetObject",
                             "schema=UserOptions", f"EXAMPLE\\{user}", taken=310))
    names = ["help.aspx", "shell.aspx", "web.aspx", "errorEE.aspx", SHELL, "discover.aspx", "supp0rt.aspx"]
    for index, name in enumerate(names):
        found.append(request(at("03-03T17:20:41.600") + timedelta(seconds=3 * index), PROBER, "python-requests/2.25.1",
                             "GET", f"/owa/auth/{name}", status=200 if name == SHELL else 302, taken=18))
    return found


def back_end_attack():
    """The same steps as the back end on port 444 sees them."""
    found = []
    for time, method, target, status, taken in STEPS:
        stem, query = target.split("?")
        query += LEFT_OVER if query == "a=" else ""
        found.append(request(at(time) + timedelta(milliseconds=35), ATTACKED.address, TOOL, method, "/" + stem,
                             query or "-", ATTACKED.account, status, taken - 60))
    return found


def ecp_server_log():
    """Commands the control panel ran: people's own settings and the attacker's."""
    people = [("08:02:11.312", "Get-MailboxRegionalConfiguration.Identity='{user}'", "user07", "UserOptions"),
              ("08:41:56.004", "Set-MailboxAutoReplyConfiguration.Identity='{user}'.AutoReplyState='Enabled'", "user23", "AutoReply"),
              ("13:17:40.950", "Get-OabVirtualDirectory.Identity='" + OAB + "'", "admin1", "OABVirtualDirectory")]
    lines = [(at(f"03-03T{time}"), command.format(user=f"{user}@example.org"), "GetObject", schema, f"EXAMPLE\\{user}")
             for time, command, user, schema in people]
    administrator = "EXAMPLE\\Administrator"
    identity = f".Identity='{OAB}'"
    lines += [
        (at("03-03T04:12:16.980"), "Get-OabVirtualDirectory" + identity, "GetObject", "OABVirtualDirectory", administrator),
        (at("03-03T04:12:18.911"), f"Set-OabVirtualDirectory.ExternalUrl='{SCRIPT}'" + identity, "SetObject",
         "OABVirtualDirectory", administrator),
        (at("03-03T04:12:24.120"), f"Remove-OabVirtualDirectory.Force=$true{identity}|New-OabVirtualDirectory.Server='EXCH01'",
         "SetObject", "ResetOABVirtualDirectory", administrator),
        (at("03-03T04:12:27.702"), "Set-OabVirtualDirectory.ExternalUrl='https://mail.example.org/oab'" + identity,
         "SetObject", "OABVirtualDirectory", administrator),
    ]
    return [ecp_line(ATTACKED, *line, CANARY if line[4] == administrator else None) for line in sorted(lines)]


def windows_attack(rng):
    """What the break-in leaves in the event logs."""
    target = rf"{SHELL_FOLDER}\{SHELL}"
    found = [
        control_panel(ATTACKED, at("03-03T04:12:14.902"), 4,
                      "Current user: 'corp.example.org/Users/Administrator'\r\nRequest for URL "
                      f"'https://exch01.corp.example.org:444/ecp/about.aspx?a={LEFT_OVER}(https://localhost/ecp/x9.js)' failed "
                      "with the following error:\r\nSystem.NullReferenceException: Object reference not set to an instance "
                      "of an object."),
        management(ATTACKED, at("03-03T04:12:18.895"), "Set-OabVirtualDirectory", f'-ExternalUrl "{SCRIPT}" -Identity "{OAB}"'),
        management(ATTACKED, at("03-03T04:12:23.340"), "Remove-OabVirtualDirectory", f'-Identity "{OAB}" -Force "True"'),
        management(ATTACKED, at("03-03T04:12:24.101"), "New-OabVirtualDirectory", '-Server "EXCH01" -WebSiteName "Default Web Site"'),
        management(ATTACKED, at("03-03T04:12:27.690"), "Set-OabVirtualDirectory",
                   f'-ExternalUrl "https://mail.example.org/oab" -Identity "{OAB}"'),
        sysmon(ATTACKED, at("03-03T04:12:22.760"), 11, Image="System", ProcessId="4",
               ProcessGuid="{8A1F0C22-0000-0000-0100-000000000100}", TargetFilename=target),
    ]
    for offset, mask, accesses in [(0, "0x80", "%%4423"), (8, "0x12019f", "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4417")]:
        found.append(security(ATTACKED, at("03-03T04:12:22.751") + timedelta(milliseconds=offset), 5145,
                              SubjectUserSid="S-1-5-18", SubjectUserName="EXCH01$", SubjectDomainName="EXAMPLE",
                              SubjectLogonId="0x3e7", ObjectType="File", IpAddress="127.0.0.1", IpPort="30411",
                              ShareName=r"\\*\C$", ShareLocalPath="\\??\\C:\\", AccessMask=mask, AccessList=accesses,
                              RelativeTargetName=target.removeprefix("C:\\"), AccessReason="-"))
    return found + shell_in_use(rng)


def shell_in_use(rng):
    """The shell is compiled on its first request; then commands run as SYSTEM."""
    worker = ATTACKED.owa_worker
    framework = r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319"
    temporary = framework + r"\Temporary ASP.NET Files\owa\8c14d0aa\51b2f7e9"
    found = ATTACKED.process(rng, at("03-03T04:12:34.960"), framework + r"\cvtres.exe",
                             framework + r'\cvtres.exe /NOLOGO /READONLY /MACHINE:IX86 "/OUT:C:\Windows\TEMP\RES91A4.tmp" '
                             r'"C:\Windows\TEMP\RES91A3.tmp"', worker)
    found.append(sysmon(ATTACKED, at("03-03T04:12:35.205"), 11, **worker.as_image(),
                        TargetFilename=rf"{temporary}\{SHELL}.a7c3e1d0.compiled"))
    dump, archive = r"C:\Windows\Temp\w664.dmp", r"C:\ProgramData\ex01.7z"
    commands = [
        ("04:12:36.310", "whoami", r"C:\Windows\System32\whoami.exe", "whoami", None),
        ("04:13:05.790", 'tasklist /fi "imagename eq lsass.exe"', r"C:\Windows\System32\tasklist.exe",
         'tasklist  /fi "imagename eq lsass.exe"', None),
        ("04:31:40.150", rf"rundll32.exe C:\windows\system32\comsvcs.dll, MiniDump 664 {dump} full",
         r"C:\Windows\System32\rundll32.exe",
         rf"rundll32.exe  C:\windows\system32\comsvcs.dll, MiniDump 664 {dump} full", dump),
        ("04:38:11.590", rf'"C:\Program Files\7-Zip\7z.exe" a -mx1 {archive} {dump}', r"C:\Program Files\7-Zip\7z.exe",
         rf'"C:\Program Files\7-Zip\7z.exe"  a -mx1 {archive} {dump}', archive),
    ]
    for time, asked, image, line, written in commands:
        when = at(f"03-03T{time}")
        shell, records = ATTACKED.start(rng, when, r"C:\Windows\System32\cmd.exe", f"cmd /c {asked}", worker)
        child, more = ATTACKED.start(rng, when + timedelta(milliseconds=22), image, line, shell)
        found += records + more
        if written:
            found.append(sysmon(ATTACKED, when + timedelta(milliseconds=640), 11, **child.as_image(), TargetFilename=written))
    _, records = ATTACKED.start(rng, at("03-03T04:44:02.180"), r"C:\Windows\System32\cmd.exe",
                                f"cmd /c del {dump} {archive}", worker)
    return found + records


# ---- writing ----------------------------------------------------------------------------


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))


def write_iis(path, server, requests, port=443):
    requests = sorted(requests, key=lambda one: one["time"])
    lines = [iis_line(server, one, port) for one in requests]
    write(path, IIS_HEADER.format(date=requests[0]["time"].strftime("%Y-%m-%d %H:%M:%S")) + "".join(lines))


def write_httpproxy(folder, server, rng, requests, hour, targets):
    """One file for each protocol, of one hour. `targets` maps times to anchor mailboxes."""
    wanted = {"Ecp": "/ecp/", "Owa": "/owa/", "Autodiscover": "/autodiscover/"}
    for protocol, prefix in wanted.items():
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        for one in sorted(requests, key=lambda one: one["time"]):
            in_hour = hour <= one["time"] < hour + timedelta(hours=1)
            if in_hour and one["stem"].startswith(prefix) and SHELL not in one["stem"]:
                row = httpproxy_row(server, rng, protocol, one, targets.get(one["time"]))
                writer.writerow([row.get(column, "") for column in COLUMNS])
        path = folder / protocol / f"HttpProxy_{hour:%Y%m%d%H}-1.LOG"
        write(path, HTTPPROXY_HEADER.format(date=hour.strftime("%Y-%m-%dT%H:00:00.412Z")) + out.getvalue())


def write_windows(path, records):
    path.parent.mkdir(parents=True, exist_ok=True)
    records.sort(key=lambda record: record["@timestamp"])
    text = "".join(json.dumps(record) + "\n" for record in records)
    path.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))


def attacked_server():
    rng = random.Random(20210303)
    folder = HERE / "evidence"
    logs = folder / "inetpub" / "logs" / "LogFiles"
    attack, hour = front_end_attack(), at("03-03T04:00:00")
    second = day_of_traffic(rng, ATTACKED, at("03-02T00:00:00"), 330, 0.5)
    third = day_of_traffic(rng, ATTACKED, at("03-03T00:00:00"), 330, 0.5) + early_hour(rng, ATTACKED, hour)
    traffic = second + third + attack
    for day in (2, 3):
        write_iis(logs / "W3SVC1" / f"u_ex21030{day}.log", ATTACKED, [one for one in traffic if one["time"].day == day])
    behind = [dict(one, client=ATTACKED.address) for one in early_hour(rng, ATTACKED, hour) if one["status"] == 200]
    write_iis(logs / "W3SVC2" / "u_ex210303.log", ATTACKED, behind + back_end_attack(), port=444)
    targets = {at(time): f"ServerInfo~a]@{ATTACKED.fqdn}:444/{target}" + ("" if target.endswith("=") else "#")
               for time, _, target, _, _ in STEPS}
    exchange = folder / "Exchange" / "Logging"
    write_httpproxy(exchange / "HttpProxy", ATTACKED, rng, traffic, hour, targets)
    write(exchange / "ECP" / "Server" / "ECPServer20210303-1.LOG",
          ECP_HEADER.format(date="2021-03-03T04:12:16.980Z") + "".join(ecp_server_log()))
    records = ordinary_windows(rng, ATTACKED, at("03-02T00:00:00"), at("03-03T23:59:00"), 4)
    records += setting_up(ATTACKED, at("02-26T00:00:00")) + look_alikes(rng, ATTACKED, at("03-02T00:00:00"))
    records += windows_attack(rng)
    write_windows(folder / "winevt" / "EXCH01-windows.jsonl.gz", records)


def clean_server():
    rng = random.Random(20210104)
    folder = HERE.parent / "clean-server"
    for month, days in ((1, 31), (2, 28), (3, 31)):
        requests = []
        for day in range(1, days + 1):
            requests += day_of_traffic(rng, CLEAN, at(f"{month:02}-{day:02}T00:00:00"), 6, 12)
        write_iis(folder / "inetpub" / "logs" / "LogFiles" / "W3SVC1" / f"u_ex21{month:02}.log", CLEAN, requests)
    hour = at("03-03T09:00:00")
    write_httpproxy(folder / "Exchange" / "Logging" / "HttpProxy", CLEAN, rng, early_hour(rng, CLEAN, hour), hour, {})
    records = ordinary_windows(rng, CLEAN, at("01-01T00:00:00"), at("03-31T23:59:00"), 100)
    records += setting_up(CLEAN, at("02-26T00:00:00"))
    write_windows(folder / "winevt" / "EXCH02-windows.jsonl.gz", records)


if __name__ == "__main__":
    attacked_server()
    clean_server()
