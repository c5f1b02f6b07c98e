//! Applications that teams use.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use crate::check::mixed;
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    assigned("asana-client-id", "Asana client id", Medium, &["asana"], r"[0-9]{16}"),
    assigned("asana-client-secret", "Asana client secret", Medium, &["asana"], r"[a-z0-9]{32}").check(mixed),
    token("asana-pat", "Asana personal access token", High, &["asana"], r#"(?i)asana[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[012]/\d{12,20}(?:/\d{12,20})?:[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    assigned("contentful-delivery-api-token", "Contentful delivery token", Low, &["contentful"], r"[a-z0-9=_-]{43}"),
    token("contentful-pat", "Contentful personal access token", Medium, &["CFPAT-"], r"CFPAT-[A-Za-z0-9_-]{43}"),
    token("frameio-api-token", "Frame.io token", Low, &["fio-u-"], r"fio-u-[a-zA-Z0-9_=-]{64}"),
    token("linear-api-token", "Linear API key", Medium, &["lin_api_"], r"lin_api_[a-zA-Z0-9]{40}"),
    token("linear-oauth-token", "Linear OAuth token", Medium, &["lin_oauth_"], r"lin_oauth_[a-f0-9]{64}"),
    assigned("linear-client-secret", "Linear client secret", Medium, &["linear"], r"[a-f0-9]{32}"),
    token("typeform-api-token", "Typeform token", Low, &["tfp_"], r"tfp_[a-zA-Z0-9_.=-]{44,59}"),
    token("notion-api-token", "Notion token", Medium, &["ntn_", "secret_"], r"(?:ntn_[0-9]{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})").entropy(350),
    token("figma-token", "Figma token", Medium, &["figd_", "figdr_"], r"figdr?_[A-Za-z0-9_-]{40,50}"),
    token("airtable-pat", "Airtable token", Medium, &["pat"], r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    token("dropbox-refresh-token", "Dropbox access token", High, &["sl.u."], r"sl\.u\.[A-Za-z0-9_-]{130,}").longest(1500),
    token("okta-api-token", "Okta API token", Critical, &["okta", "SSWS "], r#"(?i)(?:okta[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?|SSWS )(?P<secret>00[A-Za-z0-9_-]{40})"#)
        .any_case()
        .open_left()
        .entropy(350),
    token("auth0-client-secret", "Auth0 client secret", High, &["auth0"], r#"(?i)auth0[\w .-]{0,25}secret["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[A-Za-z0-9_-]{64})"#)
        .any_case()
        .open_left()
        .entropy(400),
    token("clerk-secret-key", "Clerk secret key", High, &["sk_live_"], r"sk_live_[A-Za-z0-9]{40,50}").generic(),
    token("workos-key", "WorkOS key", High, &["sk_a2V5"], r"sk_a2V5[A-Za-z0-9_-]{40,100}"),
    token("algolia-admin-key", "Algolia admin key", Medium, &["algolia"], r#"(?i)algolia[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["'](?P<secret>[a-f0-9]{32})["']"#)
        .any_case()
        .open_left(),
    token("salesforce-access-token", "Salesforce session token", High, &["00D"], r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,120}"),
    token("snowflake-token", "Snowflake programmatic token", High, &["snowflake"], r#"(?i)snowflake[\w .-]{0,25}(?:password|token)["']?\s{0,4}[:=]\s{0,4}["'](?P<secret>[^\s"']{12,200})["']"#)
        .any_case()
        .open_left()
        .entropy(350),
    token("mongodb-atlas-service-secret", "MongoDB Atlas service account secret", High, &["mdb_sa_sk_"], r"mdb_sa_sk_[A-Za-z0-9_-]{40}"),
    token("freshdesk-key", "Freshworks key", Low, &["freshdesk", "freshworks"], r#"(?i)fresh(?:desk|works)[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["'](?P<secret>[A-Za-z0-9]{20})["']"#)
        .any_case()
        .open_left()
        .entropy(330),
    token("trello-token", "Trello token", Medium, &["ATTA"], r"ATTA[a-f0-9]{64,72}"),
    token("monday-api-token", "monday.com token", Medium, &["monday"], r#"(?i)monday[\w .-]{0,25}(?:token|key)["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>eyJhbGciOiJIUzI1NiJ9\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)"#)
        .any_case()
        .open_left(),
    token("clickup-token", "ClickUp token", Medium, &["pk_"], r"pk_\d{6,9}_[A-Z0-9]{32}"),
    token("shodan-api-key", "Shodan API key", Low, &["shodan"], r#"(?i)shodan[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[A-Za-z0-9]{32})"#)
        .any_case()
        .open_left()
        .entropy(350),
    token("rapidapi-key", "RapidAPI key", Low, &["rapidapi"], r#"(?i)rapidapi[\w .-]{0,25}["']?\s{0,4}[:=,]\s{0,4}["']?(?P<secret>[a-z0-9]{10}msh[a-z0-9]{15}p1[a-z0-9]{6}jsn[a-z0-9]{12})"#)
        .any_case()
        .open_left(),
];
