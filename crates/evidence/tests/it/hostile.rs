//! Logs with bytes changed, cut and repeated: nothing of it may panic, hang or grow.

use std::time::{Duration, Instant};

use daylight_evidence::{Options, Sink, read_bytes};
use daylight_model::Event;

/// A few lines of each kind that has a reader of its own.
const SEEDS: &[&str] = &[
    "203.0.113.9 - - [03/Mar/2021:06:30:11 +0100] \"GET /x?a=b HTTP/1.1\" 200 5 \"-\" \"a \\\" b\"\n",
    "<34>1 2021-03-03T06:30:11Z web01 su 1 - [a b=\"\\]\"] x\nMar  3 06:30:11 web01 sshd[1]: Failed password for a from b port 1\n",
    "type=EXECVE msg=audit(1614752411.123:1): argc=2 a0=\"sh\" a1=2D63 msg='op=x acct=\"y\"'\n",
    "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n1614752411.5\tC\tx\n",
    "{\"ts\":1614752411.5,\"uid\":\"C\",\"query\":\"x\"}\n{\"Records\":[{\"eventSource\":\"a\",\"eventName\":\"b\",\"awsRegion\":\"c\"}]}\n",
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><EventID>1</EventID></System><EventData><Data Name='a'>&#65;&lt;</Data></EventData></Event>",
    "<?xml version=\"1.0\"?><Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec><Command>x</Command></Exec></Actions></Task>",
    "2021-03-03T06:30:12Z web01 sysmon: <Event><System><EventID>1</EventID></System></Event>\n",
    "#Version: 1.5\n#Fields: date time action protocol src-ip dst-ip\n2021-03-03 06:30:11 ALLOW TCP 10.0.0.5 198.51.100.7\n",
    "3/3/2021 6:30:11 PM 0A1C PACKET  01 UDP Rcv 10.0.0.5 0002 R Q [8085 A DR NXDOMAIN] A (4)evil(0)\n",
    "ID,Date,Time,Description,IP Address,Host Name,MAC Address\n10,03/23/21,06:30:11,Assign,10.0.0.5,h,00\n",
    "**********************\nWindows PowerShell transcript start\nStart time: 20210303063011\n**********************\nPS C:\\> x\n",
    "a,b,AuditData\n1,2,\"{\"\"Workload\"\":1}\"\n",
];

struct Nobody;

impl Sink for Nobody {
    fn event(&mut self, _: &Event<'_>) {}
}

fn read(bytes: &[u8]) {
    let manifest = read_bytes("x", bytes, &Options::default(), &mut Nobody);
    assert_eq!(manifest.sources.len(), 1);
}

#[test]
fn changed_and_cut() {
    for seed in SEEDS {
        let whole = seed.as_bytes();
        for place in 0..whole.len() {
            read(&whole[..place]);
            for byte in [0, b' ', b'"', b'<', b'9', b':', b'[', b'\n', 0xc3, 0xff] {
                let mut changed = whole.to_vec();
                changed[place] = byte;
                read(&changed);
            }
        }
    }
}

#[test]
fn what_repeats_costs_no_more_than_its_length() {
    let begun = Instant::now();
    let long = |piece: &str| piece.repeat((4 << 20) / piece.len());
    for piece in [
        "<a ", "<a>", "x='y' ", "msg='", "a0=4141 ", "]\"", "[a b=\"", "(3)a", "PS>", "&#65;",
        "\"\"", "=", ": ", " from ",
    ] {
        for seed in SEEDS {
            let place = seed.floor_char_boundary(seed.len() * 2 / 3);
            read(format!("{}{}{}", &seed[..place], long(piece), &seed[place..]).as_bytes());
        }
    }
    let names: String = (0..4_000).map(|_| "\"host\":\"x\",").collect();
    read(
        format!("{{{names}\"ts\":1,\"uid\":\"C\"}}\n")
            .repeat(20)
            .as_bytes(),
    );
    let parameters: String = (0..4_000)
        .map(|n| format!("{{\"Name\":\"{n}\",\"Value\":1}},"))
        .collect();
    read(
        format!(
            "{{\"Workload\":1,\"Operation\":2,\"CreationTime\":3,\"Parameters\":[{parameters}1]}}\n"
        )
        .repeat(9)
        .as_bytes(),
    );
    let seconds = begun.elapsed();
    println!("{seconds:?}");
    assert!(seconds < Duration::from_secs(120), "{seconds:?}");
}
