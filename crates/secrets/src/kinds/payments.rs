//! Payments and shops.

use seawall_findings::Severity::{Critical, High, Low, Medium};

use crate::check::{mixed, stripe};
use crate::kind::{Kind, assigned, token};

pub(super) const KINDS: &[Kind] = &[
    token(
        "stripe-publishable-token",
        "Stripe publishable key",
        Low,
        &["pk_test_", "pk_live_"],
        r"(?i)pk_(?:test|live)_[0-9a-z]{10,247}",
    )
    .any_case(),
    token(
        "stripe-secret-token",
        "Stripe secret key",
        Critical,
        &["sk_test_", "sk_live_"],
        r"(?i)sk_(?:test|live)_[0-9a-z]{10,247}",
    )
    .any_case()
    .check(stripe),
    token(
        "stripe-restricted-token",
        "Stripe restricted key",
        High,
        &["rk_test_", "rk_live_"],
        r"rk_(?:test|live)_[0-9a-zA-Z]{10,247}",
    )
    .check(stripe),
    token(
        "stripe-webhook-secret",
        "Stripe webhook secret",
        Medium,
        &["whsec_"],
        r"whsec_[0-9a-zA-Z+/]{32,64}={0,2}",
    )
    .entropy(300),
    token(
        "shopify-token",
        "Shopify token",
        High,
        &["shpss_", "shpat_", "shpca_", "shppa_"],
        r"shp(?:ss|at|ca|pa)_[a-fA-F0-9]{32}",
    ),
    token(
        "square-access-token",
        "Square access token",
        High,
        &["sq0atp-", "EAAAE", "EAAAl"],
        r"(?:sq0atp-[0-9A-Za-z_-]{22}|EAAA[El][0-9A-Za-z_-]{59})",
    ),
    token("square-oauth-secret", "Square OAuth secret", High, &["sq0csp-"], r"sq0csp-[0-9A-Za-z_-]{43}"),
    token(
        "braintree-access-token",
        "PayPal Braintree access token",
        High,
        &["access_token$"],
        r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
    ),
    token(
        "flutterwave-public-key",
        "Flutterwave key",
        Medium,
        &["FLWSECK", "FLWPUBK"],
        r"FLW(?:PUB|SEC)K(?:_TEST)?-[a-hA-H0-9]{32}-X",
    ),
    token(
        "flutterwave-enc-key",
        "Flutterwave encryption key",
        Medium,
        &["FLWSECK_TEST"],
        r"FLWSECK_TEST[a-h0-9]{12}",
    ),
    token(
        "gocardless-api-token",
        "GoCardless token",
        Medium,
        &["live_"],
        r#"["']live_[a-zA-Z0-9_=-]{40}["']"#,
    )
    .around(1)
    .open_left()
    .open_right(),
    token(
        "duffel-api-token",
        "Duffel token",
        Low,
        &["duffel_test_", "duffel_live_"],
        r"duffel_(?:test|live)_[a-zA-Z0-9_-]{43}",
    ),
    token(
        "easypost-api-token",
        "EasyPost API key",
        Low,
        &["EZAK", "EZTK", "EZAT"],
        r"EZ[AT][KT][a-zA-Z0-9]{54}",
    ),
    token(
        "shippo-api-token",
        "Shippo token",
        Low,
        &["shippo_live_", "shippo_test_"],
        r"shippo_(?:live|test)_[a-f0-9]{40}",
    ),
    assigned("lob-api-key", "Lob API key", Low, &["lob"], r"(?:live|test)_[a-f0-9]{35}"),
    assigned("lob-pub-api-key", "Lob publishable API key", Low, &["lob"], r"(?:live|test)_pub_[a-f0-9]{31}"),
    assigned("finicity-client-secret", "Finicity client secret", Medium, &["finicity"], r"[a-z0-9]{20}")
        .check(mixed),
    assigned("finicity-api-token", "Finicity API token", Medium, &["finicity"], r"[a-f0-9]{32}"),
    assigned("plaid-secret", "Plaid secret", High, &["plaid"], r"[a-f0-9]{30}"),
    token(
        "plaid-access-token",
        "Plaid access token",
        High,
        &["access-sandbox-", "access-production-", "access-development-"],
        r"access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    token(
        "coinbase-key",
        "Coinbase key name",
        High,
        &["organizations/"],
        r"organizations/[0-9a-f-]{36}/apiKeys/[0-9a-f-]{36}",
    ),
    token(
        "adyen-api-key",
        "Adyen API key",
        High,
        &["AQE"],
        r"AQE[a-z]hmfuXNWTK0Qc\+[A-Za-z0-9+/=_-]{40,400}",
    )
    .open_right(),
    token(
        "razorpay-key",
        "Razorpay key",
        Medium,
        &["rzp_live_", "rzp_test_"],
        r"rzp_(?:live|test)_[A-Za-z0-9]{14}",
    ),
    token(
        "paystack-key",
        "Paystack secret key",
        High,
        &["sk_live_", "sk_test_"],
        r"sk_(?:live|test)_[a-f0-9]{40}",
    )
    .generic(),
    token(
        "mercadopago-token",
        "Mercado Pago token",
        High,
        &["APP_USR-"],
        r"APP_USR-\d{10,20}-\d{6}-[a-f0-9]{32}-\d+",
    ),
];
