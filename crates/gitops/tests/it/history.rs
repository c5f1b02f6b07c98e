//! What a repository ever held.

use seawall_gitops::{History, Selection};

use crate::repository::Folder;

fn all(place: &str, selection: &Selection) -> Vec<(String, String, bool, String)> {
    let history = History::open(place).unwrap();
    let walked = history.walk(selection, &|path| !path.starts_with("skip/")).unwrap();
    let (read, problems) = history.read(&walked.blobs, 100, |blob, bytes| {
        let brought = &walked.commits[blob.commit];
        vec![(
            blob.path.clone(),
            String::from_utf8_lossy(bytes).into_owned(),
            blob.current,
            brought.commit.clone(),
        )]
    });
    assert!(problems.iter().all(|problem| problem.contains("more than the 100")), "{problems:?}");
    read
}

#[test]
fn every_content_once_with_the_commit_that_brought_it() {
    let folder = Folder::with(&[("a.txt", "one"), ("skip/b.txt", "no"), ("large", &"x".repeat(200))]);
    let first = folder.git(&["rev-parse", "HEAD"]).trim().to_owned();
    folder.write("a.txt", "two");
    folder.write("copy/a.txt", "one");
    folder.git(&["add", "."]);
    folder.git(&["commit", "--quiet", "--message=second"]);
    let second = folder.git(&["rev-parse", "HEAD"]).trim().to_owned();
    folder.git(&["checkout", "--quiet", "-b", "side", &first]);
    folder.write("side.txt", "three");
    folder.git(&["add", "."]);
    folder.git(&["commit", "--quiet", "--message=side"]);
    let side = folder.git(&["rev-parse", "HEAD"]).trim().to_owned();
    folder.git(&["checkout", "--quiet", "main"]);
    folder.git(&["rm", "--quiet", "copy/a.txt"]);
    folder.git(&["commit", "--quiet", "--message=third"]);

    let place = folder.path().display().to_string();
    let row = |path: &str, text: &str, current: bool, commit: &str| {
        (path.to_owned(), text.to_owned(), current, commit.to_owned())
    };
    let mut found = all(&place, &Selection::default());
    found.sort();
    assert_eq!(
        found,
        [
            row("a.txt", "one", false, &first),
            row("a.txt", "two", true, &second),
            row("side.txt", "three", false, &side)
        ]
    );
    let main = Selection { revision: Some("main".into()), ..Selection::default() };
    assert_eq!(all(&place, &main).len(), 2);
    let tip = Selection { tip_only: true, ..Selection::default() };
    assert_eq!(all(&place, &tip).iter().map(|row| row.1.as_str()).collect::<Vec<_>>(), ["two"]);
    let url = format!("file://{}", folder.bare().display());
    assert_eq!(all(&url, &Selection::default()).len(), 3);
    let history = History::open(&place).unwrap();
    assert!(
        history
            .walk(&Selection { revision: Some("nowhere".into()), ..Selection::default() }, &|_| true)
            .is_err()
    );

    folder.write("new.txt", "four");
    folder.write(".gitignore", "ignored.txt\n");
    folder.write("ignored.txt", "five");
    let mut changed = history.changed().unwrap();
    changed.sort();
    assert_eq!(changed, [".gitignore", "new.txt"]);
    assert!(History::open("/nowhere/at/all").is_err());
}

#[test]
fn since_leaves_out_what_was_there_before() {
    let folder = Folder::with(&[("a.txt", "one")]);
    folder.write("b.txt", "two");
    folder.git(&["add", "."]);
    folder.git(&["-c", "user.name=a", "commit", "--quiet", "--message=later", "--date=2026-06-01T00:00:00Z"]);
    let place = folder.path().display().to_string();
    let since = |since: i64| all(&place, &Selection { since: Some(since), ..Selection::default() }).len();
    assert_eq!(since(0), 2);
    assert_eq!(since(i64::MAX), 0);
}

#[test]
fn a_repository_without_a_commit_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let status =
        std::process::Command::new("git").args(["init", "--quiet"]).arg(folder.path()).status().unwrap();
    assert!(status.success());
    let history = History::open(&folder.path().display().to_string()).unwrap();
    let walked = history.walk(&Selection::default(), &|_| true).unwrap();
    assert_eq!(walked.problems, ["the repository has no commit yet"]);
}
