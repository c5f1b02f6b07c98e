//! The files of one commit.

use seawall_gitops::{GitopsError, Snapshot, TreeLimits, is_url, read_tree};

use crate::repository::Folder;

const LIMITS: TreeLimits = TreeLimits { files: 10, file: 100 };

fn files(place: &str, reference: Option<&str>) -> Result<(Vec<String>, Snapshot), GitopsError> {
    let mut files = Vec::new();
    let snapshot = read_tree(place, reference, LIMITS, |file| {
        files.push(format!("{} {:o} {}", file.path, file.mode, String::from_utf8_lossy(file.bytes)));
    })?;
    Ok((files, snapshot))
}

#[test]
fn a_commit_is_read_by_branch_tag_and_id() {
    let folder = Folder::with(&[("a.txt", "one"), ("b/c.txt", "two")]);
    let first = folder.git(&["rev-parse", "HEAD"]).trim().to_owned();
    folder.git(&["tag", "v1"]);
    folder.write("a.txt", "three");
    folder.write("large", &"x".repeat(200));
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
    folder.git(&["add", "."]);
    folder.git(&["update-index", "--chmod=+x", "a.txt"]);
    folder.git(&["commit", "--quiet", "--message=second"]);
    // What is not committed is not read.
    folder.write("a.txt", "four");

    let place = folder.path().display().to_string();
    let (now, snapshot) = files(&place, None).unwrap();
    assert_eq!(now, ["a.txt 755 three", "b/c.txt 644 two"]);
    assert_eq!(snapshot.problems, ["`large` has 200 bytes; at most 100 are read"]);
    for reference in ["v1", first.as_str(), &first[..10], "main~1"] {
        assert_eq!(files(&place, Some(reference)).unwrap().0, ["a.txt 644 one", "b/c.txt 644 two"]);
    }
    let below = folder.path().join("b").display().to_string();
    assert_eq!(files(&below, Some("v1")).unwrap().1.commit, first, "from a folder within");

    let bare = folder.bare().display().to_string();
    assert_eq!(files(&bare, None).unwrap().0, now);
    let url = format!("file://{bare}");
    assert!(is_url(&url) && !is_url(&bare));
    assert_eq!(files(&url, None).unwrap().0, now);
    assert_eq!(files(&url, Some("v1")).unwrap().1.commit, first);
    for wrong in ["v2", "--upload-pack=x", ""] {
        assert!(files(&place, Some(wrong)).is_err(), "{wrong}");
        assert!(files(&url, Some(wrong)).is_err(), "{wrong}");
    }
    assert!(files("/nonexistent", None).is_err());
}

#[test]
fn more_files_than_are_read_are_refused() {
    let names: Vec<String> = (0..11).map(|n| format!("{n}.txt")).collect();
    let list: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let folder = Folder::with(&list);
    let error = files(&folder.path().display().to_string(), None).unwrap_err();
    assert!(error.to_string().contains("more than are read"), "{error}");
}
