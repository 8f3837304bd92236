//! Mutated input for every source and for resolution: nothing panics, hangs, or points outside of its file.
//!
//! A fixed number of cases runs with the other tests, the same ones each time. By hand and in CI,
//! `COFFER_LINT_FUZZ_CASES=1000000 cargo test --release -p coffer-lint --test lint fuzz::` runs as many
//! as wanted; `COFFER_LINT_FUZZ_SEED` starts elsewhere. A failure names the seed that repeats it.

use std::path::Path;

use coffer_lint::run::Run;
use coffer_lint::source::SourceFile;

const DEFAULT_CASES: u64 = 1_500;
/// Longest input.
const MAX_BYTES: usize = 4096;

/// A small generator of numbers (xorshift64*), so that a seed says everything.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit.max(1)
    }
}

/// Pieces of all syntaxes: what a mutation puts in.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "\\",
    "${",
    "%{",
    "$${",
    "~}",
    "<<EOT\n",
    "<<-EOT\n",
    "EOT\n",
    "\n",
    "\r\n",
    "\t",
    " ",
    "=",
    ":",
    ",",
    ".",
    "*",
    "?",
    "=>",
    "...",
    "#",
    "//",
    "/*",
    "*/",
    "&a ",
    "*a",
    "!Sub ",
    "!Ref ",
    "!GetAtt ",
    "---\n",
    "|\n",
    ">-\n",
    "- ",
    "Fn::Join",
    "Fn::ForEach::X",
    "null",
    "true",
    "0",
    "-1",
    "1e99",
    "\u{feff}",
    "é",
    "😀",
    "\u{0}",
    "\\u00",
    "\\ud83d",
    "for x in ",
    "local.a",
    "var.a",
    "each.value",
    "module.m.o",
    "[*]",
    "jsondecode(",
    "templatefile(\"a\", {})",
    "base64decode(\"",
    "format(\"%s%",
    "split(\"\",",
    "VHIwdWI0ZG9y",
    "-----BEGIN PRIVATE KEY-----",
    "AKIA",
    "password=",
    "https://a:b@c",
    "{{resolve:",
];

fn mutate(numbers: &mut Numbers, seeds: &[&str]) -> Vec<u8> {
    let seed = seeds
        .get(numbers.below(seeds.len()))
        .copied()
        .unwrap_or_default();
    let mut bytes = seed.as_bytes().to_vec();
    for _ in 0..=numbers.below(8) {
        let at = numbers.below(bytes.len() + 1);
        let len = numbers.below(24).min(bytes.len() - at);
        match numbers.below(7) {
            0 => drop(bytes.drain(at..at + len)),
            1 => {
                let copy = bytes[at..at + len].to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            2 if at < bytes.len() => bytes[at] = numbers.next() as u8,
            3 => {
                let times = 1 + numbers.below(60);
                let piece = PIECES[numbers.below(PIECES.len())].repeat(times);
                bytes.splice(at..at, piece.into_bytes());
            }
            4 => bytes.truncate(at),
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at + len, piece.bytes());
            }
        }
        bytes.truncate(MAX_BYTES);
    }
    bytes
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Runs the whole linter over mutated files of one name and looks at every place that it reports.
fn target(name: &str, seeds: &[&str]) {
    let first = setting("COFFER_LINT_FUZZ_SEED", 1);
    for seed in first..first + setting("COFFER_LINT_FUZZ_CASES", DEFAULT_CASES) {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let bytes = mutate(&mut numbers, seeds);
        let outcome = std::panic::catch_unwind(|| {
            let files = [SourceFile::parse_linked(Path::new(name), bytes.clone())];
            let added = Default::default();
            let run = Run::new(&files, &added);
            let text = &files[0].text;
            assert_eq!(text.len(), bytes.len(), "offsets are those of the file");
            for finding in run.findings(coffer_lint::rules::RULES) {
                assert!(
                    text.get(finding.at.range()).is_some(),
                    "{}: {:?}",
                    finding.rule.id,
                    finding.at
                );
            }
            for trouble in &files[0].troubles {
                assert!(trouble.at.start as usize <= text.len());
            }
        });
        assert!(
            outcome.is_ok(),
            "{name}: COFFER_LINT_FUZZ_SEED={seed} COFFER_LINT_FUZZ_CASES=1"
        );
    }
}

const HCL: &[&str] = &[
    "locals {\n  a = { for k, v in var.m : k => v if v != \"\" }\n  b = [for x in local.c : \"${x}-y\"]\n  c = concat(local.b, [\"z\"])\n}\n",
    "variable \"pw\" {\n  default = \"Tr0ub4dor\"\n}\nresource \"aws_db_instance\" \"d\" {\n  for_each = { a = var.pw }\n  password = join(\"-\", [each.value, local.x[0].y])\n  dynamic \"x\" {\n    for_each = var.l\n    content {\n      y = x.value\n    }\n  }\n}\nlocals {\n  x = [{ y = var.pw }]\n}\n",
    "resource \"aws_instance\" \"i\" {\n  user_data = <<-EOT\n    #!/bin/sh\n    export DB_PASSWORD=${var.p}\n    %{ if a }echo 'x:y' | chpasswd%{ endif }\n  EOT\n}\n",
    "output \"o\" {\n  value = jsondecode(jsonencode({ a = [1, \"b\"] })).a[*]\n}\nmodule \"m\" {\n  source = \"./\"\n  pw = module.m.o\n}\n",
    "provider \"aws\" {\n  secret_key = base64decode(\"VHIwdWI0ZG9y\")\n  token = cond ? \"a\" : try(yamldecode(\"a: b\").a, substr(\"abc\", 1, -1))\n}\n",
];

const YAML: &[&str] = &[
    "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  P: {Type: String, NoEcho: true, Default: tr0ub4dor, AllowedValues: [a, b]}\nMappings:\n  M:\n    a: {b: c}\nResources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Join ['', [!Ref P, !FindInMap [M, a, b], !Sub '${P}x']]\n",
    "Resources:\n  Fn::ForEach::L:\n    - X\n    - [a, b]\n    - D${X}:\n        Type: AWS::RDS::DBInstance\n        Properties: &a\n          MasterUserPassword: !Select [1, !Split [':', !Ref X]]\n  E:\n    Type: AWS::EC2::Instance\n    Properties:\n      <<: *a\n      UserData:\n        Fn::Base64: |\n          #!/bin/sh\n          export PASSWORD=Tr0ub4dor\n",
    "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: template.yaml\n      Parameters: {P: !GetAtt S.Outputs.O}\nOutputs:\n  O:\n    Value: !ImportValue e\n    Export: {Name: e}\n---\nResources: {}\n",
];

const JSON: &[&str] = &[
    r#"{"Resources": {"D": {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": {"Fn::Join": ["", ["tr0ub", {"Ref": "P"}]]}}}}, "Parameters": {"P": {"Type": "String", "Default": "\u0061bc"}}}"#,
    r#"{"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "{\"password\":\"tr0ub4dor\"}"}}}}"#,
];

#[test]
fn hcl() {
    target("main.tf", HCL);
}

#[test]
fn terragrunt() {
    target(
        "terragrunt.hcl",
        &[
            "terraform {\n  source = \"./m//x\"\n}\ninputs = merge(local.a, { db_password = get_env(\"A\", \"b\") })\nremote_state {\n  backend = \"s3\"\n  config = { secret_key = \"a\" }\n}\n",
        ],
    );
}

#[test]
fn values_of_variables() {
    target(
        "terraform.tfvars",
        &["db_password = \"Tr0ub4dor\"\nm = { a = [\"b\", { token = \"c\" }] }\n"],
    );
}

#[test]
fn terraform_json() {
    target(
        "main.tf.json",
        &[
            r#"{"resource": {"aws_db_instance": {"d": {"password": "${join(\"-\", [\"a\", var.p])}"}}}, "locals": [{"a": "%{if x}y%{endif}"}], "variable": {"p": {"default": "\u0061"}}}"#,
        ],
    );
}

#[test]
fn cloudformation_yaml() {
    target("template.yaml", YAML);
}

#[test]
fn cloudformation_json() {
    target("template.json", JSON);
}

#[test]
fn state_and_plan() {
    target(
        "terraform.tfstate",
        &[
            r#"{"version": 4, "resources": [{"mode": "managed", "type": "aws_db_instance", "name": "d", "instances": [{"attributes": {"password": "abc", "tags": {"a": null}}}]}], "outputs": {"o": {"value": "x", "sensitive": true}}}"#,
            r#"{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [{"type": "random_password", "name": "p", "values": {"result": "abc"}}]}}}"#,
        ],
    );
}

#[test]
fn scripts_and_environment_files() {
    let seeds = [
        "DB_PASSWORD=Tr0ub4dor\nURL=postgres://a:b@c/d\nAuthorization: Basic YXBwOlRyMHViNGRvciYz\n",
        "#!/bin/sh\ncurl -u a:${b} https://x\nmysql -pTr0ub4dor\n-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n",
    ];
    target(".env", &seeds);
    target("run.sh.tpl", &seeds);
}
