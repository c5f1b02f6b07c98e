//! Secrets that only their name gives away, and what is none.

use seawall_secrets::{Options, Scanner};

fn ids(path: &str, text: &str) -> Vec<String> {
    let scanner = Scanner::new(Options::default()).unwrap();
    scanner.scan(path, text.as_bytes()).into_iter().map(|finding| finding.id).collect()
}

#[test]
fn values_that_look_random_are_found() {
    for (path, text, id) in [
        ("src/app.py", "DB_PASSWORD = \"Tr0ub4dor&3x!\"\n", "generic-password"),
        ("app.env", "SECRET_KEY=x7Kq2mZ9vB4tLw8RnC3yPd6F\n", "generic-secret"),
        ("config.yaml", "apiToken: x7Kq2mZ9vB4tLw8RnC3yPd6F\n", "generic-secret"),
        ("a.json", "{\"client_secret\": \"x7Kq2mZ9vB4tLw8RnC3yPd6F\"}", "generic-secret"),
        ("a.xml", "<password>Tr0ub4dor-3x</password>", "generic-password"),
        ("a.sh", "curl postgres://app:Tr0ub4dor3x@db.internal:5432/app", "url-credentials"),
        ("a.sh", "curl -H 'Authorization: Basic cm9ib3Q6VHIwdWI0ZG9yM3g='", "basic-auth-header"),
    ] {
        assert_eq!(ids(path, text), [id], "{text}");
    }
}

#[test]
fn what_is_none_is_not_found() {
    for (path, text) in [
        ("a.py", "password = os.environ['PASSWORD']"),
        ("a.py", "password = getpass.getpass('Password: ')"),
        ("a.go", "Token: config.Token.Value,"),
        ("a.rs", "let token = parse_token(input)?;"),
        ("a.js", "if (token == 'x7Kq2mZ9vB4tLw8RnC3yPd6F') {}"),
        ("values.yaml", "password: ${DB_PASSWORD}"),
        ("values.yaml", "password: {{ .Values.password }}"),
        ("values.yaml", "existingSecret: shop-database-credentials"),
        ("values.yaml", "secretName: wildcard-tls-2024"),
        ("values.yaml", "tokenUrl: https://idp.internal/oauth/token/9f86d081884c7d65"),
        ("values.yaml", "password: changeme"),
        ("values.yaml", "password: \"********\""),
        ("a.yaml", "secretKey: database-password"),
        ("a.tf", "client_secret = var.client_secret"),
        ("a.tf", "token_id = \"x7Kq2mZ9vB4tLw8RnC3yPd6F\""),
        ("a.ts", "publicKeyToken = 'b77a5c561934e089'"),
        ("a.py", "next_page_token = 'x7Kq2mZ9vB4tLw8RnC3yPd6F'"),
        ("a.py", "api_key = '123e4567-e89b-12d3-a456-426614174000'"),
        ("a.css", "background: url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA)"),
        ("a.md", "password = \"Tr0ub4dor&3x!\""),
        ("a.sh", "git clone https://user:password@git.internal/app"),
        ("a.sh", "curl https://${USER}:${PASSWORD}@host.internal/"),
        ("a.toml", "checksum = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""),
        (
            "a.yaml",
            "image: registry.example.com/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
    ] {
        assert_eq!(ids(path, text), [""; 0], "{text}");
    }
}
