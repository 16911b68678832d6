//! What sshd, sudo, su and cron say in their messages, as fields.

use daylight_model::Event;

/// Adds who did what from where, where the message says so.
pub(crate) fn add_fields<'t>(event: &mut Event<'t>, program: &str, message: &'t str) {
    let mut add = |name: &'static str, value: &'t str| {
        if !value.is_empty() {
            event.add(name, value);
        }
    };
    match program {
        "sshd" | "sshd-session" => {
            if let Some(logon) = ssh(message) {
                add("action", logon.action);
                add("method", logon.method);
                add("User", logon.user);
                add("src_ip", logon.address);
                add("src_port", logon.port);
            }
        }
        "sudo" => {
            let (user, rest) = message.split_once(" : ").unwrap_or(("", ""));
            add("User", user.trim());
            let part = |name: &str| {
                let (_, value) = rest.split_once(name)?;
                Some(value.split(" ; ").next().unwrap_or(value).trim())
            };
            add("TargetUser", part("USER=").unwrap_or_default());
            add("CurrentDirectory", part("PWD=").unwrap_or_default());
            // The command comes last and may hold anything.
            add(
                "CommandLine",
                rest.split_once("COMMAND=")
                    .map_or("", |(_, command)| command),
            );
        }
        "su" => {
            let words = message
                .split_once("(to ")
                .and_then(|(_, rest)| rest.split_once(") "));
            if let Some((target, user)) = words {
                add("TargetUser", target);
                add("User", user.split(' ').next().unwrap_or(user));
            }
        }
        "CRON" | "cron" | "crond" => {
            let user = message
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(')'));
            if let Some((user, rest)) = user {
                add("User", user);
                let command = rest.trim_start().strip_prefix("CMD (");
                add(
                    "CommandLine",
                    command.map_or("", |text| text.strip_suffix(')').unwrap_or(text)),
                );
            }
        }
        _ => {}
    }
}

struct Logon<'t> {
    action: &'t str,
    method: &'t str,
    user: &'t str,
    address: &'t str,
    port: &'t str,
}

/// `Accepted password for root from 192.0.2.7 port 50022 ssh2`, `Failed …`, `Invalid user …`.
fn ssh(message: &str) -> Option<Logon<'_>> {
    // From behind: a name of a user may hold anything.
    let (before, place) = message.rsplit_once(" from ")?;
    let mut place = place.split(' ');
    let address = place.next()?;
    let port = match place.next() {
        Some("port") => place.next().unwrap_or_default(),
        _ => "",
    };
    let (action, rest) = before.split_once(' ')?;
    let (method, user) = match action {
        "Accepted" | "Failed" => rest.split_once(" for ")?,
        "Invalid" => ("", rest.strip_prefix("user ")?),
        _ => return None,
    };
    let user = user.strip_prefix("invalid user ").unwrap_or(user);
    Some(Logon {
        action,
        method,
        user,
        address,
        port,
    })
}
