//! What each chat is sent.

use seawall_response::{
    Endpoint, Notification, Notifier, Outcome, RocketChat, Slack, Status, Teams, Webhook,
};
use serde_json::Value;

use crate::alerts::{HOSTILE, alert, container, shell};

fn endpoint() -> Endpoint {
    Endpoint::new("chat", "https://chat.example.com/hooks/T0P/s3cr3t").unwrap()
}

fn note(args: &[&str]) -> Notification {
    let outcomes = [Outcome::new("kill-process", Status::Done, "killed process 4321 (sh)")];
    let mut note = Notification::of_alert(&alert(shell(args), Some(container())), &outcomes);
    note.link = Some("https://seawall.example.com/digests/sha256:1c".to_owned());
    note
}

fn body(notifier: &dyn Notifier, note: &Notification) -> Value {
    let request = notifier.request(note);
    assert_eq!((request.method, request.url.expose()), ("POST", "https://chat.example.com/hooks/T0P/s3cr3t"));
    assert!(!format!("{request:?}").contains("s3cr3t"));
    serde_json::from_str(&request.body).unwrap()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn slack() {
    insta::assert_snapshot!(pretty(&body(&Slack::new("chat", endpoint()), &note(&["sh", "-i"]))), @r#"
{
  "blocks": [
    {
      "text": {
        "emoji": false,
        "text": "Warning: Shell started in a container",
        "type": "plain_text"
      },
      "type": "header"
    },
    {
      "text": {
        "emoji": false,
        "text": "Shell (command=sh -i)",
        "type": "plain_text"
      },
      "type": "section"
    },
    {
      "fields": [
        {
          "text": "*Priority*\n`Warning`",
          "type": "mrkdwn"
        },
        {
          "text": "*Pod*\n`prod/shop-0`",
          "type": "mrkdwn"
        },
        {
          "text": "*Container*\n`web`",
          "type": "mrkdwn"
        },
        {
          "text": "*Image*\n`registry.example.com/shop:1.1`",
          "type": "mrkdwn"
        },
        {
          "text": "*Command*\n`sh -i`",
          "type": "mrkdwn"
        },
        {
          "text": "*Process*\n`pid 4321 uid 0`",
          "type": "mrkdwn"
        },
        {
          "text": "*Tags*\n`shell, T1059`",
          "type": "mrkdwn"
        },
        {
          "text": "*Response*\n`kill-process done: killed process 4321 (sh)`",
          "type": "mrkdwn"
        },
        {
          "text": "*Digest*\n`sha256:1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c`",
          "type": "mrkdwn"
        }
      ],
      "type": "section"
    },
    {
      "elements": [
        {
          "text": {
            "emoji": false,
            "text": "Open trail",
            "type": "plain_text"
          },
          "type": "button",
          "url": "https://seawall.example.com/digests/sha256:1c"
        }
      ],
      "type": "actions"
    },
    {
      "elements": [
        {
          "emoji": false,
          "text": "Seawall · 2026-01-02T15:00:01.5Z",
          "type": "plain_text"
        }
      ],
      "type": "context"
    }
  ],
  "text": "Warning: Shell started in a container: Shell (command=sh -i)",
  "unfurl_links": false,
  "unfurl_media": false
}
"#);
}

#[test]
fn teams() {
    insta::assert_snapshot!(pretty(&body(&Teams::new("chat", endpoint()), &note(&["sh", "-i"]))), @r#"
{
  "attachments": [
    {
      "content": {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "actions": [
          {
            "title": "Open trail",
            "type": "Action.OpenUrl",
            "url": "https://seawall.example.com/digests/sha256:1c"
          }
        ],
        "body": [
          {
            "inlines": [
              {
                "color": "warning",
                "size": "large",
                "text": "Warning: Shell started in a container",
                "type": "TextRun",
                "weight": "bolder"
              }
            ],
            "type": "RichTextBlock"
          },
          {
            "inlines": [
              {
                "text": "Shell (command=sh -i)",
                "type": "TextRun"
              }
            ],
            "type": "RichTextBlock"
          },
          {
            "facts": [
              {
                "title": "Priority",
                "value": "Warning"
              },
              {
                "title": "Pod",
                "value": "prod/shop-0"
              },
              {
                "title": "Container",
                "value": "web"
              },
              {
                "title": "Image",
                "value": "registry.example.com/shop:1.1"
              },
              {
                "title": "Command",
                "value": "sh -i"
              },
              {
                "title": "Process",
                "value": "pid 4321 uid 0"
              },
              {
                "title": "Tags",
                "value": "shell, T1059"
              },
              {
                "title": "Response",
                "value": "kill-process done: killed process 4321 \\(sh\\)"
              },
              {
                "title": "Digest",
                "value": "sha256:1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c"
              }
            ],
            "type": "FactSet"
          },
          {
            "isSubtle": true,
            "size": "small",
            "text": "Seawall · 2026-01-02T15:00:01.5Z",
            "type": "TextBlock"
          }
        ],
        "msteams": {
          "width": "Full"
        },
        "type": "AdaptiveCard",
        "version": "1.4"
      },
      "contentType": "application/vnd.microsoft.card.adaptive",
      "contentUrl": null
    }
  ],
  "type": "message"
}
"#);
}

#[test]
fn rocketchat() {
    insta::assert_snapshot!(pretty(&body(&RocketChat::new("chat", endpoint()), &note(&["sh", "-i"]))), @r##"
{
  "alias": "Seawall",
  "attachments": [
    {
      "color": "#f59e0b",
      "fields": [
        {
          "short": true,
          "title": "Priority",
          "value": "`Warning`"
        },
        {
          "short": true,
          "title": "Pod",
          "value": "`prod/shop-0`"
        },
        {
          "short": true,
          "title": "Container",
          "value": "`web`"
        },
        {
          "short": true,
          "title": "Image",
          "value": "`registry.example.com/shop:1.1`"
        },
        {
          "short": true,
          "title": "Command",
          "value": "`sh -i`"
        },
        {
          "short": true,
          "title": "Process",
          "value": "`pid 4321 uid 0`"
        },
        {
          "short": true,
          "title": "Tags",
          "value": "`shell, T1059`"
        },
        {
          "short": false,
          "title": "Response",
          "value": "`kill-process done: killed process 4321 (sh)`"
        },
        {
          "short": false,
          "title": "Digest",
          "value": "`sha256:1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c`"
        }
      ],
      "text": "```\nShell (command=sh -i)\n```",
      "title": "Warning: Shell started in a container",
      "title_link": "https://seawall.example.com/digests/sha256:1c",
      "ts": "2026-01-02T15:00:01.5Z"
    }
  ],
  "parseUrls": false,
  "text": "Warning: Shell started in a container"
}
"##);
}

#[test]
fn webhook_with_signature() {
    let notifier = Webhook::new("chat", endpoint(), Some(b"key".to_vec()));
    let mut small =
        Notification::new("t", seawall_rules::Priority::Error, "x", "2026-01-02T03:04:05Z".parse().unwrap());
    small.push("a", "b");
    let request = notifier.request(&small);
    insta::assert_snapshot!(request.body, @r#"{"digest":null,"fields":[{"name":"a","value":"b"}],"link":null,"priority":"Error","text":"x","time":"2026-01-02T03:04:05Z","title":"t"}"#);
    insta::assert_snapshot!(format!("{:?}", request.headers), @r#"[("content-type", "application/json; charset=utf-8"), ("x-seawall-signature-256", "sha256=808ee0dffcffc4aec3516601993245266578854567f518196f4f1a7d4973ae32")]"#);
    assert!(!format!("{notifier:?}").contains("key"));
}

/// All texts of a JSON value.
fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(map) => map.values().for_each(|item| texts(item, all)),
        _ => {}
    }
}

#[test]
fn nothing_that_a_process_says_becomes_markup() {
    let note = note(HOSTILE);
    for notifier in [
        Box::new(Slack::new("chat", endpoint())) as Box<dyn Notifier>,
        Box::new(Teams::new("chat", endpoint())),
        Box::new(RocketChat::new("chat", endpoint())),
    ] {
        let mut all = Vec::new();
        texts(&body(&*notifier, &note), &mut all);
        let kind = format!("{:?}", all.first());
        for text in &all {
            assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{kind}: {text}");
        }
    }
    let mut slack = Vec::new();
    texts(&body(&Slack::new("chat", endpoint()), &note), &mut slack);
    for text in &slack {
        assert!(!text.contains("<!") && !text.contains("<@") && !text.contains("<http"), "{text}");
        assert!(!text.contains("@all") && !text.contains("@here"), "{text}");
        // In markup, one pair of backticks: ours. Plain text may hold any.
        assert!(!text.starts_with('*') || text.matches('`').count() == 2, "{text}");
    }
    let mut rocket = Vec::new();
    texts(&body(&RocketChat::new("chat", endpoint()), &note), &mut rocket);
    for text in &rocket {
        assert!(!text.contains("@all") && !text.contains("@here") && !text.contains("#general"), "{text}");
        assert!(matches!(text.matches('`').count(), 0 | 2 | 6), "{text}");
    }
    let card = body(&Teams::new("chat", endpoint()), &note);
    for fact in card["attachments"][0]["content"]["body"][2]["facts"].as_array().unwrap() {
        assert!(!fact["value"].as_str().unwrap().contains("[click](http"), "{fact}");
    }
}

#[test]
fn the_platforms_limits_are_kept() {
    let long = "🦀&<".repeat(20_000);
    let mut note = note(&["sh", &long]);
    note.text.clone_from(&long);
    for n in 0..600 {
        note.push(&format!("field {n}"), &long);
    }
    let slack = body(&Slack::new("chat", endpoint()), &note);
    let blocks = slack["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    for block in blocks {
        let length = |value: &Value| value["text"].as_str().map_or(0, |text| text.chars().count());
        assert!(length(&block["text"]) <= if block["type"] == "header" { 150 } else { 3000 });
        if let Some(fields) = block["fields"].as_array() {
            assert!(fields.len() <= 10 && fields.iter().all(|field| length(field) <= 2000));
        }
    }
    assert!(Teams::new("chat", endpoint()).request(&note).body.len() <= 28_000);
    assert!(RocketChat::new("chat", endpoint()).request(&note).body.len() < 100_000);
}
