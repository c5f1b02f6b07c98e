//! Mail and campaigns.

use seawall_findings::Severity::{High, Low, Medium};

use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token("sendgrid-api-token", "SendGrid API key", Medium, &["SG."], r"SG\.[a-zA-Z0-9_-]{22}\.[a-zA-Z0-9_-]{43}"),
    token("sendinblue-api-token", "Brevo (Sendinblue) key", Low, &["xkeysib-", "xsmtpsib-"], r"x(?:key|smtp)sib-[a-f0-9]{64}-[a-zA-Z0-9]{16}"),
    assigned("mailchimp-api-key", "Mailchimp API key", Medium, &["mailchimp"], r"[a-f0-9]{32}-us\d{1,2}"),
    token("mandrill-api-key", "Mandrill API key", Medium, &["md-"], r"md-[A-Za-z0-9_-]{22}").entropy(350),
    assigned("mailgun-token", "Mailgun private API key", Medium, &["mailgun"], r"(?:pub)?key-[a-f0-9]{32}"),
    assigned("mailgun-signing-key", "Mailgun webhook signing key", Medium, &["mailgun"], r"[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}"),
    token("resend-api-key", "Resend API key", Medium, &["re_"], r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}").entropy(350),
    token("postmark-token", "Postmark server token", Medium, &["postmark"], r#"(?i)postmark[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})"#)
        .any_case()
        .open_left(),
    token("mailersend-token", "MailerSend token", Medium, &["mlsn."], r"mlsn\.[a-f0-9]{64}"),
    token("klaviyo-key", "Klaviyo private key", Medium, &["klaviyo"], r#"(?i)klaviyo[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>pk_[a-f0-9]{34})"#)
        .any_case()
        .open_left(),
    token("hubspot-private-app-token", "HubSpot private app token", High, &["pat-na", "pat-eu"], r"pat-(?:na|eu)\d-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"),
    assigned("hubspot-api-token", "HubSpot API key", Low, &["hubspot"], r"[a-h0-9]{8}(?:-[a-h0-9]{4}){3}-[a-h0-9]{12}"),
];
