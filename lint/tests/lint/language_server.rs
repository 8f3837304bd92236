//! The language server, driven over its streams as an editor drives it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

use crate::workspace::Workspace;

/// A client of the protocol.
struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    next: i32,
    /// Diagnostics by address, as an editor would show them.
    shown: std::collections::BTreeMap<String, Value>,
    /// What else the server said.
    said: Vec<Value>,
}

impl Client {
    fn start() -> Self {
        let mut server = Command::new(cargo_bin("coffer-lint"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: server.stdin.take(),
            output: BufReader::new(server.stdout.take().unwrap()),
            server,
            next: 0,
            shown: Default::default(),
            said: Vec::new(),
        }
    }

    /// A client with folders, past the first words.
    fn with_folders(folders: &[&Path], capabilities: Value) -> (Self, Value) {
        let mut client = Self::start();
        let folders: Vec<Value> = folders
            .iter()
            .map(|folder| json!({"uri": uri(folder), "name": "folder"}))
            .collect();
        let answer = client.ask(
            "initialize",
            json!({"processId": null, "capabilities": capabilities, "workspaceFolders": folders}),
        );
        client.tell("initialized", json!({}));
        (client, answer["capabilities"].clone())
    }

    fn new(workspace: &Workspace) -> Self {
        Self::with_folders(&[&workspace.path()], json!({})).0
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn begin(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params}));
        self.next
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Reads until the answer to a request comes.
    fn answer(&mut self, id: i32) -> Value {
        loop {
            let message = self.read().expect("the server is there");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                _ if line.trim().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap().to_owned();
            self.shown.insert(uri, params["diagnostics"].clone());
        } else {
            self.said.push(message.clone());
        }
        Some(message)
    }

    fn open(&mut self, uri: &str, language: &str, text: &str) {
        self.tell(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}}),
        );
    }

    /// Replaces a whole document.
    fn write(&mut self, uri: &str, version: i32, text: &str) {
        self.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}),
        );
    }

    /// The rules that the client shows for a document, once the server has said all it has to say.
    fn rules(&mut self, uri: &str) -> Vec<String> {
        // A request that is answered after everything before it, and nothing waits then.
        self.settle();
        let shown = self
            .shown
            .get(uri)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        shown
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until the server has nothing more to say: it settles before it takes the next message in.
    fn settle(&mut self) {
        for _ in 0..2 {
            let id = self.begin("nothing", json!({}));
            self.answer(id);
        }
    }

    fn actions(&mut self, uri: &str, line: u32, from: u32, to: u32) -> Vec<Value> {
        let at = |character| json!({"line": line, "character": character});
        let params = json!({
            "textDocument": {"uri": uri},
            "range": {"start": at(from), "end": at(to)},
            "context": {"diagnostics": []},
        });
        self.ask("textDocument/codeAction", params)
            .as_array()
            .cloned()
            .unwrap()
    }

    fn hover(&mut self, uri: &str, line: u32, character: u32) -> String {
        let params = json!({
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
        });
        let hover = self.ask("textDocument/hover", params);
        hover["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Ends the server; its status and what it wrote to standard error.
    fn end(mut self) -> (i32, String) {
        drop(self.input.take());
        let status = self.server.wait().unwrap();
        let mut errors = String::new();
        self.server
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        (status.code().unwrap(), errors)
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

const LEAK: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";
const CLEAN: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = var.login\n}\n";

#[test]
fn what_is_typed_counts_before_what_is_on_disk() {
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let main = uri(&workspace.path().join("main.tf"));
    let mut client = Client::new(&workspace);
    client.open(&main, "terraform", CLEAN);
    assert!(client.rules(&main).is_empty());
    client.write(&main, 2, LEAK);
    assert_eq!(client.rules(&main), ["literal-in-secret-argument"]);
    client.write(&main, 3, CLEAN);
    assert!(client.rules(&main).is_empty());
    client.tell(
        "textDocument/didClose",
        json!({"textDocument": {"uri": main}}),
    );
    // The file on disk is as it was, and a second file makes its group be looked at.
    let other = uri(&workspace.path().join("other.tf"));
    client.open(&other, "terraform", "");
    assert_eq!(client.rules(&main), ["literal-in-secret-argument"]);
}

#[test]
fn a_change_in_one_module_is_told_in_another() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "module \"db\" {\n  source = \"./db\"\n  login  = \"Tr0ub4dor\"\n}\n",
        ),
        ("db/main.tf", "variable \"login\" {}\n"),
    ]);
    let (main, db) = (
        uri(&workspace.path().join("main.tf")),
        uri(&workspace.path().join("db/main.tf")),
    );
    let mut client = Client::new(&workspace);
    client.open(&db, "terraform", "variable \"login\" {}\n");
    assert!(client.rules(&main).is_empty());
    client.write(
        &db,
        2,
        "variable \"login\" {\n  sensitive = true\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password_wo = var.login\n}\n",
    );
    assert_eq!(client.rules(&main), ["literal-in-module-input"]);
    let shown = &client.shown[&main][0];
    let related = &shown["relatedInformation"][0];
    assert_eq!(shown["range"]["start"], json!({"line": 2, "character": 12}));
    assert!(
        related["message"]
            .as_str()
            .unwrap()
            .contains("module-input")
    );
    assert!(!client.shown[&main].to_string().contains("Tr0ub4dor"));
}

#[test]
fn positions_are_units_of_utf_16_or_what_was_agreed() {
    let text = "locals { a = \"é𝄞\", b = 1 }\nresource \"aws_db_instance\" \"d\" { password_wo = join(\"\", [\"é𝄞\", \"Tr0ub4dor\"]) }\n";
    for (offered, encoding, column) in [
        (json!(["utf-16"]), "utf-16", 47),
        (json!(["utf-32", "utf-8"]), "utf-8", 47),
        (Value::Null, "utf-16", 47),
    ] {
        let workspace = Workspace::new(&[("main.tf", "")]);
        let main = uri(&workspace.path().join("main.tf"));
        let capabilities = json!({"general": {"positionEncodings": offered}});
        let (mut client, server) = Client::with_folders(&[&workspace.path()], capabilities);
        assert_eq!(server["positionEncoding"], encoding);
        client.open(&main, "terraform", text);
        assert_eq!(client.rules(&main), ["literal-in-secret-argument"]);
        let range = &client.shown[&main][0]["range"];
        assert_eq!(range["start"]["character"], column);
        let built = "join(\"\", [\"é𝄞\", \"Tr0ub4dor\"])";
        let width = match encoding {
            "utf-8" => built.len(),
            _ => built.encode_utf16().count(),
        };
        assert_eq!(
            range["end"]["character"],
            column + i32::try_from(width).unwrap()
        );
        // A change after such characters lands where it belongs.
        let end = range["end"]["character"].as_i64().unwrap();
        let at = |character: i64| json!({"line": 1, "character": character});
        let change = json!({"range": {"start": at(47), "end": at(end)}, "text": "var.a"});
        client.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": main, "version": 2}, "contentChanges": [change]}),
        );
        assert!(client.rules(&main).is_empty());
    }
}

#[test]
fn hover_tells_where_a_value_comes_from() {
    let text = "locals {\n  season = \"Winter2024\"\n}\n\nresource \"aws_redshift_cluster\" \"r\" {\n  master_password = local.season\n}\n";
    let workspace = Workspace::new(&[("main.tf", text)]);
    let main = uri(&workspace.path().join("main.tf"));
    let mut client = Client::new(&workspace);
    client.open(&main, "terraform", text);
    let hover = client.hover(&main, 5, 24);
    for part in [
        "aws_redshift_cluster.r.master_password",
        "through:     local `local.season`",
        "main.tf:2:",
        "a secret, by the schema",
    ] {
        assert!(hover.contains(part), "{part}: {hover}");
    }
    assert!(!hover.contains("Winter2024"), "{hover}");
    let finding = client.hover(&main, 1, 16);
    assert!(finding.contains("literal-in-local"), "{finding}");
    assert_eq!(client.hover(&main, 3, 0), "");
    assert_eq!(client.hover("file:///no/such/file.tf", 3, 0), "");
}

#[test]
fn actions_mend_and_suppress() {
    let text = "variable \"db_password\" {\n  type = string\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password = \"Tr0ub4dor\"\n}\n";
    let workspace = Workspace::new(&[("main.tf", text)]);
    let main = uri(&workspace.path().join("main.tf"));
    let capabilities = json!({"workspace": {"workspaceEdit": {"documentChanges": true}}});
    let (mut client, _) = Client::with_folders(&[&workspace.path()], capabilities);
    client.open(&main, "terraform", text);
    let safe = client.actions(&main, 0, 10, 10);
    let titles: Vec<&str> = safe
        .iter()
        .map(|action| action["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles,
        [
            "Add `sensitive = true`",
            "Suppress `variable-without-sensitive` here; write the reason",
            "Mend all that can be mended safely",
        ]
    );
    assert_eq!(safe[0]["isPreferred"], true);
    assert_eq!(
        safe[0]["edit"]["documentChanges"][0]["textDocument"]["version"],
        1
    );
    let mended = applied(text, &safe[0]);
    assert!(mended.contains("  sensitive = true\n"), "{mended}");
    assert_eq!(applied(text, &safe[2]), mended);

    let literal = client.actions(&main, 5, 15, 15);
    let unsafe_one = literal
        .iter()
        .find(|action| action["isPreferred"] == false)
        .unwrap();
    assert!(
        unsafe_one["title"]
            .as_str()
            .unwrap()
            .ends_with("(look at it afterwards)")
    );
    let suppress = literal
        .iter()
        .find(|action| {
            action["title"]
                .as_str()
                .unwrap()
                .contains("`literal-in-secret-argument`")
        })
        .unwrap();
    let suppressed = applied(text, suppress);
    let comment = "  # coffer-lint: allow(literal-in-secret-argument) <reason>\n  password = ";
    assert!(suppressed.contains(comment), "{suppressed}");
    // Until the reason is written the suppression does not count.
    client.write(&main, 2, &suppressed);
    let rules = client.rules(&main);
    assert!(
        rules.contains(&"unexplained-suppression".to_owned()),
        "{rules:?}"
    );
    assert!(
        rules.contains(&"literal-in-secret-argument".to_owned()),
        "{rules:?}"
    );
    client.write(&main, 3, &suppressed.replace("<reason>", "a test"));
    let rules = client.rules(&main);
    assert!(
        !rules.contains(&"literal-in-secret-argument".to_owned()),
        "{rules:?}"
    );
    let only = json!({"textDocument": {"uri": main}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}, "context": {"diagnostics": [], "only": ["source.fixAll"]}});
    assert_eq!(
        client
            .ask("textDocument/codeAction", only)
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn suppressions_of_templates_stand_where_they_count() {
    let yaml = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: |\n        abcdefg\n";
    let json_text = "{\n  \"Resources\": {\n    \"Db\": {\n      \"Type\": \"AWS::RDS::DBInstance\",\n      \"Properties\": {\n        \"MasterUserPassword\": \"abcdefg\"\n      }\n    }\n  }\n}\n";
    for (name, language, text, line, character) in [
        ("t.yaml", "yaml", yaml, 5, 10),
        ("t.json", "json", json_text, 5, 34),
    ] {
        let workspace = Workspace::new(&[(name, text)]);
        let uri = uri(&workspace.path().join(name));
        let mut client = Client::new(&workspace);
        client.open(&uri, language, text);
        let rule = "literal-in-secret-property".to_owned();
        assert!(client.rules(&uri).contains(&rule), "{name}");
        let actions = client.actions(&uri, line, character, character);
        let suppress = actions
            .iter()
            .find(|action| action["title"].as_str().unwrap().starts_with("Suppress"))
            .unwrap();
        let suppressed = applied(text, suppress).replace("<reason>", "a test");
        client.write(&uri, 2, &suppressed);
        let rules = client.rules(&uri);
        assert!(rules.is_empty(), "{rules:?}\n{suppressed}");
    }
}

/// A text after the edits of an action that concern one document.
fn applied(text: &str, action: &Value) -> String {
    let edit = &action["edit"];
    let edits = match edit["documentChanges"].as_array() {
        Some(documents) => documents[0]["edits"].clone(),
        None => edit["changes"]
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .clone(),
    };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let byte = |at: &Value| {
        let line = usize::try_from(at["line"].as_u64().unwrap()).unwrap();
        let before: usize = lines[..line.min(lines.len())]
            .iter()
            .map(|line| line.len())
            .sum();
        before + usize::try_from(at["character"].as_u64().unwrap()).unwrap()
    };
    let mut edits: Vec<(usize, usize, String)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let text = edit["newText"].as_str().unwrap().to_owned();
            (byte(&range["start"]), byte(&range["end"]), text)
        })
        .collect();
    edits.sort();
    let mut result = text.to_owned();
    for (start, end, new) in edits.iter().rev() {
        result.replace_range(start..end, new);
    }
    result
}

#[test]
fn folders_come_and_go_and_each_has_its_configuration() {
    let one = Workspace::new(&[("main.tf", LEAK)]);
    let two = Workspace::new(&[
        ("main.tf", LEAK),
        ("coffer-lint.toml", "select = [\"state\"]\n"),
    ]);
    let (first, second) = (
        uri(&one.path().join("main.tf")),
        uri(&two.path().join("main.tf")),
    );
    let mut client = Client::new(&one);
    client.open(&first, "terraform", LEAK);
    client.tell(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": {"added": [{"uri": uri(&two.path()), "name": "two"}], "removed": []}}),
    );
    client.open(&second, "terraform", LEAK);
    assert_eq!(client.rules(&first), ["literal-in-secret-argument"]);
    assert!(client.rules(&second).is_empty());
    std::fs::write(
        two.path().join("coffer-lint.toml"),
        "select = [\"nonsense\"]\n",
    )
    .unwrap();
    let changes =
        json!({"changes": [{"uri": uri(&two.path().join("coffer-lint.toml")), "type": 2}]});
    client.tell("workspace/didChangeWatchedFiles", changes);
    assert_eq!(
        client.rules(&second),
        ["literal-in-secret-argument"],
        "defaults hold"
    );
    let complaint = client
        .said
        .iter()
        .find(|said| said["method"] == "window/showMessage");
    let message = complaint.unwrap()["params"]["message"].as_str().unwrap();
    assert!(
        message.contains("coffer-lint.toml:1:11: `nonsense` is neither"),
        "{message}"
    );
    client.tell(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": {"added": [], "removed": [{"uri": uri(&one.path()), "name": "one"}]}}),
    );
    assert!(client.rules(&first).is_empty());
}

#[test]
fn documents_without_a_file_or_outside_of_the_workspace_are_checked_too() {
    let workspace = Workspace::new(&[("main.tf", "")]);
    let outside = Workspace::new(&[(
        "v.tf",
        "variable \"login\" {\n  default = \"Tr0ub4dor\"\n}\n",
    )]);
    let mut client = Client::new(&workspace);
    client.open("untitled:Untitled-1", "terraform", LEAK);
    assert_eq!(
        client.rules("untitled:Untitled-1"),
        ["literal-in-secret-argument"]
    );
    let main = uri(&outside.path().join("main.tf"));
    client.open(&main, "terraform", CLEAN);
    let values = uri(&outside.path().join("v.tf"));
    assert!(
        client
            .rules(&values)
            .contains(&"literal-in-variable-default".to_owned())
    );
}

#[test]
fn a_request_that_is_taken_back_is_not_begun() {
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let main = uri(&workspace.path().join("main.tf"));
    let mut client = Client::new(&workspace);
    client.open(&main, "terraform", LEAK);
    client.settle();
    // All in one write, so that the request waits when it is taken back.
    let message = |value: Value| {
        let body = value.to_string();
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let params = json!({"textDocument": {"uri": main}, "position": {"line": 1, "character": 4}});
    let mut bytes = String::new();
    for id in [500, 501] {
        bytes.push_str(&message(
            json!({"jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": params}),
        ));
    }
    bytes.push_str(&message(
        json!({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 501}}),
    ));
    client.raw(bytes.as_bytes());
    assert!(client.answer(500).get("result").is_some());
    let second = client.answer(501);
    // Where the server was quicker than the pipe, an answer is right as well.
    assert!(
        second["error"]["code"] == -32800 || second.get("result").is_some(),
        "{second}"
    );
}

#[test]
fn odd_input_is_answered_and_never_ends_the_server() {
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let main = uri(&workspace.path().join("main.tf"));
    let mut client = Client::new(&workspace);
    client.raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    client.raw(b"Content-Length: 2\r\nX: y\r\n\r\n\xff\xfe");
    client.tell("textDocument/didOpen", json!(7));
    client.tell(
        "textDocument/didChange",
        json!({"textDocument": {"uri": "%%%", "version": 1}, "contentChanges": []}),
    );
    client.tell("no/such/thing", json!([1, 2]));
    let id = client.begin("textDocument/hover", json!({"position": -1}));
    assert_eq!(client.answer(id)["error"]["code"], -32602);
    let id = client.begin("no/such/request", Value::Null);
    assert_eq!(client.answer(id)["error"]["code"], -32601);
    client.open(&main, "terraform", "resource \"a\" \"b\" {\n  x = \"${");
    // Ranges that do not exist, turned round, or within a character.
    let at = |line: u64, character: u64| json!({"line": line, "character": character});
    for (start, end, text) in [
        (at(4_294_967_295, 4_294_967_295), at(0, 0), "é𝄞"),
        (at(1, 9), at(0, 3), "x"),
        (at(0, 1), at(0, 2), "\u{feff}\r"),
        (at(0, 0), at(99, 99), "𝄞𝄞"),
        (at(0, 1), at(0, 3), ""),
    ] {
        client.tell(
            "textDocument/didChange",
            json!({"textDocument": {"uri": main, "version": 2}, "contentChanges": [{"range": {"start": start, "end": end}, "text": text}]}),
        );
        client.actions(&main, 0, 0, 99);
        client.hover(&main, 1, 7);
    }
    client.write(&main, 9, LEAK);
    assert_eq!(client.rules(&main), ["literal-in-secret-argument"]);
}

#[test]
fn the_status_tells_whether_the_end_was_announced() {
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let mut client = Client::new(&workspace);
    assert_eq!(client.ask("shutdown", Value::Null), Value::Null);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), (0, String::new()));
    let mut client = Client::new(&workspace);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), (1, String::new()));
    let mut client = Client::new(&workspace);
    client.raw(b"no header at all\r\n\r\nTr0ub4dor");
    let (code, errors) = client.end();
    assert_eq!(code, 2);
    assert!(
        errors.contains("Content-Length") && !errors.contains("Tr0ub4dor"),
        "{errors}"
    );
}
