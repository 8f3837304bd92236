//! What git tells, by its plumbing.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

/// Why git could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// git could not be started.
    #[error(
        "git could not be started ({0}); it has to be on the PATH to tell what changed and when"
    )]
    NoGit(std::io::Error),
    /// git refused.
    #[error("git: {0}")]
    Refused(String),
    /// The history is cut off.
    #[error(
        "this clone is shallow, so most of its history is not here; `git fetch --unshallow` brings it"
    )]
    Shallow,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Commit {
    /// Its hash.
    pub id: String,
    /// Its day, as `YYYY-MM-DD`.
    pub date: String,
    /// The name of its author.
    pub author: String,
}

impl Commit {
    /// Its short hash, day and author, for people.
    pub fn named(&self) -> String {
        let id = self.id.get(..12).unwrap_or(&self.id);
        format!("{id} of {} by {}", self.date, self.author)
    }
}

/// A file as a commit left it.
#[derive(Clone, Debug)]
pub struct Blob {
    /// The hash of its content.
    pub id: String,
    /// Its path, seen from the root of the repository.
    pub path: PathBuf,
    /// The first commit that has it.
    pub commit: Arc<Commit>,
}

/// Runs git and gives what it prints.
///
/// # Errors
/// When git is missing or refuses.
pub fn ask(folder: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let bytes = run(folder, arguments)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let output = command(folder, arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(GitError::NoGit)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(GitError::Refused(text.trim().to_owned()));
    }
    Ok(output.stdout)
}

/// What is staged for a path, seen from the root of the repository.
///
/// # Errors
/// When git is missing, or nothing is staged there.
pub fn staged(root: &Path, path: &Path) -> Result<Vec<u8>, GitError> {
    let name = format!(":{}", path.to_string_lossy().replace('\\', "/"));
    run(root, &["cat-file", "blob", &name])
}

/// Whether the index of the repository around the folder holds a file of it.
pub fn is_tracked(folder: &Path, name: &str) -> bool {
    // No program that the repository names is to run.
    let options = ["--literal-pathspecs", "-c", "core.fsmonitor=false"];
    let listed = ask(
        folder,
        &[&options[..], &["ls-files", "-z", "--", name]].concat(),
    );
    listed.is_ok_and(|listed| !listed.is_empty())
}

/// The folder at the root of the working tree that holds a folder.
///
/// # Errors
/// When git is missing or the folder is in no working tree.
pub fn root(folder: &Path) -> Result<PathBuf, GitError> {
    Ok(PathBuf::from(
        ask(folder, &["rev-parse", "--show-toplevel"])?.trim_end(),
    ))
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command
}

/// Every file that any commit of any branch or tag brought, each content once, the oldest commit first.
///
/// # Errors
/// When git is missing or refuses, or the clone is shallow.
pub fn blobs(
    folder: &Path,
    paths: &[PathBuf],
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<Blob>, GitError> {
    if ask(folder, &["rev-parse", "--is-shallow-repository"])?.trim() == "true" {
        return Err(GitError::Shallow);
    }
    // A merge is told where its result is that of neither side.
    let arguments = [
        "log",
        "--all",
        "--reverse",
        "--topo-order",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--diff-merges=combined",
        "--diff-filter=AMRT",
        "--date=short",
        "-z",
        "--format=%x01%H%x02%ad%x02%an",
        "--",
    ];
    let mut child = command(folder, &arguments)
        .args(paths)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(GitError::NoGit)?;
    let mut log = Log::default();
    if let Some(output) = child.stdout.take() {
        for token in BufReader::new(output).split(0) {
            let token = token.map_err(|error| GitError::Refused(error.to_string()))?;
            log.take(&String::from_utf8_lossy(&token), &is_wanted);
        }
    }
    ended(child)?;
    Ok(log.blobs)
}

/// Fails with what git says where it did not succeed.
fn ended(child: Child) -> Result<(), GitError> {
    let output = child
        .wait_with_output()
        .map_err(|error| GitError::Refused(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(GitError::Refused(text.trim().to_owned()))
}

/// The raw log as it is read, token by token.
#[derive(Default)]
struct Log {
    commit: Option<Arc<Commit>>,
    /// The content that the next path belongs to.
    next: Option<String>,
    seen: HashSet<(String, String)>,
    blobs: Vec<Blob>,
}

impl Log {
    fn take(&mut self, token: &str, is_wanted: &impl Fn(&Path) -> bool) {
        if let Some(id) = self.next.take() {
            let kind = token.rsplit('/').next().unwrap_or(token).to_owned();
            // The same content under another name may be read in another way.
            if let Some(commit) = &self.commit
                && is_wanted(Path::new(token))
                && self.seen.insert((id.clone(), kind))
            {
                self.blobs.push(Blob {
                    id,
                    path: PathBuf::from(token),
                    commit: Arc::clone(commit),
                });
            }
            return;
        }
        let token = token.trim_start_matches('\n');
        if let Some(head) = token.strip_prefix('\u{1}') {
            // The first change may stand in the same token, after a line end.
            let (head, rest) = head.split_once('\n').unwrap_or((head, ""));
            let mut parts = head.splitn(3, '\u{2}').map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            self.commit = Some(Arc::new(Commit {
                id: part(),
                date: part(),
                author: part(),
            }));
            self.take(rest, is_wanted);
        } else if token.starts_with(':') {
            self.next = changed(token);
        }
    }
}

/// `:100644 100644 <old> <new> M` -> `<new>`, with as many colons, modes and hashes as a merge has sides.
fn changed(line: &str) -> Option<String> {
    let sides = line.bytes().take_while(|byte| *byte == b':').count();
    let words: Vec<&str> = line.trim_start_matches(':').split(' ').collect();
    let (mode, id) = (words.get(sides)?, words.get(2 * sides + 1)?);
    // Links and submodules are no files.
    mode.starts_with("100").then(|| (*id).to_owned())
}

/// The contents of blobs, one after the other, as `git cat-file --batch` writes them.
pub struct Contents {
    output: BufReader<ChildStdout>,
    max_size: u64,
    child: Child,
}

impl Contents {
    /// Starts to read the contents of these blobs, in their order.
    ///
    /// # Errors
    /// When git is missing.
    pub fn of(folder: &Path, blobs: &[Blob], max_size: u64) -> Result<Self, GitError> {
        let mut child = command(folder, &["cat-file", "--batch", "--buffer"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::NoGit)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(GitError::Refused("no stream".to_owned()));
        };
        let ids: Vec<String> = blobs.iter().map(|blob| format!("{}\n", blob.id)).collect();
        // git answers while it is asked: both at once, or both wait for ever.
        std::thread::spawn(move || {
            // Where git has ended there is nothing left to ask.
            let _ = ids.iter().try_for_each(|id| input.write_all(id.as_bytes()));
        });
        Ok(Self {
            output: BufReader::new(output),
            max_size,
            child,
        })
    }
}

impl Iterator for Contents {
    type Item = std::io::Result<Vec<u8>>;

    /// The next content; an error where it is too large or not there, and `None` where git has ended.
    fn next(&mut self) -> Option<Self::Item> {
        let mut header = String::new();
        if self.output.read_line(&mut header).ok()? == 0 {
            return None;
        }
        let mut words = header.split_whitespace().skip(1);
        let Some(size) = words.nth(1).and_then(|size| size.parse::<u64>().ok()) else {
            return Some(Err(std::io::Error::other(
                "this content is not in the clone",
            )));
        };
        let mut rest = self.output.by_ref().take(size + 1);
        if size > self.max_size {
            std::io::copy(&mut rest, &mut std::io::sink()).ok()?;
            let what = format!("larger than {} bytes", self.max_size);
            return Some(Err(std::io::Error::other(what)));
        }
        let mut bytes = Vec::new();
        rest.read_to_end(&mut bytes).ok()?;
        // The line end after the content.
        bytes.pop();
        Some(Ok(bytes))
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_content_of_a_change_or_merge_is_found() {
        for (line, id) in [
            (":000000 100644 000 abc A", Some("abc")),
            ("::100644 100644 100755 aa bb abc MM", Some("abc")),
            (":000000 120000 000 abc A", None),
            (":000000 160000 000 abc A", None),
            (":", None),
        ] {
            assert_eq!(changed(line).as_deref(), id, "{line}");
        }
    }
}
