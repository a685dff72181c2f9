//! Policies of Vault against a real OpenBao: what it takes and refuses, and what a token may do.

use std::fmt::Write as _;

use policy::{NamedPolicy, vault};
use serde_json::{Value, json};
use servers::OpenBao;

/// A small generator, so that a seed is all that has to be told.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    /// From `CLAVIGER_SEED`, or from the time; printed, since a failure is repeated by it.
    fn thrown() -> Self {
        let given = std::env::var("CLAVIGER_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
            since.as_secs() ^ u64::from(since.subsec_nanos())
        });
        println!("CLAVIGER_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Few different segments, so that rules meet each other.
const SEGMENTS: [&str; 7] = ["a", "b", "ab", "abc", "ba", "A", "é"];

fn path(dice: &mut Dice) -> String {
    let mut path = String::new();
    for at in 0..=dice.below(4) {
        if at > 0 {
            path.push('/');
        }
        path.push_str(dice.one(&SEGMENTS));
    }
    if dice.below(4) == 0 {
        path.push('/');
    }
    path
}

fn pattern(dice: &mut Dice) -> String {
    let mut pattern = String::new();
    for at in 0..=dice.below(4) {
        if at > 0 {
            pattern.push('/');
        }
        let segment = match dice.below(10) {
            0..=3 => "+",
            4 => dice.one(&["a+", "+b", "a*b", ""]),
            _ => dice.one(&SEGMENTS),
        };
        pattern.push_str(segment);
    }
    match dice.below(5) {
        0 | 1 if !pattern.ends_with('+') => pattern.push('*'),
        2 => pattern.push('/'),
        3 => pattern.push_str("/*"),
        _ => {}
    }
    if dice.below(12) == 0 { format!("/{pattern}") } else { pattern }
}

fn rules(dice: &mut Dice) -> String {
    const WORDS: [&str; 8] = ["create", "read", "update", "delete", "list", "sudo", "patch", "scan"];
    let json = dice.below(4) == 0;
    let mut rules = Vec::new();
    for _ in 0..=dice.below(7) {
        let words: Vec<String> = match dice.below(8) {
            0 => vec!["\"deny\"".to_owned()],
            1 => Vec::new(),
            _ => (0..=dice.below(3)).map(|_| format!("\"{}\"", dice.one(&WORDS))).collect(),
        };
        let (path, words) = (pattern(dice), words.join(", "));
        rules.push(match (json, dice.below(10)) {
            (true, _) => format!("\"{path}\": {{\"capabilities\": [{words}]}}"),
            (false, 0) => {
                format!("path \"{path}\" {{ policy = \"{}\" }}", dice.one(&["read", "write", "sudo", "deny"]))
            }
            (false, 1) => format!("path \"{path}\" {{ capabilities = [{words}]\n capabilities = [\"list\"] }}"),
            (false, _) => format!("# why\npath \"{path}\" {{ capabilities = [{words}] /* so */ }}"),
        });
    }
    if json { format!("{{\"path\": {{{}}}}}", rules.join(", ")) } else { rules.join("\n") }
}

/// Lets a token ask what it may do; the paths that are asked for do not meet it.
const ASK: &str = "path \"sys/capabilities-self\" { capabilities = [\"update\"] }";

pub(crate) fn named(name: &str, text: &str) -> NamedPolicy {
    NamedPolicy { name: name.to_owned(), text: text.to_owned(), limits: false }
}

/// Writes a policy as root; what the server says if it refuses.
pub(crate) async fn write(server: &OpenBao, policy: &NamedPolicy) -> Result<(), String> {
    let path = format!("sys/policies/acl/{}", policy.name);
    let body = json!({ "policy": policy.text });
    let (status, answer) = server.call_as(OpenBao::ROOT_TOKEN, "", "PUT", &path, body).await.unwrap();
    if status.is_success() { Ok(()) } else { Err(answer.to_string()) }
}

/// What a token with these policies is told of these paths, by the server.
pub(crate) async fn told(server: &OpenBao, policies: &[NamedPolicy], paths: &[String]) -> Value {
    let names: Vec<&str> = policies.iter().map(|policy| policy.name.as_str()).collect();
    let body = json!({ "policies": names, "no_default_policy": true });
    let token = server.call("POST", "auth/token/create", body).await.unwrap();
    let token = token["client_token"].as_str().unwrap();
    let body = json!({ "paths": paths });
    let (status, answer) = server.call_as(token, "", "POST", "sys/capabilities-self", body).await.unwrap();
    assert!(status.is_success(), "{answer}");
    answer["data"].clone()
}

type Decides = fn(&[NamedPolicy], &str) -> String;

fn ours(policies: &[NamedPolicy], path: &str) -> String {
    vault::capabilities(policies, path).words().join(" ")
}

/// A control: as if the longest pattern won, whatever it is.
fn longest_wins(policies: &[NamedPolicy], path: &str) -> String {
    let all: Vec<vault::Document> = policies.iter().map(|policy| vault::parse(&policy.text)).collect();
    let alone = |rule: &vault::Rule| {
        let text = format!("path \"{}\" {{ capabilities = [\"read\"] }}", rule.path.value);
        !vault::capabilities(&[named("one", &text)], path).is_denied()
    };
    let fitting = all.iter().flat_map(|document| &document.rules).filter(|rule| alone(rule));
    let longest = fitting.max_by_key(|rule| rule.path.value.len());
    longest.map_or_else(|| "deny".to_owned(), |rule| rule.granted().words().join(" "))
}

/// Rounds of policies and paths; gives how many were asked, and every disagreement.
async fn disagreements(server: &OpenBao, dice: &mut Dice, rounds: usize, decides: Decides) -> (usize, Vec<String>) {
    let (mut asked, mut apart) = (0, Vec::new());
    for _ in 0..rounds {
        let mut policies = vec![named("ask", ASK)];
        for at in 0..=dice.below(3) {
            policies.push(named(&format!("p{at}"), &rules(dice)));
        }
        for policy in &policies {
            let taken = write(server, policy).await;
            let well = vault::parse(&policy.text).is_well_formed();
            assert_eq!(taken.is_ok(), well, "{}: {taken:?}", policy.text);
            if !well {
                // The name keeps the text that was written last.
                write(server, &named(&policy.name, "# nothing")).await.unwrap();
            }
        }
        let paths: Vec<String> = (0..16).map(|_| path(dice)).collect();
        let answer = told(server, &policies, &paths).await;
        for path in &paths {
            let theirs: Vec<&str> =
                answer[path].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            let ours = decides(&policies, path);
            asked += 1;
            if ours != theirs.join(" ") {
                let mut what = format!("{path}: ours {ours:?}, the server's {theirs:?}");
                policies.iter().for_each(|policy| write!(what, "\n{}", policy.text).unwrap());
                apart.push(what);
            }
        }
    }
    (asked, apart)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_decides_as_we_do() {
    let server = OpenBao::start().await.unwrap();
    let mut dice = Dice::thrown();
    let (asked, apart) = disagreements(&server, &mut dice, 400, ours).await;
    println!("{asked} paths asked");
    assert!(apart.is_empty(), "{} of {asked} apart, the first:\n{}", apart.len(), apart[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_order_of_rules_would_be_seen() {
    let server = OpenBao::start().await.unwrap();
    let (asked, apart) = disagreements(&server, &mut Dice::thrown(), 40, longest_wins).await;
    assert!(apart.len() > asked / 50, "only {} of {asked} were seen", apart.len());
}

/// Texts, right and wrong: what the server does with each must be what we say of it.
const TEXTS: &[&str] = &[
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"1s\" }",
    "path \"a\" { capabilities = [\"read\"], min_wrapping_ttl = \"1s\" }",
    "path \"a\" { \"capabilities\" = [\"read\"] }",
    "path a { capabilities = [\"read\"] }",
    "path = { \"a\" = { capabilities = [\"read\"] } }",
    "path \"a\" \"b\" { capabilities = [\"read\"] }",
    "path \"a\" { capabilities = \"read\" }",
    "path \"a\" { capabilities = [\"read\",] }",
    "path \"a\" { capabilities = [\"read\" \"list\"] }",
    "path \"a\" { capabilities = [\"read\",,\"list\"] }",
    "path \"a\" { capabilities = [,\"read\"] }",
    "path \"a\" { capabilities = [true] }",
    "path \"a\" { capabilities = [[\"read\"]] }",
    "path \"a\" { capabilities = [\"Read\"] }",
    "path \"a\" { capabilities = [\"root\"] }",
    "path \"a\" { capabilities = [1] }",
    "path \"a\" { capabilities = [\"deny\", \"read\"] }",
    "path \"a\" { capabilities = [\"deny\", \"bogus\"] }",
    "path \"a\" { capabilities = [\"bogus\", \"deny\"] }",
    "path \"a\" { policy = \"deny\" capabilities = [\"bogus\"] }",
    "path \"a\" { capabilities = [\"scan\"] }",
    "path \"a\" { capabilities = [] }",
    "path \"a\" {}",
    "path {}",
    "path { capabilities = [\"read\"] }",
    "path { \"a\" {} }",
    "# nothing",
    "// one\n/* two */",
    "/* open",
    "name = \"x\"",
    "name = 5",
    "name = [\"x\"]",
    "names = \"x\"",
    "path \"a\" { policy = \"write\" }",
    "path \"a\" { policy = \"writ\" }",
    "path \"a\" { policy = 5 }",
    "path \"a+*\" { capabilities = [\"read\"] }",
    "path \"a/+*\" { capabilities = [\"read\"] }",
    "path \"a/+b\" { capabilities = [\"read\"] }",
    "path \"a**\" { capabilities = [\"read\"] }",
    "path \"\" { capabilities = [\"read\"] }",
    "path \"a{{identity.entity.id}}\" { capabilities = [\"read\"] }",
    "path \"a{{identity.bogus}}\" { capabilities = [\"read\"] }",
    "path \"a{{identity.entity.id\" { capabilities = [\"read\"] }",
    "path \"a}}\" { capabilities = [\"read\"] }",
    "path \"a{{}}\" { capabilities = [\"read\"] }",
    "path \"a\" { capabilities = [\"read\"] bogus = 1 }",
    "path \"a\" { Capabilities = [\"read\"] }",
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"2h\" max_wrapping_ttl = \"1h\" }",
    "path \"a\" { capabilities = [\"deny\"] min_wrapping_ttl = \"2h\" max_wrapping_ttl = \"1h\" }",
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"x\" }",
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = true }",
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"1d\" max_wrapping_ttl = 1.5 }",
    "path \"a\" { capabilities = [\"read\"] min_wrapping_ttl = \"\" }",
    "path \"a\" { capabilities = [\"read\"] allowed_parameters = { \"x\" = [] } }",
    "path \"a\" { capabilities = [\"read\"] allowed_parameters { x = [\"1\"] y = [true, 1] } }",
    "path \"a\" { capabilities = [\"read\"] allowed_parameters = { x = \"1\" } }",
    "path \"a\" { capabilities = [\"read\"] allowed_parameters = [\"x\"] }",
    "path \"a\" { capabilities = [\"read\"] required_parameters = \"x\" }",
    "path \"a\" { capabilities = [\"read\"] mfa_methods = \"x\" }",
    "path \"a\" { capabilities = [\"read\"] comment = \"why\" }",
    "path \"a\" { capabilities = [\"read\"] expiration = \"2090-01-01T00:00:00Z\" }",
    "path \"a\" { capabilities = [\"read\"] pagination_limit = \"x\" }",
    "path \"a\" { capabilities = [\"read\"] pagination_limit = 3 }",
    "path \"a\" { capabilities = [\"read\"]",
    "path \"a\" { capabilities = [\"read\"] }}",
    "path \"a\" capabilities = [\"read\"]",
    "path \"a\" { capabilities [\"read\"] }",
    "path \"a\" { capabilities = read }",
    "path \"a\" { capabilities = [\"read\"]; }",
    "path \"a\" { capabilities: [\"read\"] }",
    "path \"a\nb\" { capabilities = [\"read\"] }",
    "path \"a\\q\" { capabilities = [\"read\"] }",
    "path \"a\\u0062\" { capabilities = [\"re\\x61d\"] }",
    "path \"a\" { comment = <<EOF\nhi\nEOF\n capabilities = [\"read\"] }",
    "path \"a\" { comment = <<EOF\nhi\n capabilities = [\"read\"] }",
    "path <<EOF\nhi\nEOF\n {}",
    "path \"a\" { capabilities = [\"read\"] },\npath \"b\" {}",
    "path \"a\" = { capabilities = [\"read\"] }",
    "path = \"a\"",
    "path = [\"a\"]",
    "path \"a\" {, capabilities = [\"read\"] }",
    "path \"a\" { = 5 }",
    "path \"a\" { x }",
    "path 'a' {}",
    "path\"a\"{capabilities=[\"read\"]}path\n\"b\"\n{\n}",
    "{\"path\":{\"a\":{\"capabilities\":[\"read\"]}}}",
    "{\"path\":{\"a\":{\"capabilities\":[\"read\",],},},}",
    "{\"path\":{\"a\":{\"capabilities\":[\"read\" \"list\"]}}}",
    "{\"path\":[{\"a\":{\"capabilities\":[\"read\"]}},{\"b\":{}}]}",
    "{\"path\":[]}",
    "{\"path\":{\"a\":[]}}",
    "{\"path\":{\"a\":null}}",
    "{\"path\":\"a\"}",
    "{ // why\n\"path\":{}}",
    "// why\n{\"path\":{}}",
    "{}",
    "[]",
    "{\"x\":1}",
    "{'path':{}}",
    "{\"path\":{\"a\":{\"capabilities\":\"read\"}}}",
    "{\"path\":{\"a\":{\"capabilities\":null}}}",
    "{\"path\":{\"a\":{\"capabilities\":[\"read\"],\"bogus\":1}}}",
    "{\"path\":{\"a\":{\"capabilities\":[\"deny\",\"bogus\"]}}}",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_we_call_refused_is_refused_and_nothing_else() {
    let server = OpenBao::start().await.unwrap();
    let mut apart = Vec::new();
    for text in TEXTS {
        let taken = write(&server, &named("t", text)).await;
        let document = vault::parse(text);
        if taken.is_ok() != document.is_well_formed() {
            apart.push(format!("{text}\n  the server: {taken:?}\n  we: {:?}", document.malformed));
        }
    }
    assert!(apart.is_empty(), "{}", apart.join("\n"));
}
