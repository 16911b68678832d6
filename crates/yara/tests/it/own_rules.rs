//! Our own rules. The fragments here are written for them and do nothing: each is cut short, and
//! a broken bar stands within the words that a rule looks for until the test takes it out.

use std::collections::HashSet;
use std::sync::Arc;

use daylight_model::Level;
use daylight_yara::{EMBEDDED_ORIGIN, Rules, Scanner, Wanted, compile, embedded_files};

/// Rules, by the ends of their names, that must fire, and what they must fire on.
const FIRING: &[(&str, &[&str])] = &[
    (
        "virtual_directory_with_script",
        &[
            "Name                  : OAB (Default Web Site)\r\nPollInterval          : 480\r\n\
             OfflineAddressBooks   :\r\nBasicAuthentication   : False\r\nInternalUrl           : \
             https://mail.example/OAB\r\nExternalUrl           : http://f/<scr¦ipt language=",
            "MetabasePath : IIS://x\nAdminDisplayVersion : 15\nExternalUrl : http://f/<scr¦ipt",
        ],
    ),
    (
        "unknown_front_end_page_compiled",
        &[
            "<?xml version=\"1.0\"?>\r\n<preserve resultType=\"3\" virtualPath=\"/owa/auth/tide.aspx\" hash=",
            "<preserve resultType=\"3\" virtualPath=\"/aspnet_client/system_web/tide.aspx\"",
        ],
    ),
    (
        "asp_request_evaluated",
        &[
            "<%@ Page Language=\"Jscript\"%><% ev¦al(Requ¦est.Item[\"word\"], ",
            "<script language=\"JScript\" runat=\"server\">function Page_Load(){ ev¦al(Requ¦est[\"word\"] ",
            "<% ev¦al requ¦est(\"word\") ",
            "<% exec¦ute(requ¦est(\"word\")) ",
            "<% ev¦al(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(Requ¦est.Form[\"word\"])) ",
        ],
    ),
    (
        "asp_commands",
        &[
            "<%@ Page Language=\"C#\" %> var start = new Process¦StartInfo(\"cmd¦.exe\", \"/c \" + Requ¦est[\"word\"]",
            "<%@ Page Language=\"C#\" %> Process¦StartInfo start; start.FileName = \"cmd¦.exe\"; <asp:Text¦Box id=",
            "<% Set shell = Server.Create¦Object(\"WScript¦.Shell\") : shell.Exec(\"cmd¦.exe /c \" & Requ¦est.Form(\"word\")",
        ],
    ),
    (
        "asp_assembly_loaded",
        &[
            "<%@ Page Language=\"C#\" %> byte[] read = Requ¦est.Binary¦Read(length); cipher.CreateDecr¦yptor(); \
             System.Reflection.Assem¦bly.Lo¦ad(read).Create¦Instance(\"",
            "<%@ WebHandler Class=\"x\" %> Assem¦bly found = Assem¦bly.Lo¦ad(Convert.From¦Base64String(\
             context.Requ¦est[\"word\"])); method.Inv¦oke(",
        ],
    ),
    (
        "asp_file_written",
        &[
            "<%@ Page Language=\"C#\" %> File.Write¦AllText(Requ¦est[\"where\"], ",
            "<%@ Page Language=\"C#\" %> file.Save¦As(Server.MapPath(Requ¦est.Form[\"where\"])",
        ],
    ),
    (
        "asp_machine_keys",
        &[
            "<%@ Page Language=\"C#\" %> var section = (MachineKey¦Section)found; \
             Resp¦onse.Write(section.Validation¦Key + ",
        ],
    ),
    (
        "php_request_run",
        &[
            "<?php @ev¦al($_PO¦ST['word']",
            "<?php sys¦tem(base64_dec¦ode($_COO¦KIE[\"word\"]",
            "<?= `$_GE¦T[word]",
            "<?php $_GE¦T['word']($_PO¦ST['other']",
            "<?php ass¦ert(file_get_con¦tents('php://in¦put'",
            "<?php pass¦thru($_SER¦VER['HTTP_WORD']",
        ],
    ),
    (
        "php_file_written",
        &[
            "<?php file_put_con¦tents($_GE¦T['where'], ",
            "<?php move_uploaded¦_file($_FIL¦ES['f']['tmp_name'], $_PO¦ST['where']",
        ],
    ),
    (
        "jsp_commands",
        &[
            "<%@ page import=\"java.util.*\" %><% Runtime.getRun¦time().ex¦ec(requ¦est.getPara¦meter(\"word\")",
            "<% String[] words = requ¦est.getPara¦meter(\"word\").split(\" \"); new Process¦Builder(words",
        ],
    ),
    (
        "jsp_class_loaded",
        &[
            "<%! class L extends Class¦Loader { Class made(byte[] b) { return define¦Class(b, 0, b.length) %>\
             <% new L().made(read(requ¦est.getRea¦der())).new¦Instance(",
        ],
    ),
];

/// What no rule may fire on.
const CLEAN: &[&str] = &[
    // A page that speaks to its server from the browser.
    "<%@ Page Language=\"C#\" %><script>function done(request){var v=eval('('+request.responseText+')');}</script>",
    "<script runat=\"server\">void Page_Load(){ Label1.Text = Server.HtmlEncode(Request.QueryString[\"name\"]); }</script>",
    // A page that evaluates what the server itself binds.
    "<%@ Page Language=\"C#\" %><asp:Label Text='<%# Eval(\"Name\") %>' runat=\"server\" /> <%: Request[\"q\"] %>",
    "<% Set rs = conn.Execute(\"select * from t where id = \" & CLng(Request.QueryString(\"id\"))) %>",
    "<%@ Page Language=\"C#\" %> if (file.HasFile) file.SaveAs(Server.MapPath(\"~/up/\") + Guid.NewGuid());",
    "<%@ Page Language=\"C#\" %> Assembly own = Assembly.GetExecutingAssembly(); Request[\"a\"]; Convert.FromBase64String(x);",
    "<%@ Page Language=\"C#\" %> Process.GetProcesses(); Request[\"a\"]",
    // Settings of a virtual directory as they should be.
    "Name : OAB (Default Web Site)\r\nPollInterval : 480\r\nOfflineAddressBooks :\r\nBasicAuthentication : False\r\n\
     InternalUrl : https://mail.example/OAB\r\nExternalUrl : https://mail.example/OAB\r\n",
    "<preserve resultType=\"3\" virtualPath=\"/owa/auth/logon.aspx\" hash=\"1\">",
    "<preserve resultType=\"3\" virtualPath=\"/portal/default.aspx\" hash=\"1\">",
    // Pages that take part of a request where it can do nothing.
    "<?php $id = (int) $_GET['id']; $found = $db->exec($_POST['sql']); echo htmlspecialchars($_POST['name']);",
    "<?php $ch = curl_init($_GET['u']); curl_exec($ch); file_put_contents($log, $_POST['line']);",
    "<?php move_uploaded_file($_FILES['f']['tmp_name'], __DIR__ . '/up/' . bin2hex(random_bytes(8)));",
    "<%@ page import=\"java.util.*\" %><% String name = request.getParameter(\"name\"); Runtime.getRuntime().freeMemory(); %>",
    "<%@ page %><% Class.forName(request.getParameter(\"x\")).newInstance(); %>",
    // Texts that speak of these things.
    "The page hands Request.Item to eval, as China Chopper does; cmd.exe then runs below w3wp.exe.",
    "2021-03-03 06:30:11 POST /owa/auth/tide.aspx exec_code=eval(Request.Item) 443 - 203.0.113.9 200",
];

fn own() -> Arc<Rules> {
    let rules = compile(Wanted {
        embedded: true,
        ..Wanted::default()
    })
    .unwrap();
    assert_eq!(rules.problems(), []);
    rules
}

fn found(scanner: &mut Scanner, text: &[u8]) -> Vec<String> {
    let found = scanner.scan("page", text.to_vec()).unwrap();
    let name = |id: &str| id.rsplit_once(":daylight_").unwrap().1.to_owned();
    found.iter().map(|it| name(&it.rule.id)).collect()
}

#[test]
fn each_fires_on_what_it_is_for_and_on_nothing_else() {
    let rules = own();
    let mut scanner = rules.scanner();
    let mut fired = HashSet::new();
    for (name, fragments) in FIRING {
        for fragment in *fragments {
            let text = fragment.replace('¦', "");
            assert_eq!(found(&mut scanner, text.as_bytes()), [*name], "{text}");
        }
        fired.insert(format!("daylight_{name}"));
    }
    for rule in rules.rules() {
        let name = rule.id.rsplit(':').next().unwrap();
        assert!(fired.contains(name), "nothing here must fire {name}");
    }
    for text in CLEAN {
        assert_eq!(found(&mut scanner, text.as_bytes()), [""; 0], "{text}");
    }
}

/// Windows writes pages in UTF-16 too.
#[test]
fn pages_in_utf_16_are_seen() {
    let mut scanner = own().scanner();
    for (name, fragments) in FIRING.iter().filter(|(name, _)| name.contains("asp")) {
        let text = fragments[0].replace('¦', "");
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&mut scanner, &wide), [*name], "{text}");
    }
}

#[test]
fn each_says_what_it_means_and_where_that_is_known_from() {
    for rule in own().rules() {
        assert_eq!(rule.origin, EMBEDDED_ORIGIN);
        assert!(rule.level >= Level::High, "{}", rule.id);
        assert!(!rule.title.contains("YARA"), "{} has no title", rule.id);
        assert!(rule.description.contains("by Daylight, "), "{}", rule.id);
        assert!(rule.techniques().any(|id| id == "T1505.003"), "{}", rule.id);
        assert!(
            rule.tags.iter().any(|tag| tag == "attack.persistence"),
            "{}",
            rule.id
        );
        assert!(
            rule.references.iter().all(|it| it.starts_with("https://")),
            "{}",
            rule.id
        );
        assert!(
            !rule.references.is_empty() && !rule.false_positives.is_empty(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn each_file_of_rules_is_built_in() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    let known: Vec<&str> = embedded_files().map(|(name, _)| name).collect();
    assert_eq!(there, known);
}
