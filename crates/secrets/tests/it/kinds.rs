//! Every kind that Trivy knows, found and masked.

use std::collections::BTreeSet;

use seawall_findings::{FindingKind, Severity};
use seawall_secrets::{Options, Scanner, known};

use crate::corpus::{Dice, HEX, checked, lines};

#[test]
fn every_kind_of_trivy_is_found_by_its_id() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let mut missing = Vec::new();
    for seed in 1..6 {
        for (id, file, line) in lines(seed) {
            let findings = scanner.scan(file, format!("first line\n{line}\n").as_bytes());
            let ids: Vec<&str> = findings.iter().map(|finding| finding.id.as_str()).collect();
            if ids != [id] {
                missing.push(format!("{id}: {ids:?} in {line}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let kinds: BTreeSet<&str> = lines(1).iter().map(|(id, ..)| *id).collect();
    assert_eq!(kinds.len(), 105, "Trivy 0.74 has 105 rules");
    assert!(known().count() > 250);
}

#[test]
fn no_secret_is_shown() {
    let scanner = Scanner::new(Options::default()).unwrap();
    for seed in 10..20 {
        let all: Vec<_> = lines(seed).into_iter().map(|(_, _, line)| line).collect();
        for text in [all.join("\n"), all.join(" ")] {
            for finding in scanner.scan("all.txt", text.as_bytes()) {
                assert_eq!(finding.kind, FindingKind::Secret);
                let shown = format!("{finding:?}");
                // Whatever was random in the text is shown by four characters at most.
                for part in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| part.len() >= 28) {
                    assert!(!shown.contains(&part[8..28]), "{}: {part} in {shown}", finding.id);
                }
            }
        }
    }
}

#[test]
fn the_place_and_the_masked_line() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let token = checked(&mut Dice::new(3), "ghp_", 30);
    let text = format!("# schlüssel\n  export TOKEN='{token}' # ü\n\nagain {token}\n");
    let findings = scanner.scan("deploy.sh", text.as_bytes());
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    assert_eq!((finding.position.unwrap().line, finding.position.unwrap().column), (2, 17));
    assert_eq!(finding.severity, Severity::Critical);
    insta::assert_snapshot!(finding.evidence.as_deref().unwrap(), @"export TOKEN='ghp_**** (its checksum holds); also on line 4");
}

#[test]
fn a_checksum_that_does_not_hold_is_low() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let text = format!("TOKEN={}{}", "ghp_", "012345678901234567890123456789abcdef");
    let findings = scanner.scan("a.txt", text.as_bytes());
    assert_eq!((findings[0].id.as_str(), findings[0].severity), ("github-pat", Severity::Low));
}

#[test]
fn in_tests_and_documents_only_what_is_proven_counts() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let dice = &mut Dice::new(4);
    let text = format!("{}\nshpss_{}\n", checked(dice, "ghp_", 30), dice.text(HEX, 32));
    for path in ["README.md", "tests/a.py", "examples/deploy.sh"] {
        let findings = scanner.scan(path, text.as_bytes());
        assert_eq!(findings.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["github-pat"], "{path}");
    }
    assert_eq!(scanner.scan("src/a.py", text.as_bytes()).len(), 2);
}

#[test]
fn private_keys_are_whole_or_none() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let body = Dice::new(5).text(crate::corpus::ALL, 64);
    let block = |label: &str, body: &str, end: &str| {
        format!("-----BEGIN {label}-----\n{body}\n-----END {end}-----\n")
    };
    let found = |text: &str| scanner.scan("key.txt", text.as_bytes());
    let key = "PRIVATE KEY";
    assert_eq!(found(&block(key, &body, key)).len(), 1);
    assert_eq!(found(&block(key, &body, key).replace('\n', "\\n")).len(), 1, "on one line");
    let openssh = format!("OPENSSH {key}");
    assert_eq!(found(&block(&openssh, &body, &openssh)).len(), 1);
    let encrypted = found(&block(
        &format!("RSA {key}"),
        &format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}"),
        &format!("RSA {key}"),
    ));
    assert_eq!(encrypted[0].severity, Severity::Medium);
    assert_eq!(found(&block("PUBLIC KEY", &body, "PUBLIC KEY")).len(), 0);
    assert_eq!(found(&block(key, &body, "RSA PRIVATE KEY")).len(), 0, "labels differ");
    assert_eq!(found(&block(key, "...", key)).len(), 0);
    assert_eq!(found(&block(key, "{{ .Values.key }}", key)).len(), 0);
    assert_eq!(found(&format!("-----BEGIN {key}-----\n{body}")).len(), 0, "cut off");
    let mut program = b"\x7fELF\0\0\0".to_vec();
    program.extend_from_slice(block(key, &body, key).as_bytes());
    assert_eq!(scanner.scan("bin/app", &program).len(), 1, "in a program");
}

#[test]
fn utf_16_is_read() {
    let scanner = Scanner::new(Options::default()).unwrap();
    let text = format!("\u{feff}token: {}\r\n", checked(&mut Dice::new(6), "ghp_", 30));
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(scanner.scan("a.ps1", &wide).len(), 1);
}

#[test]
fn comments_let_findings_stand() {
    let scanner = Scanner::new(Options::default().on("2026-11-24")).unwrap();
    let token = checked(&mut Dice::new(7), "ghp_", 30);
    let one = |text: String| scanner.scan("a.sh", text.as_bytes()).remove(0).suppressed;
    assert!(one(format!("T={token}")).is_none());
    assert!(one(format!("T={token} # gitleaks:allow")).is_some());
    assert!(one(format!("# seawall:ignore github-pat revoked\nT={token}")).is_some());
    assert!(one(format!("T={token} # seawall:ignore jwt-token")).is_none());
    assert!(one(format!("T={token} # seawall:ignore github-pat old until=2026-01-01")).is_none());
}

#[test]
fn what_is_wanted() {
    let scanner = Scanner::new(Options::default()).unwrap();
    assert!(scanner.wants("app/.env", 20) && scanner.wants("a.py", 1 << 20));
    assert!(!scanner.wants("a.png", 100) && !scanner.wants("a.py", 5) && !scanner.wants("a.py", 1 << 40));
    assert!(!scanner.wants("node_modules/a/b.js", 100));
}
