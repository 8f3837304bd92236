const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const command = workspace.getConfiguration("coffer-lint").get("command");
  const languages = ["terraform", "terraform-vars", "opentofu", "hcl", "yaml", "json"];
  client = new LanguageClient(
    "coffer-lint",
    "coffer-lint",
    { command, args: ["lsp"] },
    { documentSelector: languages.map((language) => ({ language })) },
  );
  await client.start();
};

exports.deactivate = () => client?.stop();
