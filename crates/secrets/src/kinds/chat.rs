//! Chat, social networks and what sends messages.

use seawall_findings::Severity::{High, Low, Medium};

use crate::check::mixed;
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token("slack-access-token", "Slack token", High, &["xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-", "xoxo-", "xoxc-", "xoxd-"], r"xox[abcdoprs]-[0-9a-zA-Z%][0-9a-zA-Z%-]{9,250}"),
    token("slack-app-token", "Slack app-level token", High, &["xapp-"], r"xapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[a-f0-9]{40,100}"),
    token("slack-config-token", "Slack configuration token", High, &["xoxe.", "xoxe-"], r"xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{40,250}"),
    token("slack-web-hook", "Slack webhook", Medium, &["hooks.slack.com"], r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/]{43,100})"),
    token("discord-bot-token", "Discord bot token", High, &["discord"], r#"(?i)discord[\w .-]{0,25}["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,40})"#)
        .any_case()
        .open_left(),
    token("discord-web-hook", "Discord webhook", Medium, &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"], r"discord(?:app)?\.com/api/webhooks/\d{17,20}/(?P<secret>[A-Za-z0-9_-]{60,80})"),
    assigned("discord-api-token", "Discord API key", Medium, &["discord"], r"[a-h0-9]{64}"),
    assigned("discord-client-id", "Discord client id", Medium, &["discord"], r"[0-9]{18}"),
    assigned("discord-client-secret", "Discord client secret", Medium, &["discord"], r"[a-z0-9=_-]{32}").check(mixed),
    token("telegram-bot-token", "Telegram bot token", High, &[":AA"], r"\d{8,10}:AA[A-Za-z0-9_-]{33}").around(10),
    token("teams-web-hook", "Microsoft Teams webhook", Medium, &["webhook.office.com/webhookb2/"], r"webhook\.office\.com/webhookb2/(?P<secret>[a-f0-9-]{36}@[a-f0-9-]{36}/IncomingWebhook/[a-zA-Z0-9]{32}/[a-f0-9-]{36})")
        .open_left()
        .longest(700),
    token("rocket-chat-web-hook", "Rocket.Chat webhook", Medium, &["/hooks/"], r"/hooks/(?P<secret>[a-zA-Z0-9]{17,24}/[a-zA-Z0-9]{48})")
        .open_left(),
    token("google-chat-web-hook", "Google Chat webhook", Medium, &["chat.googleapis.com/v1/spaces/"], r"chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_-]+/messages\?key=[A-Za-z0-9_-]+&token=(?P<secret>[A-Za-z0-9_%=-]{20,100})")
        .open_left(),
    token("zapier-web-hook", "Zapier webhook", Low, &["hooks.zapier.com/hooks/catch/"], r"hooks\.zapier\.com/hooks/catch/(?P<secret>[A-Za-z0-9]+/[A-Za-z0-9]+)"),
    assigned("facebook-token", "Facebook token", Low, &["facebook"], r"[a-f0-9]{32}"),
    token("facebook-access-token", "Facebook access token", Medium, &["EAACEdEose0cBA", "EAAG", "EAAB"], r"EAA[A-Z][A-Za-z0-9]{60,250}"),
    assigned("twitter-token", "Twitter token", Low, &["twitter"], r"[a-z0-9]{35,50}"),
    assigned("linkedin-client-secret", "LinkedIn client secret", Low, &["linkedin"], r"[a-z0-9]{16}"),
    assigned("linkedin-client-id", "LinkedIn client id", Low, &["linkedin"], r"[a-z0-9]{14}").check(mixed),
    assigned("twitch-api-token", "Twitch token", Low, &["twitch"], r"[a-z0-9]{30}"),
    assigned("intercom-api-token", "Intercom token", Low, &["intercom"], r"[a-z0-9=_]{60}"),
    assigned("intercom-client-secret", "Intercom client secret or id", Low, &["intercom"], r"[a-h0-9]{8}(?:-[a-h0-9]{4}){3}-[a-h0-9]{12}"),
    token("intercom-access-token", "Intercom access token", Medium, &["dG9rO"], r"dG9rO[A-Za-z0-9+/]{54}="),
    token("twilio-api-key", "Twilio API key", Medium, &["SK"], r"SK[0-9a-fA-F]{32}"),
    token("twilio-account-token", "Twilio auth token", High, &["twilio"], r#"(?i)twilio[\w .-]{0,25}(?:token|secret)["']?\s{0,4}[:=]\s{0,4}["']?(?P<secret>[a-f0-9]{32})"#)
        .any_case()
        .open_left(),
    assigned("messagebird-api-token", "MessageBird token", Medium, &["messagebird"], r"[a-z0-9]{25}").check(mixed),
    assigned("messagebird-client-id", "MessageBird client id", Medium, &["messagebird"], r"[a-h0-9]{8}(?:-[a-h0-9]{4}){3}-[a-h0-9]{12}"),
    assigned("beamer-api-token", "Beamer token", Low, &["beamer"], r"b_[a-z0-9=_-]{44}"),
    assigned("zendesk-secret", "Zendesk secret", Medium, &["zendesk"], r"[a-z0-9]{40}"),
    token("matrix-access-token", "Matrix access token", Medium, &["syt_"], r"syt_[A-Za-z0-9+/=]{4,80}_[A-Za-z]{20}_[A-Za-z0-9]{6}"),
];
